"""The edit of one deliverable: its timeline with the settings and captions of each segment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.section_settings import longhand, section_settings
from finish.jobspec.spec_tree import Node, layered, printable
from finish.jobspec.stated_edit import StatedEdit, StatedSegment
from finish.jobspec.wording import Wording, language
from finish.model import CardMaterial, ClipMaterial, Delivery, Edit, EditSegment, Settings, Stage


@dataclass(frozen=True)
class SegmentSettings:
    """Gives each segment its settings: those of its own, over `trees`, the deliverable's layers by section.

    `shared` are the deliverable's settings, which segments without sections of their own have. `filled` adds
    the recorded defaults to a section.
    """

    stages: Sequence[Stage]
    trees: Mapping[str, Node]
    shared: Mapping[str, Settings]
    library: AssetLibrary
    filled: Callable[[str, Node], Node]
    report: Report
    wording: Wording

    def edit(self, stated: StatedEdit, only: tuple[str, ...], delivery: Delivery) -> Edit:
        """The edit that the deliverable shows: all of it, or `only` some segments."""
        tracks = (
            tuple(self._segment(one, delivery) for one in part) for part in (stated.segments, stated.over)
        )
        edit = Edit(stated.name, *tracks)
        return edit.only(only) if only else edit

    @staticmethod
    def texts(stated: StatedEdit, edit: Edit) -> tuple[str, ...]:
        """The texts of the edit's cards that have other ones in other languages."""
        names = {one.segment.name for one in stated.segments if any(one.source.texts)}
        cards = (one.material for one in edit.segments if one.name in names)
        return tuple(
            text
            for one in cards
            if isinstance(one, CardMaterial)
            for text in (one.title, one.subtitle, one.kicker)
        )

    def _segment(self, stated: StatedSegment, delivery: Delivery) -> EditSegment:
        """A segment with its captions and all its settings; mistakes in its own ones are in the report."""
        own, clip = Report(self.report.job), stated.source.clip
        library = self.library.of({**self.library.fields, "clip": clip}) if clip else self.library
        segment = replace(stated.segment, settings=self._settings(stated, library, own))
        if isinstance(segment.material, ClipMaterial):
            captions = stated.source.captions(library, own)
            segment = replace(segment, material=replace(segment.material, captions=captions))
        if isinstance(segment.material, CardMaterial):
            lang = language(self.trees)
            card = self.wording.card(stated.source, segment.material, lang, delivery)
            segment = replace(segment, material=card)
        stated.source.pass_on(own, self.report)
        return segment

    def _settings(self, stated: StatedSegment, library: AssetLibrary, own: Report) -> Mapping[str, Settings]:
        if not stated.sections:
            return self.shared
        made = {
            stage.name: section_settings(stage, self._tree(stage, stated.sections[stage.name]), library, own)
            for stage in self.stages
            if stage.name in stated.sections
        }
        return {**self.shared, **{name: settings for name, settings in made.items() if settings is not None}}

    def _tree(self, stage: Stage, own: Node) -> Node:
        """A section of a segment over the deliverable's."""
        merged = layered([longhand(stage.Settings, own), self.trees[stage.name]])
        assert merged is not None
        return self.filled(stage.name, merged)


def only_segments(entry: Node, stated: StatedEdit | None, report: Report) -> tuple[str, ...]:
    """The segments that a deliverable shows, () for all; unknown ones are in the report."""
    node = entry.at("only")
    if node is None or not isinstance(node.value, tuple):
        return ()
    if stated is None:
        hint = "write a timeline instead of a source, or delete it"
        report.add(node.key or node.origin, "only needs a timeline", hint)
        return ()
    for item in node.value:
        if isinstance(item.value, str) and item.value not in stated.names:
            message = f'unknown segment "{printable(item.value)}" of {stated.name}'
            report.add(item.origin, message, choices(item.value, stated.names))
    return tuple(item.value for item in node.value if isinstance(item.value, str))
