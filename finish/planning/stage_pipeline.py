"""Applies the stages to a clip in order: those that change the picture, then those that change only sound.

It knows no stage by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from finish.analysis.decode_faults import Decoding
from finish.errors import CapabilityError, DiskError, FFmpegError, FinishError, MediaError, PromiseError
from finish.graph import Stream
from finish.model import (
    Ask,
    ClipProgramme,
    Deliverable,
    Delivery,
    Measure,
    Note,
    PlannedDeliverable,
    Programme,
    RefusedDeliverable,
    SequenceProgramme,
    Source,
    Stage,
    accepted,
    as_decoded,
    fitted,
    ranked,
)
from finish.planning.destination_limits import refuse_outside, refuse_too_long
from finish.planning.edit_planning import EditPlanner
from finish.planning.file_promises import file_promises
from finish.planning.shared_sound import SharedSound
from finish.planning.stage_groups import StageGroups
from finish.planning.unplanned import unplanned

P = TypeVar("P", bound=Programme)
# Errors of the clip or the machine: they stop every deliverable of the clip.
_OF_THE_CLIP = (MediaError, FFmpegError, DiskError, CapabilityError)


@dataclass(frozen=True)
class PlannedPicture:
    """One deliverable after all stages that change the picture; the other stages change only its sound.

    `cleaned` plans the stages of the sound of each clip of a timeline.
    """

    deliverable: Deliverable
    programme: Programme
    cleaned: Callable[[SequenceProgramme], SequenceProgramme] | None = field(default=None, compare=False)


def examined(source: Source, ask: Ask) -> Source:
    """The source with what decodes of it: its losses include everything that is missing or damaged."""
    tracks = sorted(
        [*(picture.index for picture in source.pictures), *(sound.index for sound in source.audio)]
    )
    if not tracks:
        return source
    of = source.picture if source.video is not None else source.sound()
    return as_decoded(source, ask(Measure(Decoding(tuple(tracks)), of)))


@dataclass(frozen=True)
class BegunPicture:
    """One deliverable after the first stage: the conformed programme of its clip, or those of its timeline's
    segments (None: what is drawn)."""

    deliverable: Deliverable
    clips: tuple[ClipProgramme | None, ...]


@dataclass(frozen=True)
class StagePipeline:
    """The `stages` in order, the `ask` that answers their questions, and all deliverables of the `job`, of
    all clips.

    The first stage makes the conformed source. The picture is planned once: `sounds` continues with the
    programmes of `pictures`.
    """

    stages: Sequence[Stage]
    ask: Ask
    job: Sequence[Deliverable] = ()

    def plan(
        self, source: Source, deliverables: Sequence[Deliverable]
    ) -> tuple[PlannedDeliverable | RefusedDeliverable, ...]:
        """Every deliverable of one source, planned or refused; FinishError if the source is unusable."""
        sources = {deliverable.source: source for deliverable in deliverables}
        return self.sounds(self.pictures(sources, deliverables))

    def pictures(
        self, sources: Mapping[Path, Source], deliverables: Sequence[Deliverable]
    ) -> tuple[PlannedPicture | RefusedDeliverable, ...]:
        """Every deliverable after the stages that change the picture; FinishError if a source itself can't be
        used.

        The questions of all stages about the conformed sources, for all deliverables, are answered together
        before the second stage plans, so that those about one source share one decode.
        """
        begun = [self._begin(deliverable, sources) for deliverable in deliverables]
        self.ask.prepare(
            [
                question
                for picture in begun
                if isinstance(picture, BegunPicture)
                for question in self._questions(picture, sources)
            ]
        )
        return tuple(self._picture(picture, sources) for picture in begun)

    def sounds(
        self, pictures: Sequence[PlannedPicture | RefusedDeliverable]
    ) -> tuple[PlannedDeliverable | RefusedDeliverable, ...]:
        """The same deliverables after the stages of the sound, with all promises about their files."""
        return tuple(completed(self._sound(picture)) for picture in pictures)

    @cached_property
    def _groups(self) -> StageGroups:
        return StageGroups(tuple(self.stages))

    def _begin(
        self, deliverable: Deliverable, sources: Mapping[Path, Source]
    ) -> BegunPicture | RefusedDeliverable:
        try:
            if deliverable.edit is not None:
                return BegunPicture(deliverable, self._editor(deliverable, sources).conformed())
            begun = unplanned(sources[deliverable.source], deliverable)
            return BegunPicture(deliverable, (self._planned(self._groups.conform, deliverable, begun),))
        except FinishError as error:
            return _refused(deliverable, error)

    def _questions(self, picture: BegunPicture, sources: Mapping[Path, Source]) -> Iterator[Measure[object]]:
        if picture.deliverable.edit is not None:
            yield from self._editor(picture.deliverable, sources).questions(picture.clips)
            return
        for clip in picture.clips:
            for stage in self.stages[1:] if clip else ():
                assert clip is not None
                for analyser in stage.questions(picture.deliverable.settings[stage.name]):
                    yield Measure(analyser, clip.conformed)

    def _picture(
        self, begun: BegunPicture | RefusedDeliverable, sources: Mapping[Path, Source]
    ) -> PlannedPicture | RefusedDeliverable:
        """A deliverable after the stages that change the picture."""
        if isinstance(begun, RefusedDeliverable):
            return begun
        deliverable, groups = begun.deliverable, self._groups
        try:
            if deliverable.edit is not None:
                editor = self._editor(deliverable, sources)
                programme: Programme = editor.programme(begun.clips)
                refuse_too_long(programme, deliverable.delivery)
                return PlannedPicture(
                    deliverable, self._fold(groups.programme_picture, deliverable, programme), editor.cleaned
                )
            (clip,) = begun.clips
            assert clip is not None
            return PlannedPicture(deliverable, self._fold(groups.picture, deliverable, clip))
        except FinishError as error:
            return _refused(deliverable, error)

    def _sound(self, picture: PlannedPicture | RefusedDeliverable) -> PlannedPicture | RefusedDeliverable:
        """A deliverable after the stages that change only its sound."""
        if isinstance(picture, RefusedDeliverable):
            return picture
        deliverable, programme, groups = picture.deliverable, picture.programme, self._groups
        try:
            if picture.cleaned is None or not isinstance(programme, SequenceProgramme):
                return replace(picture, programme=self._fold(groups.sound, deliverable, programme))
            cleaned = picture.cleaned(programme)
            return replace(picture, programme=self._fold(groups.programme_sound, deliverable, cleaned))
        except FinishError as error:
            return _refused(deliverable, error)

    def _editor(self, deliverable: Deliverable, sources: Mapping[Path, Source]) -> EditPlanner:
        return EditPlanner(self._groups, self.ask, deliverable, sources)

    def _fold(self, stages: Sequence[Stage], deliverable: Deliverable, programme: Programme) -> Programme:
        """A programme after these stages."""
        for stage in stages:
            together = self._together(stage, deliverable, programme)
            programme = self._planned(stage, deliverable, replace(programme, together=together))
            refuse_too_long(programme, deliverable.delivery)
        return programme

    def _planned(self, stage: Stage, deliverable: Deliverable, programme: P) -> P:
        planned: P = stage.plan(deliverable.settings[stage.name], programme, deliverable.delivery, self.ask)
        return planned

    def _together(self, stage: Stage, deliverable: Deliverable, programme: Programme) -> tuple[Stream, ...]:
        """The sounds of the clips that share a gain by the settings of a stage, before that stage."""
        clips = deliverable.settings[stage.name].together
        before = self.stages[: self.stages.index(stage)]

        def plan_sound(clip: Source, of: Deliverable, cut: bool) -> Programme:
            of_clip = self._planned(self._groups.conform, of, unplanned(clip, of))
            for earlier in before[1:] if cut else ():
                if "audio" in earlier.touches:
                    of_clip = self._planned(earlier, of, of_clip)
            return of_clip

        shared = SharedSound(deliverable, self.job, plan_sound)
        return tuple(shared.of(clip, programme) for clip in clips)


def completed(picture: PlannedPicture | RefusedDeliverable) -> PlannedDeliverable | RefusedDeliverable:
    """A deliverable after its stages, with all promises about its file.

    It's refused if it's outside the limits of its destination.
    """
    if isinstance(picture, RefusedDeliverable):
        return picture
    deliverable, programme = picture.deliverable, picture.programme
    try:
        refuse_outside(programme, deliverable.delivery)
        delivery, lowered = fitted(deliverable.delivery, programme.rate, programme.duration)
        notes = accepted((*deliverable.notes, *programme.notes, *lowered), deliverable.accept)
        _refuse_open(notes, delivery)
    except FinishError as error:
        return _refused(deliverable, error)
    compared = (
        replace(promise, against=(programme.picture, *promise.against)) if promise.against else promise
        for promise in programme.promises
    )
    promises = (*file_promises(programme, delivery), *compared)
    return PlannedDeliverable(
        replace(deliverable, delivery=delivery), replace(programme, notes=notes), promises
    )


def _refuse_open(notes: Sequence[Note], delivery: Delivery) -> None:
    """PromiseError if a strict destination has notes that ask for action: then nothing is rendered."""
    open_notes = ranked(notes, "act")
    if delivery.strict and open_notes:
        listed = "; ".join(f"{note} [{note.code}]" for note in open_notes)
        many = f"{len(open_notes)} notes ask" if len(open_notes) > 1 else "1 note asks"
        hint = "act on them, list their codes under `accept`, or run with --no-strict"
        raise PromiseError(f"{many} for action: {listed}", hint)


def _refused(deliverable: Deliverable, error: FinishError) -> RefusedDeliverable:
    """A mistake in one deliverable, with its name and place.

    An error of the clip itself is raised, because it stops all of its deliverables.
    """
    if isinstance(error, _OF_THE_CLIP):
        raise error
    return RefusedDeliverable(deliverable, error.about(deliverable.name, deliverable.where))
