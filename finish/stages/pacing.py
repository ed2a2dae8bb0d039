"""Pacing: what of a clip is kept, by hand: trimmed, cut, or chosen part by part; sound joined without clicks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from finish import model, units
from finish.errors import FinishError
from finish.graph import Kind, Timeline
from finish.model import Analyser, Ask, Delivery, Programme, Promise
from finish.units import Span, clock, first_frame

name: Final = "pacing"
touches: Final[tuple[Kind, ...]] = ("video", "audio")

SHORTEST: Final = Fraction(1, 10)   # s; house: a part of three frames is a flash, and hardly longer than two crossfades
_TOLD: Final = 8                    # parts that a note lists


@dataclass(frozen=True)
class Range:
    """From `start` until `end` of the clip (s); None: its end."""

    start: Fraction
    end: Fraction | None

    @classmethod
    def parse(cls, text: str) -> Range:
        """`3-4.5`, `1:02-1:10`, `3-` (to the end) or `-57` (from the start); ValueError otherwise."""
        start, dash, end = text.partition("-")
        if not dash or not (start.strip() or end.strip()):
            raise ValueError(f"no range {text!r}: write two times, as 3-4.5 or 1:02-1:10; one may be left out")
        found = cls(units.seconds(start) if start.strip() else Fraction(0), units.seconds(end) if end.strip() else None)
        if found.end is not None and found.end <= found.start:
            raise ValueError(f"the range {text} ends before it starts")
        return found

    def within(self, end: Fraction) -> Span:
        return Span(min(self.start, end), end if self.end is None else min(self.end, end))

    def __str__(self) -> str:
        return f"{units.number(self.start)}-{'' if self.end is None else units.number(self.end)}"


def _range(value: Any) -> Any:
    if isinstance(value, Range):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        value = f"-{units.number(-value)}"   # YAML takes an unquoted -57 for a number
    if not isinstance(value, str):
        raise ValueError(f"no range {value!r}: write two times, as 3-4.5")  # noqa: TRY004 (pydantic collects ValueErrors)
    return Range.parse(value)


_Range = Annotated[Range, BeforeValidator(_range), PlainSerializer(str, return_type=str),
                   WithJsonSchema({"type": ["string", "number"], "pattern": r"^[\d:.\s]*-[\d:.\s]*$", "exclusiveMaximum": 0})]


class Settings(model.Settings):
    """What is kept of a clip, in its own time: what `trim` and one of `keep` hold, without what one of `cut` holds."""

    trim: Annotated[_Range | None, Field(description="the part to use, as 3-57, 3- or -57")] = None
    keep: Annotated[tuple[_Range, ...], Field(description="parts to keep; nothing listed keeps all")] = ()
    cut: Annotated[tuple[_Range, ...], Field(description="parts to leave out")] = ()


def questions(settings: Settings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None: what is kept is said by hand."""
    return ()


def standing(settings: Settings) -> tuple[Promise, ...]:  # noqa: ARG001
    """None: how long a file should be is the plan's to promise."""
    return ()


def plan(settings: Settings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:  # noqa: ARG001
    """The programme with its timeline, cut on the delivery's frames, its sound joined; the picture is cut where it comes onto them.

    FinishError("spec") where nothing is left.
    """
    if settings == Settings():
        return programme
    rate = delivery.rates.of(programme.rate)
    whole = Span(Fraction(0), max(1, first_frame(programme.duration, rate)) / rate)
    kept = _kept(settings, programme.duration)
    # Parts between which no frame is left out are one.
    joined = _ordered(Span(first_frame(part.start, rate) / rate, first_frame(part.end, rate) / rate) for part in kept)
    parts = tuple(part for part in joined if part.end - part.start >= min(whole.end, SHORTEST))
    if not parts:
        raise FinishError("spec", f"pacing leaves nothing of a clip of {clock(programme.duration)}", "its times are those of the clip")
    if parts == (whole,):
        return programme.but(notes=("pacing: all of the clip is kept",))
    timeline = Timeline(rate, parts)
    flashes = len(joined) - len(parts)
    notes = [f"pacing: {clock(timeline.end)} of {clock(programme.duration)} kept: {_told(parts)}"]
    notes += [f"pacing: {flashes} part{'s' * (flashes > 1)} shorter than {float(SHORTEST):g} s left out: a flash"] if flashes else []
    return programme.but(timeline=timeline, sound=programme.sound.cut(timeline), notes=tuple(notes))


def _kept(settings: Settings, end: Fraction) -> list[Span]:
    """What the settings keep of a clip that ends at `end`, in order and apart."""
    whole = Span(Fraction(0), end)
    used = settings.trim.within(end) if settings.trim else whole
    chosen = _ordered(each.within(end) for each in settings.keep) if settings.keep else [whole]
    gone = _ordered(each.within(end) for each in settings.cut)
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
