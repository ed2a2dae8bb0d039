"""Plans a timeline: every segment by itself as a programme of one clip, then all of them as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from finish.errors import FinishError, several
from finish.model import (
    Ask,
    ClipMaterial,
    ClipProgramme,
    Deliverable,
    Delivery,
    EditSegment,
    EditTime,
    Measure,
    Rates,
    SequenceProgramme,
    Settings,
    Source,
    Stage,
    StillMaterial,
    Values,
)
from finish.model.programme_records import SEGMENTS
from finish.planning.drawn_segments import DrawnMaterial, drawn_segment, still_size
from finish.planning.edit_layout import SegmentExtent, SegmentPlacement
from finish.planning.edit_tracks import EditTracks
from finish.planning.inset_pictures import inset_size
from finish.planning.joined_programme import joined_programme
from finish.planning.segment_timeline import SegmentTimeline, extended, segment_timeline, used_seconds
from finish.planning.stage_groups import StageGroups
from finish.planning.unplanned import unplanned
from finish.units import Size

T = TypeVar("T")


@dataclass(frozen=True)
class _Timed:
    """A segment before it is placed: its clip as conformed and with its length, and what it uses of it.

    A drawn segment has no clip.
    """

    segment: EditSegment
    conformed: ClipProgramme | None = None
    paced: ClipProgramme | None = None
    timeline: SegmentTimeline | None = None

    def extent(self, rate: Fraction) -> SegmentExtent:
        if self.timeline is None or self.conformed is None:
            frames = _length(self.segment, rate)
            return SegmentExtent.of(self.segment, frames, (None, None), rate, sounds=False)
        sounds = self.conformed.content_sound is not None and not self.segment.sound.mute
        beyond = self.timeline.before, self.timeline.after
        return SegmentExtent.of(self.segment, self.timeline.frames, beyond, rate, sounds=sounds)


@dataclass(frozen=True)
class EditPlanner:
    """Plans the timeline of one deliverable from its `sources`, by their paths."""

    groups: StageGroups
    ask: Ask
    deliverable: Deliverable
    sources: Mapping[Path, Source]

    @cached_property
    def _tracks(self) -> EditTracks:
        edit = self.deliverable.edit
        assert edit is not None
        return EditTracks.of(edit, self.deliverable.delivery.frame)

    def conformed(self) -> tuple[ClipProgramme | None, ...]:
        """Every segment's clip upright in its own time; None for what is drawn. FinishError with every
        mistake."""
        return self._per_segment(lambda _, segment: self._conformed(segment))

    def questions(self, conformed: Sequence[ClipProgramme | None]) -> Iterator[Measure[object]]:
        """The questions of all stages about the segments' clips."""
        for segment, clip in zip(self._tracks.segments, conformed, strict=True):
            for stage in self.groups.stages[1:] if clip else ():
                for analyser in stage.questions(self._settings(segment, stage)):
                    assert clip is not None
                    yield Measure(analyser, clip.conformed)

    def programme(self, conformed: Sequence[ClipProgramme | None]) -> SequenceProgramme:
        """All segments as one programme; FinishError with every mistake."""
        rate = self._rate(conformed)
        timed = self._per_segment(lambda number, segment: self._timed(segment, conformed[number], rate))
        for cells in self._tracks.cells:
            timed = _of_one_length(timed, cells)
        extents = self._per_segment(lambda number, _: timed[number].extent(rate))
        placements = self._tracks.placements(extents, rate)
        clips = self._per_segment(lambda number, _: self._planned(timed[number], placements[number], rate))
        return joined_programme(self._tracks, clips, placements, self.deliverable, rate)

    def _rate(self, clips: Sequence[ClipProgramme | None]) -> Fraction:
        """The delivered rate: the one that most of the used time has anyway."""
        rates, seconds = self.deliverable.delivery.rates, dict[Fraction, Fraction]()
        for segment, clip in zip(self._tracks.main, clips, strict=False):
            if clip and isinstance(segment.material, ClipMaterial):
                rate = rates.of(clip.rate)
                seconds[rate] = seconds.get(rate, Fraction(0)) + used_seconds(
                    segment.material, clip.duration, clip.rate
                )
        return max(seconds, key=lambda rate: seconds[rate], default=rates.otherwise)

    def _conformed(self, segment: EditSegment) -> ClipProgramme | None:
        if not isinstance(segment.material, ClipMaterial):
            return None
        source = self.sources[segment.material.path]
        begun = replace(unplanned(source, self.deliverable), locked=self._locked(segment))
        conform = self.groups.conform
        planned: ClipProgramme = conform.plan(
            self._settings(segment, conform), begun, self.deliverable.delivery, self.ask
        )
        return planned

    def _timed(self, segment: EditSegment, clip: ClipProgramme | None, rate: Fraction) -> _Timed:
        if clip is None or not isinstance(segment.material, ClipMaterial):
            return _Timed(segment)
        paced = self._fold(self.groups.timing, segment, clip, rate)
        return _Timed(segment, clip, paced, segment_timeline(paced, segment.material, rate))

    def _planned(self, timed: _Timed, placement: SegmentPlacement, rate: Fraction) -> ClipProgramme:
        """A segment's clip with its handles, after the stages of its picture."""
        segment = timed.segment
        if timed.timeline is None or timed.paced is None or timed.conformed is None:
            assert isinstance(segment.material, DrawnMaterial)
            frames = placement.head + placement.frames + placement.tail
            delivery = self._delivery(segment, None, rate)
            drawn = drawn_segment(segment.material, delivery, rate, frames, self.ask)
            return self._fold(self.groups.clip_picture, segment, drawn, rate)
        used = _used(timed.conformed, timed.paced, timed.timeline, placement)
        return self._fold(self.groups.clip_picture, segment, used, rate)

    def _fold(
        self, stages: Sequence[Stage], segment: EditSegment, clip: ClipProgramme, rate: Fraction
    ) -> ClipProgramme:
        """A segment's clip after these stages, at the rate of the programme."""
        delivery = self._delivery(segment, clip.content_size, rate)
        for stage in stages:
            clip = stage.plan(self._settings(segment, stage), clip, delivery, self.ask)
        return clip

    def _delivery(self, segment: EditSegment, own: Size | None, rate: Fraction) -> Delivery:
        """The delivery at the programme's rate, and at the size of the segment's picture (`own` px)."""
        delivery = at_rate(self.deliverable.delivery, rate)
        if segment.name in self._tracks.cell_sizes:
            return delivery.model_copy(update={"frame": self._tracks.cell_sizes[segment.name]})
        if not self._tracks.fills_a_part(segment):
            return delivery
        if isinstance(segment.material, StillMaterial):
            own = still_size(segment.material)
        assert own is not None and segment.place is not None, (
            "what is laid over a picture is a clip or a still"
        )
        return delivery.model_copy(update={"frame": inset_size(segment.place, own, delivery.frame)})

    def cleaned(self, programme: SequenceProgramme) -> SequenceProgramme:
        """The programme with every audible clip's sound after the stages that change only it."""
        audible = {index for track in programme.sounds for index in track.audible}
        numbered = iter(enumerate(programme.placed))

        def change(clip: ClipProgramme) -> ClipProgramme:
            index, part = next(numbered)
            if index not in audible:
                return clip
            segment = self._tracks.by_name[part.name]
            return self._fold(self.groups.clip_sound, segment, clip, programme.rate)

        return programme.with_changed_clips(change)

    def _settings(self, segment: EditSegment, stage: Stage) -> Settings:
        """The settings of a stage for a segment: its own, else the deliverable's.

        What is drawn has only its own: a card isn't graded with the clips.
        """
        general = self.deliverable.settings[stage.name]
        own = segment.settings.get(stage.name) or general
        if own is general and isinstance(segment.material, DrawnMaterial):
            return stage.Settings()
        return own.filling if own is general and self._tracks.fills_a_part(segment) else own

    def _locked(self, segment: EditSegment) -> Mapping[str, Values]:
        decided = self.deliverable.locked.get(SEGMENTS, {}).get(segment.name)
        return decided if isinstance(decided, Mapping) else {}

    def _per_segment(self, make: Callable[[int, EditSegment], T]) -> tuple[T, ...]:
        """What `make` makes of each segment, by its number; FinishError with the mistakes of all segments."""
        made, errors = list[T](), list[FinishError]()
        for number, segment in enumerate(self._tracks.segments):
            try:
                made.append(make(number, segment))
            except FinishError as error:
                errors.append(error.about(segment.label, segment.where))
        if errors:
            raise several(tuple(errors))
        return tuple(made)


def _of_one_length(timed: Sequence[_Timed], cells: Sequence[int]) -> tuple[_Timed, ...]:
    """The segments, in which the cells of one split screen are as long as the shortest of them."""
    timelines = {number: timeline for number in cells if (timeline := timed[number].timeline)}
    frames = min(timeline.frames for timeline in timelines.values())
    return tuple(
        replace(one, timeline=timelines[number].shortened(frames)) if number in timelines else one
        for number, one in enumerate(timed)
    )


def at_rate(delivery: Delivery, rate: Fraction) -> Delivery:
    """The delivery at one rate (Hz), whatever the clip's rate is."""
    return delivery.model_copy(update={"rates": Rates(low=rate, high=rate, otherwise=rate)})


def _length(segment: EditSegment, rate: Fraction) -> int:
    material = segment.material
    assert not isinstance(material, ClipMaterial)
    length = getattr(material, "length", EditTime())
    assert isinstance(length, EditTime)
    return length.length(rate) if segment.number else 0  # the black before a first transition has none


def _used(
    conformed: ClipProgramme, paced: ClipProgramme, timeline: SegmentTimeline, placement: SegmentPlacement
) -> ClipProgramme:
    """The clip with the part that a segment uses, and its handles."""
    if timeline.whole and not any(placement.handles):
        return paced
    picture = extended(timeline.picture, *placement.handles)
    head = min(placement.sound_head, timeline.before)
    sound = extended(timeline.sound, head, min(placement.sound_tail, timeline.after))
    return replace(paced, timeline=picture, sound=conformed.sound.cut(sound))
