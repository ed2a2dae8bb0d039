"""Fit a programme to a length: in whole frames, first by its pauses, then by its speed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from finish.graph.timeline import SpeedSpan
from finish.stages.pacing import messages
from finish.stages.pacing.pacing_settings import FASTEST, LEAST, LengthFit
from finish.units import Span


@dataclass(frozen=True)
class SilentGap:
    """Frames of the clip, from `start` until `end`, in which nobody speaks; up to `spare` of them can be cut.

    `first` and `last`: it begins or ends its part, so the cut can reach that edge.
    """

    start: int
    end: int
    spare: int
    first: bool = False
    last: bool = False


def gaps(parts: Sequence[Span], spoken: Sequence[Span], rate: Fraction) -> list[SilentGap]:
    """The gaps between speech in the parts, with their excess over the least pause; none without speech."""
    least, result = -(-LEAST * rate // 1), list[SilentGap]()
    silent = _silent(spoken)
    for part in parts:
        for start, end in silent if spoken else ():
            first, over = max(start, part.start), part.end if end is None else min(end, part.end)
            begin, ending = int(-(-first * rate // 1)), int(over * rate // 1)
            if ending - begin > least:
                result.append(
                    SilentGap(
                        begin, ending, ending - begin - int(least), first == part.start, over == part.end
                    )
                )
    return result


def _silent(spoken: Sequence[Span]) -> list[tuple[Fraction, Fraction | None]]:
    """The spans before, between and after speech; None: until the end."""
    ends = [Fraction(0), *(span.end for span in spoken)]
    starts: list[Fraction | None] = [*(span.start for span in spoken), None]
    return list(zip(ends, starts, strict=True))


def shortened(gaps: Sequence[SilentGap], frames: int, rate: Fraction) -> tuple[Span, ...]:
    """The spans to cut for `frames` frames less, or as many as possible.

    Each gap loses a share, from its middle or at its part's edge.
    """
    cut = min(frames, sum(gap.spare for gap in gaps))
    if cut <= 0:
        return ()
    shares = _shares([gap.spare for gap in gaps], cut)
    return tuple(_middle(gap, share, rate) for gap, share in zip(gaps, shares, strict=True) if share)


def _shares(spare: Sequence[int], total: int) -> list[int]:
    """Whole numbers that sum to `total`, each as near to its share as its neighbours' rounding allows."""
    whole, taken = sum(spare), 0
    edges = [0]
    for frames in spare:
        taken += frames
        edges.append(taken * total // whole)
    return [later - one for one, later in pairwise(edges)]


def _middle(gap: SilentGap, share: int, rate: Fraction) -> Span:
    """The span of `share` frames to cut from a gap."""
    left = gap.end - gap.start - share
    first = gap.start + (0 if gap.first else left if gap.last else left // 2)
    return Span(first / rate, (first + share) / rate)


def sped(parts: Sequence[Span], fit: LengthFit, rate: Fraction, spoken: bool) -> tuple[Span, ...]:
    """The parts at the speed that gives the requested length; LimitError beyond 1.1 times either way."""
    now, target = sum(round(part.length * rate) for part in parts), _target(fit, rate)
    if now == target or (fit.max is not None and now < target):
        return tuple(parts)
    factor = Fraction(now, target)
    if not 1 / FASTEST <= factor <= FASTEST:
        raise messages.length_out_of_reach(
            now / rate, fit.seconds, factor, FASTEST, exact=fit.max is None, pauses=spoken
        )
    ends = [0]
    for part in parts:
        ends.append(ends[-1] + round(part.length * rate))
    edges = [end * target // now for end in ends]
    return tuple(
        SpeedSpan(part.start, part.end, max(1, later - one) / rate)
        for part, (one, later) in zip(parts, pairwise(edges), strict=True)
    )


def _target(fit: LengthFit, rate: Fraction) -> int:
    return max(1, int(fit.seconds * rate // 1) if fit.max is not None else round(fit.seconds * rate))


def excess(parts: Sequence[Span], fit: LengthFit, rate: Fraction) -> int:
    """By how many frames the parts are longer than requested."""
    return sum(round(part.length * rate) for part in parts) - _target(fit, rate)


def faster(parts: Sequence[Span], speeds: Sequence[tuple[Span, Fraction]], rate: Fraction) -> Iterator[Span]:
    """The parts with each range at its speed, in whole frames; of overlapping ranges, the last one counts."""
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
