"""Plans which parts of a clip are kept, by range, by words and without long pauses, and at which speed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from finish.analysis.speech_detection import Voice
from finish.graph import Stream, Timeline
from finish.model import Analyser, Ask, ClipProgramme, ClipRange, Decision, Delivery, Measure, Note
from finish.model.stored_text import stored_text
from finish.model.transcripts import SpokenWord
from finish.stages.pacing import messages
from finish.stages.pacing.length_fitting import excess, faster, gaps, shortened, sped
from finish.stages.pacing.pacing_settings import NAME, PacingSettings
from finish.stages.pacing.pause_cuts import PauseCuts, long_pause_cuts
from finish.stages.pacing.transcript_cuts import fillers, ranges, words_of
from finish.units import Span, digest, first_frame, merged

# House value: an hour's talk without its pauses. FFmpeg's time grows with the square of the number.
PARTS: Final = 2_000
SHORTEST: Final = Fraction(1, 10)  # s; house value: three frames flash, and two crossfades are hardly shorter


def questions(settings: PacingSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (a stage's protocol)
    """None about the picture: speech is detected in the sound."""
    return ()


def plan(settings: PacingSettings, programme: ClipProgramme, delivery: Delivery, ask: Ask) -> ClipProgramme:
    """The programme with its timeline on the delivery's frames and its sound joined without clicks.

    Reframe cuts the picture. SpecError if nothing is left or words aren't found; LimitError if the requested
    length is out of reach.
    """
    if settings == PacingSettings():
        return programme
    rate = delivery.rates.of(programme.rate)
    whole = Span(Fraction(0), max(1, first_frame(programme.duration, rate)) / rate)
    words = words_of(settings, programme, ask)
    chosen = ChosenRanges.of(settings, words)
    silences, pause_notes, decisions = _pauses(settings, chosen, programme, rate, ask)
    joined, parts = _parts(chosen, silences, programme.duration, rate)
    _refuse_odd(joined, parts, programme)
    programme_parts = _sped(settings, parts, programme, rate)
    noted = programme.add_notes(*chosen.range_notes, *pause_notes).add_decisions(*decisions)
    if programme_parts == (whole,):
        return noted.add_notes(messages.all_kept())
    timeline = Timeline(rate, programme_parts)
    cut = replace(noted, timeline=timeline, sound=programme.sound.cut(timeline))
    flashes = len(joined) - len(parts)
    return cut.add_notes(
        messages.cut(programme_parts, timeline.end, programme.duration, timeline.sped),
        *([messages.flash(flashes, SHORTEST)] if flashes else []),
    )


def _refuse_odd(joined: Sequence[Span], parts: Sequence[Span], programme: ClipProgramme) -> None:
    """SpecError if nothing is left, LimitError for more parts than can be joined."""
    if joined and not parts:
        raise messages.only_flashes(len(joined), SHORTEST, programme.duration)
    if not parts:
        raise messages.nothing_kept(programme.duration)
    if len(parts) > PARTS:
        raise messages.too_many_parts(len(parts), PARTS, programme.duration)


@dataclass(frozen=True)
class ChosenRanges:
    """The ranges to keep and to cut, in the clip's time, and notes about them.

    Its repr is part of what a decision about pauses is of: `stored_text` knows its names.
    """

    trim: ClipRange | None
    keep: tuple[ClipRange, ...]
    cut: tuple[ClipRange, ...]
    range_notes: tuple[Note, ...] = ()

    @classmethod
    def of(cls, settings: PacingSettings, words: Sequence[SpokenWord]) -> ChosenRanges:
        hesitant = fillers(settings.fillers_meant, words) if settings.fillers else ()
        notes = (messages.fillers(len(hesitant)),) if settings.fillers else ()
        return cls(
            settings.trim,
            ranges(settings.keep, words, "keep"),
            (*ranges(settings.cut, words, "cut"), *hesitant),
            notes,
        )


def _parts(
    chosen: ChosenRanges, silences: Sequence[ClipRange], end: Fraction, rate: Fraction
) -> tuple[list[Span], tuple[Span, ...]]:
    """The kept parts on the frame grid, adjacent ones joined; and those that are long enough not to flash."""
    kept = _kept(chosen, silences, end)
    joined = merged(
        Span(first_frame(part.start, rate) / rate, first_frame(part.end, rate) / rate) for part in kept
    )
    return joined, tuple(
        part for part in joined if part.length >= min(first_frame(end, rate) / rate, SHORTEST)
    )


def _pauses(
    settings: PacingSettings, chosen: ChosenRanges, programme: ClipProgramme, rate: Fraction, ask: Ask
) -> tuple[tuple[ClipRange, ...], tuple[Note, ...], tuple[Decision, ...]]:
    """The ranges that shorten pauses, as decided before or detected now; notes; and the decision."""
    if settings.pauses is None and settings.fit is None:
        return (), (), ()
    if programme.content_sound is None:
        return (), (messages.no_pauses(),) if settings.pauses else (), ()
    parts = (chosen, settings.speed, settings.fit, rate) if settings.fit else ()
    others = () if settings.voice == "webrtc" else (settings.voice,)
    about = digest(
        "pauses", programme.content_sound.key, stored_text(settings.pauses), *map(stored_text, parts), *others
    )[:16]
    locked = programme.decided(NAME, about)
    if locked is None:
        cuts = _detected_cuts(settings, chosen, programme, rate, programme.content_sound, ask)
    else:
        cuts = PauseCuts.read(locked)
    if settings.pauses is None and not cuts.ranges:
        return (), (), ()
    note = messages.pauses(len(cuts.ranges), cuts.seconds(programme.duration))
    return cuts.ranges, (note,), (Decision(NAME, about, cuts.values),)


def _detected_cuts(  # noqa: PLR0913, PLR0917 (a stage's arguments, and what they are asked of)
    settings: PacingSettings,
    chosen: ChosenRanges,
    programme: ClipProgramme,
    rate: Fraction,
    sound: Stream,
    ask: Ask,
) -> PauseCuts:
    """The excess of each long pause; then as much of all pauses as the requested length needs."""
    speech, end = ask(Measure(Voice(settings.voice), sound)).spans, programme.duration
    long = long_pause_cuts(settings.pauses, speech, end) if settings.pauses else ()
    if settings.fit is None:
        return PauseCuts(long)
    _, parts = _parts(chosen, long, end, rate)
    over = excess(tuple(_faster(settings, parts, programme, rate)), settings.fit, rate)
    spans = shortened(gaps(parts, [Span(span.start, span.end) for span in speech], rate), over, rate)
    return PauseCuts((*long, *(ClipRange(span.start, span.end) for span in spans)))


def _faster(
    settings: PacingSettings, parts: Sequence[Span], programme: ClipProgramme, rate: Fraction
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
    settings: PacingSettings, parts: Sequence[Span], programme: ClipProgramme, rate: Fraction
) -> tuple[Span, ...]:
    """The parts at the speeds of the settings, then at the speed that fits the requested length."""
    stated = _faster(settings, parts, programme, rate)
    return sped(stated, settings.fit, rate, programme.content_sound is not None) if settings.fit else stated


def _kept(chosen: ChosenRanges, silences: Sequence[ClipRange], end: Fraction) -> list[Span]:
    """The kept parts of a clip that ends at `end`, in order and apart."""
    whole = Span(Fraction(0), end)
    used = chosen.trim.within(end) if chosen.trim else whole
    kept = merged(part.within(end) for part in chosen.keep) if chosen.keep else [whole]
    cuts = merged(part.within(end) for part in (*chosen.cut, *silences))
    trimmed = [Span(max(part.start, used.start), min(part.end, used.end)) for part in kept]
    return list(_without([part for part in trimmed if part.start < part.end], cuts))


def _without(parts: Sequence[Span], holes: Sequence[Span]) -> Iterator[Span]:
    """The parts without the holes, both in order and apart, in one pass."""
    first = 0
    for part in parts:
        start = part.start
        while first < len(holes) and holes[first].end <= start:
            first += 1
        index = first
        while index < len(holes) and holes[index].start < part.end:
            if start < holes[index].start:
                yield Span(start, holes[index].start)
            start = max(start, holes[index].end)
            index += 1
        first = max(first, index - 1)
        if start < part.end:
            yield Span(start, part.end)
