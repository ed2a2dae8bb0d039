"""A job and its deliverables: as they are stated, as they are planned, and those that can't be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from finish.errors import FinishError
from finish.model.approval import Approval
from finish.model.delivery import Delivery
from finish.model.edit import Edit
from finish.model.footage import Footage
from finish.model.media import Source
from finish.model.notes import Note
from finish.model.programme import Programme
from finish.model.programme_records import Values
from finish.model.promises import Promise
from finish.model.spec_documents import Document
from finish.model.values import Requirement, Settings

R = TypeVar("R", bound=Requirement)


@dataclass(frozen=True)
class Deliverable:
    """One file that a job makes from a clip: its name, its destination, and every stage's settings.

    `where` is the file:line that states it. `locked` are the stages' earlier decisions for it, and `accept`
    the codes of notes that the user accepts. `spec_digest` is the digest of what the job spec states,
    whatever the defaults are. `kept` names what the job's approval provides although this version of finish
    has another, such as "preset tiktok". `edit` is the timeline of a programme of several clips, whose first
    clip is then the `source`; None for a programme of one clip.
    `notes` are about what the job spec states.
    """

    name: str
    source: Path
    delivery: Delivery = field(repr=False)
    settings: Mapping[str, Settings] = field(repr=False)
    where: str = ""
    locked: Mapping[str, Values] = field(default_factory=dict, repr=False)
    accept: tuple[str, ...] = field(default=(), repr=False)
    spec_digest: str = field(default="", repr=False)
    kept: tuple[str, ...] = field(default=(), repr=False)
    edit: Edit | None = field(default=None, repr=False)
    notes: tuple[Note, ...] = field(default=(), repr=False)

    def required(self, kind: type[R]) -> tuple[R, ...]:
        """The requirements of one kind that the settings have for any finished file."""
        requirements = (need for settings in self.settings.values() for need in settings.requirements)
        return tuple(need for need in requirements if isinstance(need, kind))

    @property
    def footage(self) -> Footage:
        """What it's of: its clip, or its timeline."""
        return Footage(self.source, self.edit.name if self.edit else "", self.shown_clips)

    @property
    def shown_clips(self) -> tuple[Path, ...]:
        """The clips that its programme is made of, each once; none for a timeline of stills and cards."""
        return (self.source,) if self.edit is None else self.edit.clips

    @property
    def clips(self) -> tuple[Path, ...]:
        """The clips that it reads, each once, its `source` first."""
        return tuple(dict.fromkeys((self.source, *(self.edit.clips if self.edit else ()))))

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files that its picture and sound are made of: its clips, and the stills and captions of its
        edit."""
        documents = self.edit.documents if self.edit else ()
        return (*self.clips, *(document.path for document in documents))

    @property
    def sections(self) -> tuple[Settings, ...]:
        """The settings of all stages, and those of segments that have their own; each once."""
        edited = self.edit.settings if self.edit else ()
        return tuple({id(section): section for section in (*self.settings.values(), *edited)}.values())

    @property
    def files(self) -> tuple[Document | Source, ...]:
        """The documents and clips that the settings name, and the stills and captions of the edit."""
        named = tuple(file for section in self.sections for file in section.files)
        return (*named, *(self.edit.documents if self.edit else ()))

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents among the `files`."""
        return tuple(file for file in self.files if isinstance(file, Document))


@dataclass(frozen=True)
class PlannedDeliverable:
    """A deliverable as it will be rendered, and all promises about its file."""

    deliverable: Deliverable
    programme: Programme
    promises: tuple[Promise[Any], ...]


@dataclass(frozen=True)
class RefusedDeliverable:
    """A deliverable that can't be planned, and the reason; the others continue."""

    deliverable: Deliverable
    error: FinishError


@dataclass(frozen=True)
class UnreadableDeliverable:
    """A deliverable of a batch that can't be resolved because of its own clip's files, and the reason; the
    deliverables of other clips continue.

    Deliverables with the same mistake share one error.
    """

    name: str
    source: Path
    error: FinishError

    @property
    def footage(self) -> Footage:
        """The clip that it's of."""
        return Footage(self.source)


@dataclass(frozen=True)
class Job:
    """A job folder as read: its deliverables, clip by clip; those that can't be resolved (`unmade`); and the
    address to which results are uploaded (`deliver`). `brand` is the digest of its brand; "" without one."""

    name: str
    folder: Path
    deliverables: tuple[Deliverable, ...]
    where: str = ""
    unmade: tuple[UnreadableDeliverable, ...] = ()
    deliver: str = ""
    approval: Approval | None = None
    brand: str = ""

    def __repr__(self) -> str:
        clips = len({clip for deliverable in self.deliverables for clip in deliverable.clips})
        counts = f"{len(self.deliverables)} deliverables of {clips} clips"
        unmade = f", {len(self.unmade)} that can't be made" if self.unmade else ""
        return f"<Job {self.name!r} in {self.folder}: {counts}{unmade}>"

    @property
    def clips(self) -> dict[str, Path]:
        """The clip of every deliverable, by the deliverable's name; those that can't be resolved come
        last."""
        return {
            **{deliverable.name: deliverable.source for deliverable in self.deliverables},
            **{unmade.name: unmade.source for unmade in self.unmade},
        }
