"""Plans a timeline: every segment by itself as a programme of one clip, then all of them as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from finish.errors import FinishError, several
from finish.graph import SoundLayout
from finish.model import (
    Ask,
    ClipMaterial,
    ClipProgramme,
    Deliverable,
    Delivery,
    Edit,
    EditSegment,
    EditTime,
    GapMaterial,
    Measure,
    PlacedClip,
    Rates,
    SequenceProgramme,
    Settings,
    Source,
    Stage,
    Values,
)
from finish.model.programme_records import SEGMENTS
from finish.model.sequence_programme import (
    SoundTrack,
    all_of,
    joined_decisions,
    joined_notes,
    joined_picture,
    sequence_framing,
)
from finish.planning.drawn_segments import DrawnMaterial, drawn_segment
from finish.planning.edit_layout import SegmentExtent, SegmentPlacement, lay_out, samples
from finish.planning.over_track import covers, over_sounds, place_over
from finish.planning.segment_timeline import (
    SegmentTimeline,
    at_least_a_frame,
    extended,
    segment_timeline,
    used_seconds,
)
from finish.planning.stage_groups import StageGroups
from finish.planning.unplanned import unplanned
from finish.planning.visible_pictures import VisiblePictures
from finish.units import Span

T = TypeVar("T")


@dataclass(frozen=True)
class _Timed:
    """A segment before it is placed: its clip as conformed and with its length, and what it uses of it.

    There is no clip for what is drawn.
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
    def edit(self) -> Edit:
        """The timeline; before a first segment with a transition, there is an empty gap."""
        edit = self.deliverable.edit
        assert edit is not None
        first = edit.segments[0]
        if first.transition is None:
            return edit
        black = EditSegment("black", 0, GapMaterial(EditTime()), first.where)
        begun = replace(first, transition=replace(first.transition, align="start"))
        return replace(edit, segments=(black, begun, *edit.segments[1:]))

    def conformed(self) -> tuple[ClipProgramme | None, ...]:
        """Every segment's clip upright in its own time; None for what is drawn. FinishError with every
        mistake."""
        return self._per_segment(lambda _, segment: self._conformed(segment))

    @property
    def _segments(self) -> tuple[EditSegment, ...]:
        """The main track, and the one over it."""
        return (*self.edit.segments, *(one for one in self.edit.over if covers(one)))

    def questions(self, conformed: Sequence[ClipProgramme | None]) -> Iterator[Measure[object]]:
        """The questions of all stages about the segments' clips."""
        for segment, clip in zip(self._segments, conformed, strict=True):
            for stage in self.groups.stages[1:] if clip else ():
                for analyser in stage.questions(self._settings(segment, stage)):
                    assert clip is not None
                    yield Measure(analyser, clip.conformed)

    def programme(self, conformed: Sequence[ClipProgramme | None]) -> SequenceProgramme:
        """All segments as one programme; FinishError with every mistake."""
        rate = self._rate(conformed)
        timed = self._per_segment(lambda number, segment: self._timed(segment, conformed[number], rate))
        extents, count = (
            self._per_segment(lambda number, _: timed[number].extent(rate)),
            len(self.edit.segments),
        )
        main = lay_out(extents[:count], rate)
        placements = (*main, *place_over(extents[count:], main, rate))
        clips = self._per_segment(lambda number, _: self._planned(timed[number], placements[number], rate))
        return self._joined(clips, placements, rate)

    def _rate(self, clips: Sequence[ClipProgramme | None]) -> Fraction:
        """The delivered rate: the one that most of the used time has anyway."""
        rates, seconds = self.deliverable.delivery.rates, dict[Fraction, Fraction]()
        for segment, clip in zip(self.edit.segments, clips, strict=False):
            if clip and isinstance(segment.material, ClipMaterial):
                rate = rates.of(clip.rate)
                seconds[rate] = seconds.get(rate, Fraction(0)) + used_seconds(segment.material, clip)
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
        segment, delivery = timed.segment, self.deliverable.delivery
        if timed.timeline is None or timed.paced is None or timed.conformed is None:
            assert not isinstance(segment.material, ClipMaterial)
            frames = placement.head + placement.frames + placement.tail
            material: DrawnMaterial = segment.material  # type: ignore[assignment]
            return self._fold(
                self.groups.clip_picture,
                segment,
                drawn_segment(material, delivery, rate, frames, self.ask),
                rate,
            )
        used = _used(timed.conformed, timed.paced, timed.timeline, placement)
        return self._fold(self.groups.clip_picture, segment, used, rate)

    def _fold(
        self, stages: Sequence[Stage], segment: EditSegment, clip: ClipProgramme, rate: Fraction
    ) -> ClipProgramme:
        """A segment's clip after these stages, at the rate of the programme."""
        delivery = at_rate(self.deliverable.delivery, rate)
        for stage in stages:
            settings = self._settings(segment, stage)
            if clip.source.demuxer == "drawn" and not isinstance(segment.material, ClipMaterial):
                settings = stage.Settings()
            clip = stage.plan(settings, clip, delivery, self.ask)
        return clip

    def cleaned(self, programme: SequenceProgramme) -> SequenceProgramme:
        """The programme with every clip's sound after the stages that change only it."""
        by_name = {segment.name: segment for segment in self._segments}
        names = iter([part.name for part in programme.placed])

        def change(clip: ClipProgramme) -> ClipProgramme:
            segment = by_name[next(names)]
            return self._fold(self.groups.clip_sound, segment, clip, programme.rate)

        return programme.with_changed_clips(change)

    def _joined(
        self, clips: Sequence[ClipProgramme], placements: Sequence[SegmentPlacement], rate: Fraction
    ) -> SequenceProgramme:
        count = len(self.edit.segments)
        main, length = placements[:count], placements[count - 1].end
        visible = VisiblePictures.of(placements, [_preroll(clip) for clip in clips], count, rate)
        placed = tuple(
            PlacedClip(
                one.segment.name,
                clip,
                (one.start - one.handles[0]) / rate,
                visible.spans(index),
                one.segment.captions,
            )
            for index, (clip, one) in enumerate(zip(clips, placements, strict=True))
        )
        audible = tuple(n for n, place in enumerate(main) if place.extent.sounds)
        sounds = SoundLayout(samples(length, rate), tuple(placements[n].sound(rate) for n in audible))
        programme = SequenceProgramme(
            picture=joined_picture(placed, visible.indices, visible.layout),
            sound=clips[0].sound,
            frame=clips[0].frame,
            rate=rate,
            frames=length,
            locked=self.deliverable.locked,
            framing=sequence_framing(placed, visible.runs, rate),
            promises=all_of([clip.promises for clip in clips]),
            name=self.edit.name,
            placed=placed,
            owned=tuple(Span(place.start / rate, place.end / rate) for place in main),
            runs=visible.runs,
            sounds=(
                SoundTrack(sounds, audible),
                *over_sounds(placements[count:], count, sounds.length, rate),
            ),
            transitions=visible.transitions,
            end=length / rate,
        )
        notes = joined_notes(placed, [clip.notes for clip in clips])
        decisions = joined_decisions(placed, [clip.decisions for clip in clips])
        return programme.with_clip_sounds().add_notes(*notes).add_decisions(*decisions)

    def _settings(self, segment: EditSegment, stage: Stage) -> Settings:
        return segment.settings.get(stage.name) or self.deliverable.settings[stage.name]

    def _locked(self, segment: EditSegment) -> Mapping[str, Values]:
        decided = self.deliverable.locked.get(SEGMENTS, {}).get(segment.name)
        return decided if isinstance(decided, Mapping) else {}

    def _per_segment(self, make: Callable[[int, EditSegment], T]) -> tuple[T, ...]:
        """What `make` makes of each segment, by its number; FinishError with the mistakes of all segments."""
        made, errors = list[T](), list[FinishError]()
        for number, segment in enumerate(self._segments):
            try:
                made.append(make(number, segment))
            except FinishError as error:
                errors.append(error.about(segment.label, segment.where))
        if errors:
            raise several(tuple(errors))
        return tuple(made)


def at_rate(delivery: Delivery, rate: Fraction) -> Delivery:
    """The delivery at one rate (Hz), whatever the clip's rate is."""
    return delivery.model_copy(update={"rates": Rates(low=rate, high=rate, otherwise=rate)})


def _length(segment: EditSegment, rate: Fraction) -> int:
    material = segment.material
    assert not isinstance(material, ClipMaterial)
    length = getattr(material, "length", EditTime())
    assert isinstance(length, EditTime)
    return (
        at_least_a_frame(length, rate) if segment.number else 0
    )  # the black before a first transition has none


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


def _preroll(clip: ClipProgramme) -> Fraction:
    """How early a clip is opened (s); from its beginning if seeking in it isn't exact."""
    return clip.preroll if clip.source.indexed else Fraction(1_000_000)
