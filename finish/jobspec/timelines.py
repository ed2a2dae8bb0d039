"""The programmes that `timeline` and `timelines` state: from their entries to edits, or every mistake."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import Field

from finish.jobspec import name_fields
from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.entries import opened
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.section_settings import longhand
from finish.jobspec.segment_entry import SegmentEntry
from finish.jobspec.sources import SourceClip
from finish.jobspec.spec_tree import Node, Origin, plain, printable, quoted
from finish.jobspec.stated_edit import SegmentSource, StatedEdit, StatedSegment
from finish.jobspec.text_maps import stand_ins
from finish.jobspec.timeline_entries import OVER, SECTIONS_OF, TIMELINE
from finish.jobspec.timeline_items import TrackItem, TrackReader, sources
from finish.jobspec.validation import validate_layer, validated
from finish.model import EditSegment, Settings, Stage
from finish.units import digest

PROGRAMMES: Final = 100  # of one job; house limit


class ProgrammeEntry(Settings):
    """One of several programmes of a job: its timeline, and the settings that differ for it."""

    timeline: Any = Field(description="its segments")
    over: Any = Field(None, description="what is over them")
    encode: Any = None


@dataclass(frozen=True)
class TimelineReader:
    """Reads the timelines of a job."""

    library: AssetLibrary
    stages: Sequence[Stage]
    report: Report

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.stages)

    def programmes(self, tree: Node, title: str) -> tuple[SourceClip, ...]:
        """The programmes of a job: that of `timeline`, which is named as the job, or those of `timelines`."""
        several = tree.at("timelines")
        if several is None or several.value is None:
            return (self._programme(title, tree, tree.origin),)
        if not several.entries:
            message = "is empty" if several.value == {} else f"must be a map, not {quoted(several.value)}"
            self.report.add(several.origin, message, "write {long: [{clip: media/walk.mp4}]}")
        if len(several.entries) > PROGRAMMES:
            hint = f"a job has at most {PROGRAMMES} timelines; split it into several"
            self.report.add(several.origin, f"{len(several.entries)} timelines", hint)
            return ()
        return tuple(self._named(name, node) for name, node in several.entries.items())

    def exceptions(self, tree: Node) -> dict[str, Node]:
        """The settings that differ for one of several programmes, by its name."""
        several = tree.at("timelines")
        stated = several.entries if several else {}
        return {name: node for name, node in stated.items() if node.entries.keys() - {"timeline", "over"}}

    def _named(self, name: str, node: Node) -> SourceClip:
        """The programme under a key of `timelines`."""
        if name != name_fields.plain_letters(name):
            hint = f'write "{name_fields.plain_letters(name)}"'
            self.report.add(node.key or node.origin, f"{quoted(name)} can't be used in a file name", hint)
        if isinstance(node.value, tuple):
            return self._programme(name, Node({"timeline": node}, node.origin), node.origin)
        validated(opened(ProgrammeEntry, self._names), node, self.report)
        return self._programme(name, node, node.origin)

    def _programme(self, name: str, holder: Node, origin: Origin) -> SourceClip:
        """The programme whose tracks `holder` states; without a path if there is a mistake in them."""
        reader = TrackReader(self.library.files, self.report)
        main, over = reader.items(holder.at("timeline"), TIMELINE), reader.items(holder.at("over"), OVER)
        items, origins = [*main, *over], sources(main, over)
        segments = self._segments(items, origins)
        names = [source.name for source in origins]
        self._refuse_unknown(segments, names[: len(main)])
        if not main or len(segments) < len(items):
            for item, source in zip(items, origins, strict=True):
                self._check_sections(item, source)
            return SourceClip(name, None)
        tracks = [plain(track) for key in ("timeline", "over") if (track := holder.at(key))]
        known = digest("timeline", json.dumps([tracks, names], sort_keys=True, default=str))
        job_file = origin.folder / origin.file
        edit = StatedEdit(name, segments[: len(main)], segments[len(main) :], job_file, known)
        return SourceClip(name, edit.source(edit.edit), edit)

    def _segments(
        self, items: Sequence[TrackItem], origins: Sequence[SegmentSource]
    ) -> tuple[StatedSegment, ...]:
        """The segments of a timeline, without those that have a mistake."""
        first: dict[str, SegmentSource] = {}  # the segments with given names
        made: list[StatedSegment] = []
        failed: set[int] = set()  # of a pattern, only the first clip's segment is reported
        for item, source in zip(items, origins, strict=True):
            if id(item.node) in failed:
                continue
            stated = self._segment(item, source, first)
            if source.pass_on(item.report, self.report) and stated:
                made.append(stated)
            else:
                failed.add(id(item.node))
        return tuple(made)

    def _segment(
        self, item: TrackItem, source: SegmentSource, first: dict[str, SegmentSource]
    ) -> StatedSegment | None:
        """The segment of one entry; mistakes are in the item's report. `first` are the given names so far."""
        if not item.kind:
            return None
        _refuse_used(item, source, first)
        sections = tuple(name for name in SECTIONS_OF[item.kind] if name in self._names)
        model = opened((OVER if source.over else TIMELINE)[item.kind], sections)
        node = stand_ins(item.node, model, item.report)
        entry = validated(model, node, item.report, self._library(item))
        paths = [clip.path for clip in item.clips if clip.path]
        if not isinstance(entry, SegmentEntry) or item.report.mistakes or len(paths) < len(item.clips):
            return None
        _refuse_transition(entry, source, item.report)
        segment = EditSegment(
            source.name,
            source.number,
            entry.material(paths),
            item.node.origin.place,
            entry.joint,
            entry.edges,
            entry.over,
        )
        return StatedSegment(segment, source, item.sections(self._names))

    def _library(self, item: TrackItem) -> AssetLibrary:
        return self.library.of({"clip": item.stem} if item.stem else {})

    def _check_sections(self, item: TrackItem, source: SegmentSource) -> None:
        """Report the mistakes in a segment's own sections and captions, if its timeline has others: then no
        deliverable reads them."""
        own, sections = Report(self.report.job), item.sections(self._names)
        for stage in self.stages:
            section = longhand(stage.Settings, sections.get(stage.name))
            if section is not None and section.value is not None:
                validate_layer(stage.Settings, section, own, self._library(item))
        captions = item.node.at("captions")
        if captions is not None and "lang" not in name_fields.path_fields(str(captions.value)):
            source.captions(self._library(item), own)
        source.pass_on(own, self.report)

    def _refuse_unknown(self, segments: Sequence[StatedSegment], names: Sequence[str]) -> None:
        """Report entries that are placed by a segment that the timeline doesn't have."""
        for stated in segments:
            name = stated.segment.begins_with
            if name is not None and name not in names:
                own = Report(self.report.job)
                at = stated.source.node.entries["at"].entries["segment"].origin
                own.add(at, f'unknown segment "{printable(name)}"', choices(name, names))
                stated.source.pass_on(own, self.report)


def _refuse_used(item: TrackItem, source: SegmentSource, first: dict[str, SegmentSource]) -> None:
    """Report a given name that another segment has already."""
    if not item.given:
        return
    other = first.setdefault(item.given.casefold(), source)
    if other is not source:
        place = other.node.origin.place
        message = f"{other.label} has this name, too ({place})"
        hint = "leave out the name of a pattern" if other.node is item.node else "use another one"
        item.report.add(item.node.entries["name"].origin, message, hint)


def _refuse_transition(entry: SegmentEntry, source: SegmentSource, report: Report) -> None:
    """Report a transition that has nothing before it."""
    stated = source.node.at("transition")
    if not stated or not entry.joint:
        return
    kind = entry.joint.kind
    if source.over and kind != "dissolve":
        report.add(stated.origin, f"a {kind} isn't possible over the timeline", "use dissolve")
    elif source.number == 1 and not source.over and kind not in ("dissolve", "dip"):
        message = f"a {kind} isn't possible before the first segment"
        report.add(stated.origin, message, "use dip or dissolve, which begin with black")
