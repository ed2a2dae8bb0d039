"""The entries of a timeline's tracks as single segments: patterns expanded, and each with a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from finish.jobspec import name_fields
from finish.jobspec.asset_library import Files
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.section_settings import longhand
from finish.jobspec.segment_entry import SegmentEntry
from finish.jobspec.sources import SourceClip, named_clips
from finish.jobspec.spec_tree import Node, printable, quoted
from finish.jobspec.stated_edit import SegmentSource
from finish.jobspec.timeline_entries import SECTIONS_OF, SEGMENTS, TIMELINE
from finish.jobspec.timeline_values import TransitionEntry
from finish.near_names import nearest

_NAME: Final = 40  # characters of a name that comes from a file or a title
Kinds = Mapping[str, type[SegmentEntry]]


@dataclass(frozen=True)
class TrackItem:
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
        named = next((text for text in title.entries.values() if text.value), title) if title else None
        text = self.stem or (str(named.value) if named and named.value else "")
        return name_fields.plain_letters(text)[:_NAME] if text else self.kind or "entry"

    @property
    def given(self) -> str:
        """The name that the entry states, safe to print: messages about an invalid name contain it."""
        name = self.node.at("name")
        return printable(name.value, 200) if name and isinstance(name.value, str) else ""

    def sections(self, known: Sequence[str]) -> dict[str, Node]:
        """The sections of its own, of those that are `known` and that its kind can have."""
        return {
            name: self.node.entries[name]
            for name in SECTIONS_OF.get(self.kind, ())
            if name in known and name in self.node.entries
        }


@dataclass(frozen=True)
class TrackReader:
    """Expands the entries of tracks. `report` has the mistakes of whole tracks; each item has its own."""

    files: Files
    report: Report

    def items(self, track: Node | None, kinds: Kinds) -> list[TrackItem]:
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

    def _expanded(self, node: Node, kinds: Kinds) -> list[TrackItem]:
        """The segments of one entry: one, or one for each clip that its pattern matches."""
        own = Report(self.report.job)
        node = _long(node)
        kind = _kind(node, kinds, own)
        if kind == "clip":
            clips = named_clips(node.entries["clip"], self.files, own)
            return [TrackItem(node, kind, (clip,), own) for clip in clips] or [TrackItem(node, kind, (), own)]
        cells = node.at("split") if kind == "split" else None
        listed = cells.value if cells and isinstance(cells.value, tuple) else ()
        return [TrackItem(node, kind, tuple(self._cells(listed, own)), own)]

    def _cells(self, cells: Sequence[Node], report: Report) -> Iterator[SourceClip]:
        """The one clip of each cell of a split screen."""
        for cell in cells:
            stated = cell.at("clip")
            clips = named_clips(stated, self.files, report) if stated else ()
            if stated and len(clips) > 1:
                report.add(stated.origin, f"matches {len(clips)} clips", "name one")
            yield from clips[:1]


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


def unique_names(items: Sequence[TrackItem]) -> list[str]:
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


def sources(main: Sequence[TrackItem], over: Sequence[TrackItem]) -> list[SegmentSource]:
    """Where each segment comes from, with its name and its number on its track."""
    names = iter(unique_names([*main, *over]))
    return [
        SegmentSource(item.node, next(names), number, is_over, item.stem)
        for is_over, track in ((False, main), (True, over))
        for number, item in enumerate(track, 1)
    ]
