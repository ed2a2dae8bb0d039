"""How often each frame of a clip is shown at a delivery of another rate, in words."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish.model import Note
from finish.stages.reframe import messages
from finish.units import first_frame

_LISTED: Final = 12  # counts; a longer pattern is summed up


def cadence(clip: Fraction, delivery: Fraction) -> tuple[Note, ...]:
    """A note on what happens to the frames of a `clip` at another `delivery` rate (both Hz)."""
    if clip == delivery:
        return ()
    ratio = delivery / clip
    if ratio.denominator == 1:
        return (
            messages.cadence(clip, delivery, f"each frame is shown {ratio.numerator} times", Fraction(0)),
        )
    if ratio.numerator == 1:
        effect = f"1 of every {ratio.denominator} frames is shown"
        return (messages.cadence(clip, delivery, effect, 1 - ratio),)
    counts = [
        after - before
        for before, after in pairwise(
            first_frame(number / clip, delivery) for number in range(ratio.denominator + 1)
        )
    ]
    share = Fraction(abs(ratio.numerator - ratio.denominator), max(ratio.numerator, ratio.denominator))
    return (messages.cadence(clip, delivery, _uneven(counts, ratio), share),)


def _uneven(counts: list[int], ratio: Fraction) -> str:
    if ratio < 1:
        short = len(counts) <= 10 * _LISTED
        dropped = f"{counts.count(0)} of every {len(counts)}" if short else f"{_percent(1 - ratio)} of"
        return f"{dropped} frames are dropped"
    if len(counts) <= _LISTED:
        return f"frames are repeated unevenly, {','.join(map(str, counts))} times in turn"
    if ratio < 2:
        return f"{_percent(ratio - 1)} of frames are shown once more than the others"
    return f"frames are repeated unevenly, {min(counts)} or {max(counts)} times"


def _percent(share: Fraction) -> str:
    return f"{100 * float(share):.2g} %"
