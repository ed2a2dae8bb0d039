"""Pacing: which parts of a clip are kept, by range, by words and without long pauses, and their speed; sound
joined without clicks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from finish.analysis.speech_detection import SpeechSpan as Speech
from finish.analysis.speech_detection import Voice
from finish.graph import Timeline
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
    reading_lock,
)
from finish.model.stored_text import stored_text
from finish.model.transcripts import SpokenWord
from finish.stages.pacing import messages
from finish.stages.pacing.length_fitting import excess, faster, gaps, shortened, sped
from finish.stages.pacing.pacing_settings import NAME, PacingSettings, Pauses
from finish.stages.pacing.transcript_cuts import fillers, ranges, words_of
from finish.units import Span, digest, first_frame, merged

PARTS: Final = (
    2_000  # house: an hour's talk without its pauses; FFmpeg's time grows with the square of the number
)
SHORTEST: Final = Fraction(1, 10)  # s; house: three frames are a flash, and hardly longer than two crossfades


def questions(settings: PacingSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (a stage's protocol)
    """None about the picture: speech is detected in the sound."""
    return ()


def plan(settings: PacingSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme with its timeline on the delivery's frames and its sound joined; reframe cuts the
    picture.

    SpecError where nothing is left or words aren't found; LimitError where the requested length is out of
    reach.
    """
    if settings == PacingSettings():
        return programme
    rate = delivery.rates.of(programme.rate)
    whole = Span(Fraction(0), max(1, first_frame(programme.duration, rate)) / rate)
    words = words_of(settings, programme, ask)
    chosen = _Chosen.of(settings, words)
    silences, pause_notes, decisions = _pauses(settings, chosen, programme, rate, ask)
    joined, parts = _parts(chosen, silences, programme.duration, rate)
    _refuse_odd(joined, parts, programme)
    programme_parts = _sped(settings, parts, programme, rate)
    noted = programme.add_notes(*chosen.told, *pause_notes).add_decisions(*decisions)
    if programme_parts == (whole,):
        return noted.add_notes(messages.all_kept())
    timeline = Timeline(rate, programme_parts)
    cut = replace(noted, timeline=timeline, sound=programme.sound.cut(timeline))
    flashes = len(joined) - len(parts)
    return cut.add_notes(
        messages.cut(programme_parts, timeline.end, programme.duration, timeline.sped),
        *([messages.flash(flashes, SHORTEST)] if flashes else []),
    )


def _refuse_odd(joined: Sequence[Span], parts: Sequence[Span], programme: Programme) -> None:
    """FinishError where nothing is left, or more parts than can be joined."""
    if joined and not parts:
        raise messages.only_flashes(len(joined), SHORTEST, programme.duration)
    if not parts:
        raise messages.nothing_kept(programme.duration)
    if len(parts) > PARTS:
        raise messages.too_many_parts(len(parts), PARTS, programme.duration)


@dataclass(frozen=True)
class _Chosen:
    """The ranges to keep and to cut, in the clip's time, and notes about them.

    Its repr is part of what a decision about pauses is of: renaming a field makes every such decision a new
    one.
    """

    trim: ClipRange | None
    keep: tuple[ClipRange, ...]
    cut: tuple[ClipRange, ...]
    told: tuple[Note, ...] = ()

    @classmethod
    def of(cls, settings: PacingSettings, words: Sequence[SpokenWord]) -> _Chosen:
        hesitant = fillers(settings.fillers_meant, words) if settings.fillers else ()
        notes = (messages.fillers(len(hesitant)),) if settings.fillers else ()
        return cls(
            settings.trim,
            ranges(settings.keep, words, "keep"),
            (*ranges(settings.cut, words, "cut"), *hesitant),
            notes,
        )


def _parts(
    chosen: _Chosen, silences: Sequence[ClipRange], end: Fraction, rate: Fraction
) -> tuple[list[Span], tuple[Span, ...]]:
    """The kept parts on the frame grid, adjacent ones joined; and those of them that are long enough not to
    flash."""
    kept = _kept(chosen, silences, end)
    joined = merged(
        Span(first_frame(part.start, rate) / rate, first_frame(part.end, rate) / rate) for part in kept
    )
    return joined, tuple(
        part for part in joined if part.length >= min(first_frame(end, rate) / rate, SHORTEST)
    )


def _pauses(
    settings: PacingSettings, chosen: _Chosen, programme: Programme, rate: Fraction, ask: Ask
) -> tuple[tuple[ClipRange, ...], tuple[Note, ...], tuple[Decision, ...]]:
    """The ranges that shorten pauses, as decided before or detected now; notes; and the decision."""
    if settings.pauses is None and settings.fit is None:
        return (), (), ()
    if programme.heard is None:
        return (), (messages.no_pauses(),) if settings.pauses else (), ()
    parts = (chosen, settings.speed, settings.fit, rate) if settings.fit else ()
    others = () if settings.voice == "webrtc" else (settings.voice,)
    about = digest(
        "pauses", programme.heard.key, stored_text(settings.pauses), *map(stored_text, parts), *others
    )[:16]
    locked = programme.decided(NAME, about)
    ranges = _silences(settings, chosen, programme, rate, ask) if locked is None else _read(locked)
    if settings.pauses is None and not ranges:
        return (), (), ()
    seconds = sum(float(cut.within(programme.duration).length) for cut in ranges)
    decision = Decision(NAME, about, {"pauses": [str(cut) for cut in ranges]})
    return ranges, (messages.pauses(len(ranges), seconds),), (decision,)


def _silences(
    settings: PacingSettings, chosen: _Chosen, programme: Programme, rate: Fraction, ask: Ask
) -> tuple[ClipRange, ...]:
    """The excess of each long pause; then as much of all pauses as the requested length needs."""
    end, heard = programme.duration, programme.heard
    assert heard is not None
    spoken = ask(Measure(Voice(settings.voice), heard)).spans
    long = _between(settings.pauses, spoken, end) if settings.pauses else ()
    if settings.fit is None:
        return long
    _, parts = _parts(chosen, long, end, rate)
    over = excess(tuple(_faster(settings, parts, programme, rate)), settings.fit, rate)
    spans = shortened(gaps(parts, [Span(speech.start, speech.end) for speech in spoken], rate), over, rate)
    return (*long, *(ClipRange(span.start, span.end) for span in spans))


def _faster(
    settings: PacingSettings, parts: Sequence[Span], programme: Programme, rate: Fraction
) -> tuple[Span, ...]:
    """The parts at the speeds that the settings state."""
    end = programme.duration
    spans = [(speed.range.within(end), Fraction(str(speed.by))) for speed in settings.speed]
    aligned = [
        (Span(first_frame(span.start, rate) / rate, first_frame(span.end, rate) / rate), by)
        for span, by in spans
    ]
    return tuple(faster(parts, aligned, rate)) if aligned else tuple(parts)


def _sped(
    settings: PacingSettings, parts: Sequence[Span], programme: Programme, rate: Fraction
) -> tuple[Span, ...]:
    """The parts at the speeds of the settings, then at the speed that fits the requested length."""
    stated = _faster(settings, parts, programme, rate)
    return sped(stated, settings.fit, rate, programme.heard is not None) if settings.fit else stated


def _between(pauses: Pauses, spoken: Sequence[Speech], end: Fraction) -> tuple[ClipRange, ...]:
    """The ranges to cut between words, before the first and after the last; none where nobody speaks."""
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


def _read(locked: Values) -> tuple[ClipRange, ...]:
    """The ranges in a lock file; SpecError for values that aren't ranges."""
    with reading_lock(NAME):
        return tuple(ClipRange.parse(str(text)) for text in locked["pauses"])


def _kept(chosen: _Chosen, silences: Sequence[ClipRange], end: Fraction) -> list[Span]:
    """The kept parts of a clip that ends at `end`, in order and apart."""
    whole = Span(Fraction(0), end)
    used = chosen.trim.within(end) if chosen.trim else whole
    kept = merged(part.within(end) for part in chosen.keep) if chosen.keep else [whole]
    cuts = merged(part.within(end) for part in (*chosen.cut, *silences))
    left = [Span(max(part.start, used.start), min(part.end, used.end)) for part in kept]
    return list(_without([part for part in left if part.start < part.end], cuts))


def _without(parts: Sequence[Span], holes: Sequence[Span]) -> Iterator[Span]:
    """The parts without the holes, both in order and apart, in one pass."""
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
