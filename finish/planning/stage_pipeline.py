"""Fold the stages over a source, and ask the finished file what was promised. Knows no stage by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, cast

from finish.analysis.decode_faults import Decoding
from finish.errors import (
    CapabilityError,
    DiskError,
    FFmpegError,
    FinishError,
    LimitError,
    MediaError,
    PromiseError,
    SpecError,
)
from finish.graph import Stream
from finish.model import (
    Ask,
    CheckResult,
    Deliverable,
    Delivery,
    DeliveryLimits,
    Measure,
    Note,
    Parted,
    PlannedDeliverable,
    Programme,
    Promise,
    RefusedDeliverable,
    Source,
    Stage,
    Tolerance,
    accepted,
    fitted,
    ranked,
    witnessed,
)
from finish.units import number


def examined(source: Source, ask: Ask) -> Source:
    """The source with what of it decodes: all that is missing or damaged in it is among its losses."""
    tracks = sorted((*(each.index for each in source.pictures), *(each.index for each in source.audio)))
    if not tracks:
        return source
    of = source.picture if source.video is not None else source.sound()
    return witnessed(source, ask(Measure(Decoding(tuple(tracks)), of)))


def plan(
    source: Source,
    deliverables: Sequence[Deliverable],
    stages: Sequence[Stage],
    ask: Ask,
    job: Sequence[Deliverable] = (),
) -> tuple[PlannedDeliverable | RefusedDeliverable, ...]:
    """Every deliverable of one source, planned or refused; FinishError when the source itself cannot be used.

    The first stage makes the conformed source; every other stage's questions about it, over all deliverables, are answered
    together before the rest is planned, so that they share one decode. `job` are all deliverables, of all clips.
    """
    first, *rest = stages
    begun = tuple(_begun(first, each, source, ask) for each in deliverables)
    ask.prepare(
        [
            Measure(analyser, programme.conformed)
            for each, programme in zip(deliverables, begun, strict=True)
            if isinstance(programme, Programme)
            for stage in rest
            for analyser in stage.questions(each.settings[stage.name])
        ]
    )
    return tuple(
        _rest(stages, each, programme, ask, job) for each, programme in zip(deliverables, begun, strict=True)
    )


def _begun(
    first: Stage, deliverable: Deliverable, source: Source, ask: Ask
) -> Programme | RefusedDeliverable:
    try:
        return _stage(first, deliverable, _raw(source, deliverable), ask)
    except FinishError as wrong:
        return _refused(deliverable, wrong)


def _rest(
    stages: Sequence[Stage],
    deliverable: Deliverable,
    begun: Programme | RefusedDeliverable,
    ask: Ask,
    job: Sequence[Deliverable],
) -> PlannedDeliverable | RefusedDeliverable:
    if isinstance(begun, RefusedDeliverable):
        return begun
    programme = begun
    try:
        for number, stage in enumerate(stages[1:], 1):
            named = deliverable.settings[stage.name].together
            beside = _Beside(stages[:number], deliverable, job, ask)
            programme = _stage(
                stage,
                deliverable,
                replace(programme, together=tuple(beside.sound(each, programme) for each in named)),
                ask,
            )
            _refuse_longer(programme, deliverable.delivery)
        _preflight(programme, deliverable.delivery)
        delivery, lowered = fitted(deliverable.delivery, programme.rate, programme.duration)
        notes = accepted((*programme.notes, *lowered), deliverable.accept)
        _refuse_open(notes, delivery)
    except FinishError as wrong:
        return _refused(deliverable, wrong)
    compared = (
        replace(each, against=(programme.picture, *each.against)) if each.against else each
        for each in programme.promises
    )
    promises = (*file_promises(programme, delivery), *compared)
    return PlannedDeliverable(
        replace(deliverable, delivery=delivery), replace(programme, notes=notes), promises
    )


@dataclass(frozen=True)
class _Beside:
    """What else the `job` makes as it makes this `deliverable` of its own clip, after some of the stages."""

    stages: Sequence[Stage]
    deliverable: Deliverable
    job: Sequence[Deliverable]
    ask: Ask

    def sound(self, clip: Source, programme: Programme) -> Stream:
        """The sound of a clip as the job has it: what is cut from it is not heard. One of which the job makes nothing is heard whole.

        SpecError for one that cannot be planned.
        """
        if clip.path == programme.source.path:
            return programme.sound
        other = self._same(clip)
        heard = [stage for stage in self.stages[1:] if "audio" in stage.touches] if other else []
        made = other or self.deliverable
        try:
            found = _stage(self.stages[0], made, _raw(clip, made), self.ask)
            for stage in heard:
                found = _stage(stage, made, found, self.ask)
        except FinishError as wrong:
            raise SpecError(
                f"{clip.path.name}, which shares a gain with it: {wrong.message}", wrong.hint
            ) from wrong
        return found.sound

    def _same(self, clip: Source) -> Deliverable | None:
        """The deliverable of the clip that is stated where this one is, and in the same place among those."""
        alike = [each for each in self.job if each.where == self.deliverable.where]
        mine = [each.name for each in alike if each.source == self.deliverable.source]
        others = [each for each in alike if each.source == clip.path]
        found = self.deliverable.name in mine and len(others) == len(mine)
        return others[mine.index(self.deliverable.name)] if found else None


def _refuse_open(notes: Sequence[Note], delivery: Delivery) -> None:
    """PromiseError where a strict destination has notes that ask for action: nothing is rendered before they are settled."""
    found = ranked(notes, "act")
    if delivery.strict and found:
        listed = "; ".join(f"{note} [{note.code}]" for note in found)
        many = f"{len(found)} notes ask" if len(found) > 1 else "1 note asks"
        hint = 'act on them, list their codes under "accept", or run with --no-strict'
        raise PromiseError(f"{many} for action: {listed}", hint)


def _refused(deliverable: Deliverable, wrong: FinishError) -> RefusedDeliverable:
    """A mistake of one deliverable, with its name and place; what is wrong with the clip itself stops them all."""
    if isinstance(wrong, (MediaError, FFmpegError, DiskError, CapabilityError)):
        raise wrong
    return RefusedDeliverable(deliverable, wrong.about(deliverable.name, deliverable.where))


def _raw(source: Source, deliverable: Deliverable) -> Programme:
    if source.video is None:
        raise MediaError(f"{source.path.name} has no picture", "name a video clip")
    sound = source.sound() if source.audio else source.picture
    video, picture = source.video, source.picture
    return Programme(
        source, picture, picture, sound, video.size, video.rate, video.frames, locked=deliverable.locked
    )


def _stage(stage: Stage, deliverable: Deliverable, programme: Programme, ask: Ask) -> Programme:
    return stage.plan(deliverable.settings[stage.name], programme, deliverable.delivery, ask)


def _refuse_longer(programme: Programme, delivery: Delivery) -> None:
    """No stage makes shorter what the first one left: what is too long is refused before sound of that length is made."""
    if delivery.limits.seconds_max is not None and programme.duration > delivery.limits.seconds_max:
        _preflight(programme, delivery)


def _preflight(programme: Programme, delivery: Delivery) -> None:
    """What the destination refuses is known before anything is rendered."""
    limits, frame = delivery.limits, programme.frame
    length = _within(limits.seconds_min, limits.seconds_max)
    facts = (
        (length, programme.duration, "s", "long", "cut the clip or choose another destination"),
        (
            _within(limits.side_min, None),
            min(frame.width, frame.height),
            "px",
            "on the short side",
            "encode: {size: …} can be larger",
        ),
        (
            _within(None, limits.side_max),
            max(frame.width, frame.height),
            "px",
            "on the long side",
            "encode: {size: …} can be smaller",
        ),
    )
    for accept, fact, unit, which, hint in facts:
        if accept is not None and not accept.holds(fact):
            message = f"{number(fact)} {unit} {which}, and {delivery.preset or 'the destination'} takes {accept} {unit}"
            raise LimitError(message, hint)


def file_promises(programme: Programme, delivery: Delivery) -> tuple[Promise, ...]:
    """What is true of this file besides what is true of every file for its destination: size, rate and length, exactly."""
    hint = "the clip may be damaged near its end"
    return (
        Promise(
            "frame size", "video.size", Tolerance(exactly=programme.frame), source="the plan", framing=True
        ),
        Promise(
            "frame rate", "video.rate", Tolerance(exactly=programme.rate), "fps", "the plan", framing=True
        ),
        Promise(
            "frame count",
            "video.frames",
            Tolerance(exactly=programme.frames),
            "frames",
            "the plan",
            hint,
            framing=True,
        ),
        *standing_promises(delivery),
    )


def qc_promises(deliverable: Deliverable, stages: Sequence[Stage]) -> tuple[Promise, ...]:
    """What any file for a destination must satisfy, whoever made it."""
    delivery = deliverable.delivery
    rates = delivery.rates
    return (
        Promise("frame size", "video.size", Tolerance(exactly=delivery.frame), source=delivery.preset),
        Promise(
            "frame rate", "video.rate", Tolerance(float(rates.low), float(rates.high)), "fps", delivery.preset
        ),
        *standing_promises(delivery),
        *(promise for stage in stages for promise in stage.standing(deliverable.settings[stage.name])),
    )


def standing_promises(delivery: Delivery) -> tuple[Promise, ...]:
    """What is true of every file for a destination: codecs, tags, structure, and the destination's limits."""
    source = delivery.preset or "the job"
    exact: tuple[tuple[str, str, Any], ...] = (
        ("square pixels", "video.sample_aspect", 1),
        ("upright", "video.rotation", 0),
        ("whole file", "whole", True),
        ("interlaced", "video.fielded", False),
        ("variable rate", "video.variable", False),
        *((f"{name} tag", f"video.{name}", "bt709") for name in ("primaries", "transfer", "matrix")),
        ("full range", "video.full_range", False),
    )
    return (
        *delivery.picture.promises(source),
        *(Promise(name, fact, Tolerance(exactly=value), source=source) for name, fact, value in exact),
        *delivery.container.promises(source),
        # ITU-R BT.1359: 15 ms is the least lead or lag that anyone notices; ours is 0 but for the container's clock.
        Promise("sound against picture", "sound_lead", Tolerance(-1.0, 1.0), "ms", "ITU-R BT.1359"),
        *delivery.sound.promises(source),
        *limit_promises(delivery.limits, source),
    )


def limit_promises(limits: DeliveryLimits, source: str) -> tuple[Promise, ...]:
    """The destination's limits as promises about the file."""
    table = (
        ("duration", "seconds", _within(limits.seconds_min, limits.seconds_max), "s"),
        ("file size", "size", _within(None, limits.bytes_max), "bytes"),
        ("mean rate", "kbits", _within(None, limits.kbits_max), "kbit/s"),
        ("short side", "video.short_side", _within(limits.side_min, None), "px"),
        ("long side", "video.long_side", _within(None, limits.side_max), "px"),
    )
    hint = "lower encode: {picture: {max_rate: …}}"
    return tuple(
        Promise(name, fact, accept, unit, source, hint) for name, fact, accept, unit in table if accept
    )


def _within(low: Any, high: Any) -> Tolerance | None:
    return (
        None
        if low is None and high is None
        else Tolerance(None if low is None else float(low), None if high is None else float(high))
    )


def check(
    promises: Sequence[Promise], delivered: Source, ask: Ask, packets: str = ""
) -> tuple[CheckResult, ...]:
    """Every promise, asked of the delivered file itself; those that look at the same frames or sound share a decode.

    Where the file holds the very picture packets that were rendered (their digest is `packets`), what was found of the pieces
    is true of it. What is compared with planned frames is None, and so broken, where the file shows other frames than were planned.
    """
    comparable = all(each.accept.holds(_fact(each, delivered)) for each in promises if each.framing)
    same = bool(packets) and delivered.packets == packets
    measures = [(each, _measures(each, delivered, comparable=comparable, same=same)) for each in promises]
    ask.prepare([measure for _, found in measures for measure in found or () if not measure.against])
    return tuple(
        CheckResult(promise, _fact(promise, _answer(promise, found, delivered, ask)))
        for promise, found in measures
    )


def _answer(promise: Promise, measures: Sequence[Measure[Any]] | None, delivered: Source, ask: Ask) -> Any:
    """What the fact is taken from: the file, or an analyser's answer; None where there is nothing to ask."""
    if promise.analyser is None:
        return delivered
    if measures is None:
        return None
    try:
        answers = [ask(each) for each in measures]
        return (
            cast(Parted[Any], promise.analyser).merged(answers) if measures is promise.pieces else answers[0]
        )
    except PromiseError:  # frames at other times than planned
        return None


def _measures(
    promise: Promise, delivered: Source, *, comparable: bool, same: bool
) -> Sequence[Measure[Any]] | None:
    """What must be asked for a promise; None where there is nothing to ask."""
    has = delivered.video if promise.part == "picture" else delivered.audio
    if promise.analyser is None or not has or not (comparable or not promise.against):
        return None
    if same and promise.pieces is not None:
        return promise.pieces
    return [
        Measure(
            promise.analyser,
            delivered.picture if promise.part == "picture" else delivered.sound(),
            promise.against,
        )
    ]


def _fact(promise: Promise, answer: Any) -> Any:
    """The promised fact; None where the file has nothing to ask (no sound, no picture), which no promise accepts."""
    try:
        return attrgetter(promise.fact)(answer)
    except AttributeError:
        return None
