"""Applies the stages to a clip in order: those that change the picture, then those that change only sound.

It knows no stage by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from finish.analysis.decode_faults import Decoding
from finish.errors import CapabilityError, DiskError, FFmpegError, FinishError, MediaError, PromiseError
from finish.graph import Stream
from finish.model import (
    Ask,
    Deliverable,
    Delivery,
    Measure,
    Note,
    PlannedDeliverable,
    Programme,
    RefusedDeliverable,
    Source,
    Stage,
    accepted,
    as_decoded,
    fitted,
    ranked,
)
from finish.planning.destination_limits import refuse_outside, refuse_too_long
from finish.planning.file_promises import file_promises
from finish.planning.shared_sound import SharedSound

# Errors of the clip or the machine: they stop every deliverable of the clip.
_OF_THE_CLIP = (MediaError, FFmpegError, DiskError, CapabilityError)


@dataclass(frozen=True)
class PlannedPicture:
    """One deliverable after all stages that change the picture; the other stages change only its sound."""

    deliverable: Deliverable
    programme: Programme


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
        return self.sounds(self.pictures(source, deliverables))

    def pictures(
        self, source: Source, deliverables: Sequence[Deliverable]
    ) -> tuple[PlannedPicture | RefusedDeliverable, ...]:
        """Every deliverable after the stages that change the picture; FinishError if the source itself can't
        be used.

        The questions of all stages about the conformed source, for all deliverables, are answered together
        before the second stage plans, so that they share one decode.
        """
        begun = [self._begin(deliverable, source) for deliverable in deliverables]
        self.ask.prepare(
            [
                Measure(analyser, picture.programme.conformed)
                for picture in begun
                if isinstance(picture, PlannedPicture)
                for stage in self.stages[1:]
                for analyser in stage.questions(picture.deliverable.settings[stage.name])
            ]
        )
        return tuple(self._fold(picture, 1, self._first_sound_stage) for picture in begun)

    def sounds(
        self, pictures: Sequence[PlannedPicture | RefusedDeliverable]
    ) -> tuple[PlannedDeliverable | RefusedDeliverable, ...]:
        """The same deliverables after the stages of the sound, with all promises about their files."""
        return tuple(
            completed(self._fold(picture, self._first_sound_stage, len(self.stages))) for picture in pictures
        )

    @property
    def _first_sound_stage(self) -> int:
        """The number of stages up to the last one that changes the picture."""
        return max(
            (number for number, stage in enumerate(self.stages, 1) if "video" in stage.touches), default=1
        )

    def _begin(self, deliverable: Deliverable, source: Source) -> PlannedPicture | RefusedDeliverable:
        try:
            programme = _unplanned(source, deliverable)
            return PlannedPicture(deliverable, self._planned(self.stages[0], deliverable, programme))
        except FinishError as error:
            return _refused(deliverable, error)

    def _fold(
        self, picture: PlannedPicture | RefusedDeliverable, first: int, end: int
    ) -> PlannedPicture | RefusedDeliverable:
        """A deliverable after the stages `first` to `end` (excluded)."""
        if isinstance(picture, RefusedDeliverable):
            return picture
        deliverable, programme = picture.deliverable, picture.programme
        try:
            for number in range(first, end):
                stage = self.stages[number]
                together = self._together(number, deliverable, programme)
                programme = self._planned(stage, deliverable, replace(programme, together=together))
                refuse_too_long(programme, deliverable.delivery)
        except FinishError as error:
            return _refused(deliverable, error)
        return PlannedPicture(deliverable, programme)

    def _planned(self, stage: Stage, deliverable: Deliverable, programme: Programme) -> Programme:
        return stage.plan(deliverable.settings[stage.name], programme, deliverable.delivery, self.ask)

    def _together(self, number: int, deliverable: Deliverable, programme: Programme) -> tuple[Stream, ...]:
        """The sounds of the clips that share a gain by the settings of a stage, before that stage."""
        clips = deliverable.settings[self.stages[number].name].together
        before = self.stages[:number]

        def plan_sound(clip: Source, of: Deliverable, cut: bool) -> Programme:
            of_clip = self._planned(self.stages[0], of, _unplanned(clip, of))
            for stage in before[1:] if cut else ():
                if "audio" in stage.touches:
                    of_clip = self._planned(stage, of, of_clip)
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
        notes = accepted((*programme.notes, *lowered), deliverable.accept)
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


def _unplanned(source: Source, deliverable: Deliverable) -> Programme:
    """The programme of a clip before the first stage."""
    if source.video is None:
        raise MediaError(f"{source.path.name} has no picture", "use a clip with a video track")
    sound = source.sound() if source.audio else source.picture
    video, picture = source.video, source.picture
    return Programme(
        source, picture, picture, sound, video.size, video.rate, video.frames, locked=deliverable.locked
    )
