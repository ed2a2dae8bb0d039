"""How a programme comes to a length: in whole frames, first from its pauses, then by its speed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from finish.errors import LimitError
from finish.graph.timeline import SpeedSpan
from finish.stages.pacing.pacing_settings import FASTEST, LEAST, LengthFit
from finish.units import Span, clock


@dataclass(frozen=True)
class SilentGap:
    """Frames of the clip, from `start` until `end`, in which nobody speaks; `spare` of them may go.

    `first` and `last`: it begins or ends its part, so that nothing of it need stay before or behind what goes.
    """

    start: int
    end: int
    spare: int
    first: bool = False
    last: bool = False


def gaps(parts: Sequence[Span], spoken: Sequence[Span], rate: Fraction) -> list[SilentGap]:
    """Where nobody speaks in the parts, and how much of each such place is more than the least pause; nothing where nobody speaks."""
    least, found = -(-LEAST * rate // 1), list[SilentGap]()
    silent = _silent(spoken)
    for part in parts:
        for start, end in silent if spoken else ():
            first, over = max(start, part.start), part.end if end is None else min(end, part.end)
            begin, ending = int(-(-first * rate // 1)), int(over * rate // 1)
            if ending - begin > least:
                found.append(
                    SilentGap(
                        begin, ending, ending - begin - int(least), first == part.start, over == part.end
                    )
                )
    return found


def _silent(spoken: Sequence[Span]) -> list[tuple[Fraction, Fraction | None]]:
    """What lies before, between and behind what is spoken; None: to the end."""
    ends = [Fraction(0), *(span.end for span in spoken)]
    starts: list[Fraction | None] = [*(span.start for span in spoken), None]
    return list(zip(ends, starts, strict=True))


def shortened(found: Sequence[SilentGap], frames: int, rate: Fraction) -> tuple[Span, ...]:
    """What of the gaps goes so that `frames` frames do, or as many as may: of each its share, from its middle or its part's own edge."""
    whole = sum(gap.spare for gap in found)
    wanted = min(frames, whole)
    if wanted <= 0:
        return ()
    shares = _shares([gap.spare for gap in found], wanted)
    return tuple(_middle(gap, share, rate) for gap, share in zip(found, shares, strict=True) if share)


def _shares(spare: Sequence[int], wanted: int) -> list[int]:
    """Whole numbers that sum to `wanted`, each as near to its part of the whole as its neighbours' allow."""
    whole, taken = sum(spare), 0
    edges = [0]
    for each in spare:
        taken += each
        edges.append(taken * wanted // whole)
    return [later - one for one, later in pairwise(edges)]


def _middle(gap: SilentGap, share: int, rate: Fraction) -> Span:
    left = gap.end - gap.start - share
    first = gap.start + (0 if gap.first else left if gap.last else left // 2)
    return Span(first / rate, (first + share) / rate)


def sped(parts: Sequence[Span], fit: LengthFit, rate: Fraction, spoken: bool) -> tuple[Span, ...]:
    """The parts so fast or slow that they are as long as asked; LimitError beyond 1.1 times either way."""
    now, wanted = sum(round(part.length * rate) for part in parts), _wanted(fit, rate)
    if now == wanted or (fit.max is not None and now < wanted):
        return tuple(parts)
    factor = Fraction(now, wanted)
    if not 1 / FASTEST <= factor <= FASTEST:
        what = "at most" if fit.max is not None else "exactly"
        done = "with its pauses as short as they may be " if spoken else ""
        message = (
            f"pacing.fit: the programme is {done}{clock(now / rate)}, and {what} {clock(fit.seconds)} are asked: "
            f"{float(factor):.2f} times as fast, and {float(FASTEST):g} is the most, {float(1 / FASTEST):.2f} the least"
        )
        raise LimitError(message, "cut or keep parts by hand, or ask for another length")
    ends = [0]
    for part in parts:
        ends.append(ends[-1] + round(part.length * rate))
    edges = [end * wanted // now for end in ends]
    return tuple(
        SpeedSpan(part.start, part.end, max(1, later - one) / rate)
        for part, (one, later) in zip(parts, pairwise(edges), strict=True)
    )


def _wanted(fit: LengthFit, rate: Fraction) -> int:
    return max(1, int(fit.seconds * rate // 1) if fit.max is not None else round(fit.seconds * rate))


def excess(parts: Sequence[Span], fit: LengthFit, rate: Fraction) -> int:
    """Frames by which the parts are longer than asked."""
    return sum(round(part.length * rate) for part in parts) - _wanted(fit, rate)


def faster(parts: Sequence[Span], speeds: Sequence[tuple[Span, Fraction]], rate: Fraction) -> Iterator[Span]:
    """The parts with what lies in a range shown so many times as fast, to whole frames; the last range that holds a moment counts."""
    for part in parts:
        inner = {
            edge for span, _ in speeds for edge in (span.start, span.end) if part.start < edge < part.end
        }
        for start, end in pairwise(sorted({part.start, part.end, *inner})):
            by = next(
                (factor for span, factor in reversed(speeds) if span.start <= start < span.end), Fraction(1)
            )
            frames = round((end - start) * rate / by)
            if by == 1:
                yield Span(start, end)
            elif frames:
                yield SpeedSpan(start, end, frames / rate)
