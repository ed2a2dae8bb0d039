"""Which deliverables of a job are meant, clip by clip, and where a job keeps what it makes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from finish.deliver.outcome import Outcome
from finish.errors import FinishError, SpecError, several
from finish.jobspec.mistakes import choices
from finish.jobspec.spec_tree import printable
from finish.model import Deliverable, Job, UnreadableDeliverable
from finish.storage import seal
from finish.storage.file_state import state
from finish.storage.object_storage import is_object
from finish.storage.remote_store import RemoteStore
from finish.storage.store import Store

WILD: Final = frozenset("*?[")


def store_folder(job: Job) -> Path:
    """Where a job keeps what it has made and measured; safe to delete."""
    return job.folder / ".finish" / "store"


def store_of(job: Job, folder: Path | None = None, lenders: Sequence[Path] = ()) -> Store:
    """A job's store (in `folder`, if one is given), with the shared store that FINISH_STORE names behind it, if any.

    SpecError for one that is no address in object storage.
    """
    url = os.environ.get("FINISH_STORE", "")
    if url and not is_object(url):
        hint = "set it to s3://BUCKET/FOLDER; machines that share a job's folder share its store already"
        raise SpecError("FINISH_STORE isn't an address in object storage", hint)
    return Store(folder or store_folder(job), lenders, RemoteStore(url, seal.given()) if url else None)


def by_clip(deliverables: Sequence[Deliverable]) -> tuple[tuple[Path, tuple[Deliverable, ...]], ...]:
    """Deliverables in groups of one clip: what shares a decode."""
    groups: dict[Path, list[Deliverable]] = {}
    for each in deliverables:
        groups.setdefault(each.source, []).append(each)
    return tuple((clip, tuple(group)) for clip, group in groups.items())


def identity(path: Path) -> tuple[int, int] | None:
    """What the file system knows a file by; None where there is none."""
    known = state(path)
    return None if known is None else (known[0], known[1])


@dataclass(frozen=True)
class Selection:
    """What of a job is meant: the deliverables that can be planned, and those that lack something of their own, as captions."""

    deliverables: tuple[Deliverable, ...]
    unmade: tuple[UnreadableDeliverable, ...] = ()

    @property
    def clips(self) -> dict[str, Path]:
        """The clip of each, by its name."""
        made, unmade = (
            {each.name: each.source for each in group} for group in (self.deliverables, self.unmade)
        )
        return {**made, **unmade}

    @property
    def errors(self) -> tuple[FinishError, ...]:
        """Why some cannot be planned, each reason once."""
        return tuple({id(each.error): each.error for each in self.unmade}.values())

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How those end that cannot be planned."""
        return tuple(Outcome(each.name, None, error=each.error) for each in self.unmade)

    def whole(self) -> tuple[Deliverable, ...]:
        """The deliverables; FinishError where not all can be planned."""
        if self.unmade:
            raise several(self.errors)
        return self.deliverables


def select(job: Job, wanted: Sequence[str] = ()) -> Selection:
    """The deliverables of a job that names and patterns (`studio-*`) mean, or all when none is given.

    The only place where names are resolved: what one verb says of a deliverable, whatever its state, the others say too. In the order of
    `wanted`, those of one pattern in the job's. FinishError for what means none, with the near misses.
    """
    asked = list(job.clips)
    found = {each: _meant(each, asked) for each in wanted}
    wrong = [_unknown(job, each, asked) for each, names in found.items() if not names]
    if wrong:
        raise several(tuple(wrong))
    meant = list(dict.fromkeys(name for names in found.values() for name in names)) if wanted else asked
    known, unmade = {each.name: each for each in job.deliverables}, {each.name: each for each in job.unmade}
    return Selection(
        tuple(known[name] for name in meant if name in known),
        tuple(unmade[name] for name in meant if name in unmade),
    )


def select_one(job: Job, wanted: str = "") -> Deliverable:
    """The one deliverable that a name or pattern means; without one, the first that can be planned. FinishError where there is none."""
    found = select(job, [wanted] if wanted else [])
    several_meant = list(found.clips)
    if wanted and len(several_meant) > 1:
        raise SpecError(
            f'"{printable(wanted)}" matches {len(several_meant)} deliverables',
            f"name one of them: {_listed(several_meant)}",
        )
    if not several_meant:
        raise SpecError(f"{job.name} has no deliverables", "add one under `deliverables`")
    return (found.deliverables or found.whole())[0]


def _meant(wanted: str, asked: Sequence[str]) -> list[str]:
    """The deliverable of exactly that name, else those that the pattern matches."""
    if wanted in asked:
        return [wanted]
    return [name for name in asked if fnmatchcase(name, wanted)] if WILD & set(wanted) else []


def _unknown(job: Job, wanted: str, asked: Sequence[str]) -> FinishError:
    if WILD & set(wanted):
        return SpecError(
            f'no deliverable of {job.name} matches "{printable(wanted)}"', f"choose from: {_listed(asked)}"
        )
    return SpecError(f'{job.name} has no deliverable "{printable(wanted)}"', choices(wanted, asked))


def _listed(names: Sequence[str], most: int = 30) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
