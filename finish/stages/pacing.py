"""Pacing: what of a clip is kept: trimmed, cut or chosen by hand, its long pauses shortened; sound joined without clicks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from finish import model
from finish.analyse.voice import Spoken, Voice
from finish.errors import FinishError
from finish.graph import Kind, Timeline
from finish.model import Analyser, Ask, Decision, Delivery, Measure, Programme, Promise, Range, Seconds, TimeRange, Values
from finish.units import Span, clock, digest, first_frame

name: Final = "pacing"
touches: Final[tuple[Kind, ...]] = ("video", "audio")

SHORTEST: Final = Fraction(1, 10)   # s; house: a part of three frames is a flash, and hardly longer than two crossfades
_TOLD: Final = 8                    # parts that a note lists
_Pause = Annotated[Seconds, Field(ge=Fraction(1, 5), le=10)]


class Pauses(model.Settings):
    """Where nobody speaks for more than `longer` seconds, `keep` of them are left: half after the last word, half before the next."""

    longer: Annotated[_Pause, Field(description="s; shorter pauses stay as they are")] = Fraction(7, 10)
    keep: Annotated[_Pause, Field(description="s; what is left of a longer one")] = Fraction(2, 5)

    @model_validator(mode="after")
    def _shorter(self) -> Pauses:
        if self.keep > self.longer:
            raise ValueError(f"of pauses longer than {float(self.longer):g} s, {float(self.keep):g} s are more than all that is left")
        return self


class Settings(model.Settings):
    """What is kept of a clip, in its own time: what `trim` and one of `keep` hold, without what `cut` holds and `pauses` shorten."""

    trim: Annotated[TimeRange | None, Field(description="the part to use, as 3-57, 3- or -57")] = None
    keep: Annotated[tuple[TimeRange, ...], Field(description="parts to keep; nothing listed keeps all")] = ()
    cut: Annotated[tuple[TimeRange, ...], Field(description="parts to leave out")] = ()
    pauses: Annotated[Pauses | None, Field(description="long pauses, shortened where nobody speaks")] = None


def questions(settings: Settings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None of the picture: who speaks is asked of the sound."""
    return ()


def standing(settings: Settings) -> tuple[Promise, ...]:  # noqa: ARG001
    """None: how long a file should be is the plan's to promise."""
    return ()


def plan(settings: Settings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme with its timeline, cut on the delivery's frames, its sound joined; the picture is cut where it comes onto them.

    FinishError("spec") where nothing is left.
    """
    if settings == Settings():
        return programme
    rate = delivery.rates.of(programme.rate)
    whole = Span(Fraction(0), max(1, first_frame(programme.duration, rate)) / rate)
    silent, said, decisions = _pauses(settings, programme, ask)
    kept = _kept(settings, silent, programme.duration)
    # Parts between which no frame is left out are one.
    joined = _ordered(Span(first_frame(part.start, rate) / rate, first_frame(part.end, rate) / rate) for part in kept)
    parts = tuple(part for part in joined if part.end - part.start >= min(whole.end, SHORTEST))
    if not parts:
        raise FinishError("spec", f"pacing leaves nothing of a clip of {clock(programme.duration)}", "its times are those of the clip")
    if parts == (whole,):
        return programme.but(notes=(*said, "pacing: all of the clip is kept"), decisions=decisions)
    timeline = Timeline(rate, parts)
    flashes = len(joined) - len(parts)
    notes = [f"pacing: {clock(timeline.end)} of {clock(programme.duration)} kept: {_told(parts)}"]
    notes += [f"pacing: {flashes} part{'s' * (flashes > 1)} shorter than {float(SHORTEST):g} s left out: a flash"] if flashes else []
    return programme.but(timeline=timeline, sound=programme.sound.cut(timeline), notes=(*said, *notes), decisions=decisions)


def _pauses(settings: Settings, programme: Programme, ask: Ask) -> tuple[tuple[Range, ...], tuple[str, ...], tuple[Decision, ...]]:
    """What is left out of pauses, as decided before or heard now; what is to be said; and the decision."""
    if settings.pauses is None:
        return (), (), ()
    if programme.heard is None:
        return (), ("pacing: no sound, so no pauses to shorten",), ()
    about = digest("pauses", programme.heard.key, repr(settings.pauses))[:16]
    known = programme.decided(name, about)
    found = _between(settings.pauses, ask(Measure(Voice(), programme.heard)).spans, programme.duration) if known is None else _read(known)
    seconds = sum(float(span.end - span.start) for span in (each.within(programme.duration) for each in found))
    told = f"pacing: {len(found)} pause{'s' * (len(found) != 1)} shortened by {seconds:.1f} s in all"
    return found, (told,), (Decision(name, about, {"pauses": [str(each) for each in found]}),)


def _between(pauses: Pauses, spoken: Sequence[Spoken], end: Fraction) -> tuple[Range, ...]:
    """What is left out between words, before the first and after the last; nothing where nobody speaks at all."""
    if not spoken:
        return ()
    half = pauses.keep / 2
    inner = [Range(one.end + half, other.start - half) for one, other in pairwise(spoken) if other.start - one.end > pauses.longer]
    first = [Range(Fraction(0), spoken[0].start - half)] if spoken[0].start > pauses.longer else []
    last = [Range(spoken[-1].end + half, end)] if end - spoken[-1].end > pauses.longer else []
    return (*first, *inner, *last)


def _read(known: Values) -> tuple[Range, ...]:
    """What a lock file leaves out of pauses; FinishError("spec") for what is none."""
    try:
        return tuple(Range.parse(str(each)) for each in known["pauses"])
    except (KeyError, TypeError, ValueError) as wrong:
        hint = "mend it, or run with --redecide pacing"
        raise FinishError("spec", f"the lock file's pacing is not understood: {wrong}", hint) from wrong


def _kept(settings: Settings, silent: Sequence[Range], end: Fraction) -> list[Span]:
    """What the settings keep of a clip that ends at `end`, in order and apart."""
    whole = Span(Fraction(0), end)
    used = settings.trim.within(end) if settings.trim else whole
    chosen = _ordered(each.within(end) for each in settings.keep) if settings.keep else [whole]
    gone = _ordered(each.within(end) for each in (*settings.cut, *silent))
    left = [Span(max(part.start, used.start), min(part.end, used.end)) for part in chosen]
    for hole in gone:
        left = [side for part in left for side in _beside(part, hole) if side.start < side.end]
    return [part for part in left if part.start < part.end]


def _beside(part: Span, hole: Span) -> tuple[Span, Span]:
    """What of a part lies before a hole and behind it; spans that end before they start are nothing."""
    return Span(part.start, min(part.end, hole.start)), Span(max(part.start, hole.end), part.end)


def _ordered(ranges: Iterable[Span]) -> list[Span]:
    """Ranges in order, those that meet as one."""
    found: list[Span] = []
    for each in sorted(ranges):
        if found and each.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return found


def _told(parts: Sequence[Span]) -> str:
    listed = ", ".join(f"{clock(part.start)}–{clock(part.end)}" for part in parts[:_TOLD])
    return listed + (f" and {len(parts) - _TOLD} more" if len(parts) > _TOLD else "")
