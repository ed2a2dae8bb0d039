"""A timeline as the job states it: its segments, and where each of their values is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.mistakes import Mistake, Report
from finish.jobspec.spec_tree import Node, PlacedText
from finish.model import Document, Edit, EditSegment, segment_label


@dataclass(frozen=True)
class SegmentSource:
    """Where a segment comes from: its entry in the file, its name, and its number on its track (from 1).

    `clip` is the name of its clip without suffix: {clip} in the paths of its own settings.
    """

    node: Node
    name: str
    number: int
    over: bool = False
    clip: str = ""

    @property
    def label(self) -> str:
        """The segment as messages name it."""
        return segment_label(self.name, self.number, over=self.over)

    @property
    def texts(self) -> Mapping[str, Node]:
        """Its texts that are stated by language or by key."""
        stated = {key: self.node.at(key) for key in ("title", "subtitle")}
        return {key: node for key, node in stated.items() if node and node.entries}

    def pass_on(self, own: Report, report: Report) -> bool:
        """Add the mistakes in the entry to the job's report; whether there are none."""
        for mistake in own.mistakes:
            named = self._named(mistake)
            report.add(named.at, named.message, named.hint)
        return not own.mistakes

    def captions(self, library: AssetLibrary, report: Report) -> Document | None:
        """The captions of its clip; None if it states none, or if they can't be read (see `report`)."""
        node = self.node.at("captions")
        if node is None or not isinstance(node.value, str):
            return None
        try:
            return library.document(PlacedText(node.value, node.origin), "")
        except ValueError as error:
            report.add(node.origin, str(error))
            return None

    def _named(self, mistake: Mistake) -> Mistake:
        """A mistake whose path names the segment: `in of segment 3 (walk)`."""
        path = mistake.at.path.removeprefix(self.node.origin.path).lstrip(".")
        return replace(
            mistake, at=replace(mistake.at, path=f"{path} of {self.label}" if path else self.label)
        )


@dataclass(frozen=True)
class StatedSegment:
    """A segment, its entry, and the sections of its own."""

    segment: EditSegment
    source: SegmentSource
    sections: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class StatedEdit:
    """A timeline and what is over it. `digest` is that of what the job states of them."""

    name: str
    segments: tuple[StatedSegment, ...]
    over: tuple[StatedSegment, ...]
    job_file: Path
    digest: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the segments of the main track."""
        return tuple(stated.segment.name for stated in self.segments)

    @property
    def edit(self) -> Edit:
        """The edit, whose segments have no settings yet."""
        return Edit(
            self.name,
            tuple(stated.segment for stated in self.segments),
            tuple(stated.segment for stated in self.over),
        )

    def source(self, edit: Edit) -> Path:
        """The file that stands for a programme: its first clip, its first still, or the job file."""
        files = (*edit.clips, *(document.path for document in edit.documents))
        return files[0] if files else self.job_file
