"""The programmes that `timeline` and `timelines` state: from their entries to edits, or every mistake."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Final

from pydantic import Field

from finish.jobspec import name_fields
from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.entries import opened
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.section_settings import longhand
from finish.jobspec.sources import SourceClip, named_clips
from finish.jobspec.spec_tree import Node, Origin, plain, printable, quoted
from finish.jobspec.stated_edit import SegmentSource, StatedEdit, StatedSegment
from finish.jobspec.timeline_entries import OVER, SECTIONS_OF, SEGMENTS, TIMELINE, SegmentEntry
from finish.jobspec.timeline_values import TransitionEntry
from finish.jobspec.validation import validated
from finish.model import EditSegment, Settings
from finish.near_names import nearest
from finish.units import digest

PROGRAMMES: Final = 100  # of one job; house limit
_NAME: Final = 40  # characters of a name that comes from a file or a title
Kinds = Mapping[str, type[SegmentEntry]]


class ProgrammeEntry(Settings):
    """One of several programmes of a job: its timeline, and the settings that differ for it."""

    timeline: Any = Field(description="its segments")
    over: Any = Field(None, description="what is over them")
    encode: Any = None


@dataclass(frozen=True)
class _Item:
    """An entry as one segment, before it has a name; no `kind` if it states none or several."""

    node: Node
    kind: str
    clips: tuple[SourceClip, ...]
    report: Report

    @property
    def stem(self) -> str:
        """The name of its clip or still without suffix; "" if it has none."""
        still = self.node.at("still") if self.kind == "still" else None
        named = PurePath(still.value).stem if still and isinstance(still.value, str) else ""
        return self.clips[0].stem if self.clips and self.kind == "clip" else named

    @property
    def base(self) -> str:
        """The name of a segment to which the entry gives none, before it is made unique."""
        title = self.node.at("title") if self.kind == "card" else None
        text = self.stem or (str(title.value) if title and title.value else "")
        return name_fields.plain_letters(text)[:_NAME] if text else self.kind or "entry"

    @property
    def given(self) -> str:
        """The name that the entry states."""
        name = self.node.at("name")
        return name.value if name and isinstance(name.value, str) else ""


@dataclass(frozen=True)
class TimelineReader:
    """Reads the timelines of a job. `sections` are the names of all stages."""

    library: AssetLibrary
    sections: tuple[str, ...]
    report: Report

    def programmes(self, tree: Node, title: str) -> tuple[SourceClip, ...]:
        """The programmes of a job: that of `timeline`, which is named as the job, or those of `timelines`."""
        several = tree.at("timelines")
        if several is None or several.value is None:
            return (self._programme(title, tree, tree.origin),)
        if not several.entries:
            self.report.add(
                several.origin, "must be a map of names and timelines", "write {long: [{clip: …}]}"
            )
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
        validated(opened(ProgrammeEntry, self.sections), node, self.report)
        return self._programme(name, node, node.origin)

    def _programme(self, name: str, holder: Node, origin: Origin) -> SourceClip:
        """The programme whose tracks `holder` states; without a path if there is a mistake in them."""
        main = self._items(holder.at("timeline"), TIMELINE)
        over = self._items(holder.at("over"), OVER)
        names = _names([*main, *over])
        segments = self._segments(main, names[: len(main)], over=False)
        placed = self._segments(over, names[len(main) :], over=True)
        self._refuse_unknown(placed, [stated.segment.name for stated in segments])
        if not main or len(segments) < len(main) or len(placed) < len(over):
            return SourceClip(name, None)
        tracks = [plain(track) for key in ("timeline", "over") if (track := holder.at(key))]
        known = digest("timeline", json.dumps([tracks, names], sort_keys=True, default=str))
        edit = StatedEdit(name, segments, placed, origin.folder / origin.file, known)
        return SourceClip(name, edit.source(edit.edit), edit)

    def _items(self, track: Node | None, kinds: Kinds) -> list[_Item]:
        """The entries of a track, patterns expanded; [] if there is nothing to read."""
        if track is None or track.value is None:
            return []
        if not isinstance(track.value, tuple) or not track.value:
            message = "is empty" if track.value == () else f"must be a list, not {quoted(track.value)}"
            self.report.add(track.origin, message, "add a segment, such as - {clip: media/walk.mp4}")
            return []
        items = [item for node in track.value for item in self._expanded(node, kinds)]
        if len(items) > SEGMENTS:
            hint = f"a track has at most {SEGMENTS}; split it into several timelines"
            self.report.add(track.origin, f"{len(items)} segments", hint)
            return []
        return items

    def _expanded(self, node: Node, kinds: Kinds) -> list[_Item]:
        """The segments of one entry: one, or one for each clip that its pattern matches."""
        own = Report(self.report.job)
        node = _long(node)
        kind = _kind(node, kinds, own)
        if kind == "clip":
            clips = named_clips(node.entries["clip"], self.library.files, own)
            return [_Item(node, kind, (clip,), own) for clip in clips] or [_Item(node, kind, (), own)]
        cells = node.at("split") if kind == "split" else None
        listed = cells.value if cells and isinstance(cells.value, tuple) else ()
        return [_Item(node, kind, tuple(self._cells(listed, own)), own)]

    def _cells(self, cells: Sequence[Node], report: Report) -> Iterator[SourceClip]:
        """The one clip of each cell of a split screen."""
        for cell in cells:
            stated = cell.at("clip")
            clips = named_clips(stated, self.library.files, report) if stated else ()
            if stated and len(clips) > 1:
                report.add(stated.origin, f"matches {len(clips)} clips", "name one")
            yield from clips[:1]

    def _segments(self, items: list[_Item], names: list[str], *, over: bool) -> tuple[StatedSegment, ...]:
        """The segments of a track, without those that have a mistake."""
        first: dict[str, SegmentSource] = {}
        made: list[StatedSegment] = []
        failed: set[int] = set()  # of a pattern, only the first clip's segment is reported
        for number, (item, name) in enumerate(zip(items, names, strict=True), 1):
            source = SegmentSource(item.node, name, number, over, item.stem)
            if id(item.node) in failed:
                continue
            stated = self._segment(item, source, first)
            if source.pass_on(item.report, self.report) and stated:
                made.append(stated)
            else:
                failed.add(id(item.node))
        return tuple(made)

    def _segment(
        self, item: _Item, source: SegmentSource, first: dict[str, SegmentSource]
    ) -> StatedSegment | None:
        """The segment of one entry; mistakes are in the item's report. `first` are the given names so far."""
        if not item.kind:
            return None
        _refuse_used(item, source, first)
        sections = tuple(name for name in SECTIONS_OF[item.kind] if name in self.sections)
        model = opened((OVER if source.over else TIMELINE)[item.kind], sections)
        library = self.library.of({"clip": item.stem} if item.stem else {})
        entry = validated(model, item.node, item.report, library)
        paths = [clip.path for clip in item.clips if clip.path]
        if not isinstance(entry, SegmentEntry) or item.report.mistakes or len(paths) < len(item.clips):
            return None
        _refuse_transition(entry, source, item.report)
        segment = EditSegment(
            source.name,
            source.number,
            entry.material(paths),
            item.node.origin.place,
            entry.transition.value if entry.transition else None,
            entry.edges,
            entry.over,
        )
        own = {name: item.node.entries[name] for name in sections if name in item.node.entries}
        return StatedSegment(segment, source, own)

    def _refuse_unknown(self, over: Sequence[StatedSegment], names: Sequence[str]) -> None:
        """Report entries that are placed by a segment that the timeline doesn't have."""
        for stated in over:
            name = stated.segment.begins_with
            if name is not None and name not in names:
                own = Report(self.report.job)
                at = stated.source.node.entries["at"].entries["segment"].origin
                own.add(at, f'unknown segment "{printable(name)}"', choices(name, names))
                stated.source.pass_on(own, self.report)


def _kind(node: Node, kinds: Kinds, report: Report) -> str:
    """What an entry is: the one key of `kinds` that it has; "" if it has none or several."""
    stated = [kind for kind in kinds if (inner := node.at(kind)) and inner.value is not None]
    if len(stated) == 1:
        return stated[0]
    if not node.entries:
        example = "write {clip: media/walk.mp4}"
        report.add(node.origin, f"must be a map, not {quoted(node.value)}", example)
    elif stated:
        report.add(node.origin, f"{' and '.join(stated)} are in one entry", "write an entry for each")
    elif near := next((key for key in node.entries if nearest(key, kinds)), None):
        report.add(node.entries[near].key or node.origin, "unknown key", choices(near, kinds))
    elif other := next((key for key in node.entries if key in TIMELINE), None):
        hint = f"use {' or '.join(kinds)}, or add it to the timeline"
        report.add(node.entries[other].key or node.origin, f"a {other} can't be over the timeline", hint)
    else:
        report.add(node.origin, "states nothing to show", f"add one of {', '.join(kinds)}")
    return ""


def _long(node: Node) -> Node:
    """An entry whose transition is a map, even if it is stated as one word."""
    stated = node.at("transition")
    long = longhand(TransitionEntry, stated)
    return replace(node, value={**node.entries, "transition": long}) if long and long is not stated else node


def _names(items: Sequence[_Item]) -> list[str]:
    """The name of each segment: the given one, or that of its file, made unique by -2, -3 …"""
    taken = {item.given.casefold() for item in items}
    next_number: dict[str, int] = {}
    names = []
    for item in items:
        name, number = item.given or item.base, next_number.get(item.base, 2)
        while not item.given and name.casefold() in taken:
            name, number = f"{item.base}-{number}", number + 1
        next_number[item.base] = number if not item.given else next_number.get(item.base, 2)
        taken.add(name.casefold())
        names.append(name)
    return names


def _refuse_used(item: _Item, source: SegmentSource, first: dict[str, SegmentSource]) -> None:
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
    kind, stated = entry.transition.kinds[0] if entry.transition else "", source.node.at("transition")
    if not stated or not kind:
        return
    if source.over and kind != "dissolve":
        report.add(stated.origin, f"a {kind} isn't possible over the timeline", "use dissolve")
    elif source.number == 1 and not source.over and kind not in ("dissolve", "dip"):
        message = f"a {kind} isn't possible before the first segment"
        report.add(stated.origin, message, "use dip or dissolve, which begin with black")
