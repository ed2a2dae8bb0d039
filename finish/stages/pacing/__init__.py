"""Pacing: what of a clip is kept, by hand, by words, without its long pauses; how fast it is shown; sound joined without clicks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from finish.analysis.speech_detection import SpeechSpan as Speech
from finish.analysis.speech_detection import Voice
from finish.errors import LimitError, SpecError
from finish.graph import Kind, Timeline
from finish.graph.timeline import SpeedSpan, ratio
from finish.model import (
    Analyser,
    Ask,
    ClipRange,
    Decision,
    Delivery,
    Measure,
    Note,
    Programme,
    Values,
    know,
    reading_lock,
)
from finish.model.transcripts import SpokenWord
from finish.stages.pacing.length_fitting import excess, faster, gaps, shortened, sped
from finish.stages.pacing.pacing_settings import PacingSettings, Pauses
from finish.stages.pacing.transcript_cuts import fillers, ranges, words_of
from finish.units import Span, clock, digest, first_frame, merged

Settings = PacingSettings  # the name by which every stage's settings are reached (model.Stage)

__all__ = ["PacingSettings", "Settings", "name", "plan", "questions", "touches"]

name: Final = "pacing"
touches: Final[tuple[Kind, ...]] = ("video", "audio")

PARTS: Final = (
    2_000  # house: an hour's talk without its pauses; the time that FFmpeg takes grows with their square
)
SHORTEST: Final = Fraction(
    1, 10
)  # s; house: a part of three frames is a flash, and hardly longer than two crossfades
_TOLD: Final = 8  # parts that a note lists


def questions(settings: PacingSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None of the picture: who speaks is asked of the sound."""
    return ()


def plan(settings: PacingSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme with its timeline, cut on the delivery's frames, its sound joined; the picture is cut where it comes onto them.

    SpecError where nothing is left, or words are not said; LimitError where it cannot be as short as asked.
    """
    if settings == PacingSettings():
        return programme
    rate = delivery.rates.of(programme.rate)
    whole = Span(Fraction(0), max(1, first_frame(programme.duration, rate)) / rate)
    words = words_of(settings, programme, ask)
    chosen = _Chosen.of(settings, words)
    silent, said, decisions = _pauses(settings, chosen, programme, rate, ask)
    joined, parts = _parts(chosen, silent, programme.duration, rate)
    _refuse_odd(joined, parts, programme)
    shown = _sped(settings, parts, programme, rate)
    said = (*chosen.told, *said)
    if shown == (whole,):
        kept = know("cut", "pacing: all of the clip is kept")
        return programme.add_notes(*said, kept).add_decisions(*decisions)
    timeline = Timeline(rate, shown)
    flashes = len(joined) - len(parts)
    made = f"made of {clock(programme.duration)}" if timeline.sped else f"of {clock(programme.duration)} kept"
    notes = [know("cut", f"pacing: {clock(timeline.end)} {made}: {_told(shown)}")]
    text = f"pacing: {flashes} part{'s' * (flashes > 1)} shorter than {float(SHORTEST):g} s left out: a flash"
    notes += [know("flash", text)] if flashes else []
    cut = replace(programme, timeline=timeline, sound=programme.sound.cut(timeline))
    return cut.add_notes(*said, *notes).add_decisions(*decisions)


def _refuse_odd(joined: Sequence[Span], parts: Sequence[Span], programme: Programme) -> None:
    """FinishError where nothing is left, or too much to be put together."""
    whole = f"of a clip of {clock(programme.duration)}"
    if joined and not parts:
        found = f"pacing leaves only flashes {whole}: {len(joined)} parts shorter than {float(SHORTEST):g} s"
        raise SpecError(found, "keep longer parts")
    if not parts:
        raise SpecError(f"pacing leaves nothing {whole}", "its times are those of the clip")
    if len(parts) > PARTS:
        found = f"pacing makes {len(parts):,} parts {whole}; {PARTS:,} can be joined"
        raise LimitError(found, "cut less, or make it several clips")


@dataclass(frozen=True)
class _Chosen:
    """What is kept and left out by hand, in the clip's time; and what is to be said of it."""

    trim: ClipRange | None
    keep: tuple[ClipRange, ...]
    cut: tuple[ClipRange, ...]
    told: tuple[Note, ...] = ()

    @classmethod
    def of(cls, settings: PacingSettings, words: Sequence[SpokenWord]) -> _Chosen:
        hesitant = fillers(settings.fillers_meant, words) if settings.fillers else ()
        text = f"pacing: {len(hesitant)} filler{'s' * (len(hesitant) != 1)} left out"
        told = (know("fillers", text),) if settings.fillers else ()
        return cls(
            settings.trim,
            ranges(settings.keep, words, "keep"),
            (*ranges(settings.cut, words, "cut"), *hesitant),
            told,
        )


def _parts(
    chosen: _Chosen, silent: Sequence[ClipRange], end: Fraction, rate: Fraction
) -> tuple[list[Span], tuple[Span, ...]]:
    """What is kept, on the grid, those parts between which no frame is left out as one; and of these the ones that are no flash."""
    kept = _kept(chosen, silent, end)
    joined = merged(
        Span(first_frame(part.start, rate) / rate, first_frame(part.end, rate) / rate) for part in kept
    )
    return joined, tuple(
        part for part in joined if part.length >= min(first_frame(end, rate) / rate, SHORTEST)
    )


def _pauses(
    settings: PacingSettings, chosen: _Chosen, programme: Programme, rate: Fraction, ask: Ask
) -> tuple[tuple[ClipRange, ...], tuple[Note, ...], tuple[Decision, ...]]:
    """What is left out of pauses, as decided before or heard now; what is to be said; and the decision."""
    if settings.pauses is None and settings.fit is None:
        return (), (), ()
    if programme.heard is None:
        return (
            (),
            (know("no-pauses", "pacing: no sound, so no pauses to shorten"),) if settings.pauses else (),
            (),
        )
    fitted = (repr(chosen), repr(settings.speed), repr(settings.fit), repr(rate)) if settings.fit else ()
    others = () if settings.voice == "webrtc" else (settings.voice,)
    about = digest("pauses", programme.heard.key, repr(settings.pauses), *fitted, *others)[:16]
    known = programme.decided(name, about)
    found = _silences(settings, chosen, programme, rate, ask) if known is None else _read(known)
    if settings.pauses is None and not found:
        return (), (), ()
    seconds = sum(
        float(span.end - span.start) for span in (each.within(programme.duration) for each in found)
    )
    text = f"pacing: {len(found)} pause{'s' * (len(found) != 1)} shortened by {seconds:.1f} s in all"
    return found, (know("pauses", text),), (Decision(name, about, {"pauses": [str(each) for each in found]}),)


def _silences(
    settings: PacingSettings, chosen: _Chosen, programme: Programme, rate: Fraction, ask: Ask
) -> tuple[ClipRange, ...]:
    """Of pauses, what is longer than they may be; then so much of all that the programme is as long as asked."""
    end, heard = programme.duration, programme.heard
    assert heard is not None
    spoken = ask(Measure(Voice(settings.voice), heard)).spans
    found = _between(settings.pauses, spoken, end) if settings.pauses else ()
    if settings.fit is None:
        return found
    _, parts = _parts(chosen, found, end, rate)
    over = excess(tuple(_faster(settings, parts, programme, rate)), settings.fit, rate)
    spans = shortened(gaps(parts, [Span(each.start, each.end) for each in spoken], rate), over, rate)
    return (*found, *(ClipRange(span.start, span.end) for span in spans))


def _faster(
    settings: PacingSettings, parts: Sequence[Span], programme: Programme, rate: Fraction
) -> tuple[Span, ...]:
    """The parts at the speeds that the settings state."""
    end = programme.duration
    spans = [(each.range.within(end), Fraction(str(each.by))) for each in settings.speed]
    aligned = [
        (Span(first_frame(span.start, rate) / rate, first_frame(span.end, rate) / rate), by)
        for span, by in spans
    ]
    return tuple(faster(parts, aligned, rate)) if aligned else tuple(parts)


def _sped(
    settings: PacingSettings, parts: Sequence[Span], programme: Programme, rate: Fraction
) -> tuple[Span, ...]:
    """The parts at the speeds stated, then so fast or slow that they fit."""
    stated = _faster(settings, parts, programme, rate)
    return sped(stated, settings.fit, rate, programme.heard is not None) if settings.fit else stated


def _between(pauses: Pauses, spoken: Sequence[Speech], end: Fraction) -> tuple[ClipRange, ...]:
    """What is left out between words, before the first and after the last; nothing where nobody speaks at all."""
    if not spoken:
        return ()
    half = pauses.keep / 2
    inner = [
        ClipRange(one.end + half, other.start - half)
        for one, other in pairwise(spoken)
        if other.start - one.end > pauses.longer
    ]
    first = [ClipRange(Fraction(0), spoken[0].start - half)] if spoken[0].start > pauses.longer else []
    last = [ClipRange(spoken[-1].end + half, end)] if end - spoken[-1].end > pauses.longer else []
    return (*first, *inner, *last)


def _read(known: Values) -> tuple[ClipRange, ...]:
    """What a lock file leaves out of pauses; SpecError for what is none."""
    with reading_lock(name):
        return tuple(ClipRange.parse(str(each)) for each in known["pauses"])


def _kept(chosen: _Chosen, silent: Sequence[ClipRange], end: Fraction) -> list[Span]:
    """What is kept of a clip that ends at `end`, in order and apart."""
    whole = Span(Fraction(0), end)
    used = chosen.trim.within(end) if chosen.trim else whole
    wanted = merged(each.within(end) for each in chosen.keep) if chosen.keep else [whole]
    gone = merged(each.within(end) for each in (*chosen.cut, *silent))
    left = [Span(max(part.start, used.start), min(part.end, used.end)) for part in wanted]
    return list(_without([part for part in left if part.start < part.end], gone))


def _without(parts: Sequence[Span], holes: Sequence[Span]) -> Iterator[Span]:
    """What is left of parts, both in order and apart: each is looked at once."""
    at = 0
    for part in parts:
        start = part.start
        while at < len(holes) and holes[at].end <= start:
            at += 1
        behind = at
        while behind < len(holes) and holes[behind].start < part.end:
            if start < holes[behind].start:
                yield Span(start, holes[behind].start)
            start = max(start, holes[behind].end)
            behind += 1
        at = max(at, behind - 1)
        if start < part.end:
            yield Span(start, part.end)


def _told(parts: Sequence[Span]) -> str:
    listed = ", ".join(f"{clock(part.start)}–{clock(part.end)}{_speed(part)}" for part in parts[:_TOLD])
    return listed + (f" and {len(parts) - _TOLD} more" if len(parts) > _TOLD else "")


def _speed(part: Span) -> str:
    return f" at {float(ratio(part)):.3g}×" if isinstance(part, SpeedSpan) else ""
