"""How often each frame of a clip is shown where the delivery has another rate, in words."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish.model import Note, detail, know
from finish.units import first_frame

_SHOWN: Final = 12  # counts that are listed; a longer turn is summed up
_HARDLY: Final = Fraction(1, 200)  # of the frames; one in 200 (30 at 29.97) is not seen


def cadence(clip: Fraction, delivery: Fraction) -> tuple[Note, ...]:
    """What becomes of frames of a `clip` at the rate of the `delivery` (Hz), where it is another."""
    if clip == delivery:
        return ()
    ratio = delivery / clip
    what = f"{_hertz(clip)} fps delivered at {_hertz(delivery)} fps"
    if ratio.denominator == 1:
        return (detail("cadence", f"{what}: each frame is shown {ratio.numerator} times"),)
    if ratio.numerator == 1:
        return (know("cadence", f"{what}: one frame of {ratio.denominator} is shown"),)
    counts = [
        after - before
        for before, after in pairwise(
            first_frame(number / clip, delivery) for number in range(ratio.denominator + 1)
        )
    ]
    share = Fraction(abs(ratio.numerator - ratio.denominator), max(ratio.numerator, ratio.denominator))
    note = detail if share < _HARDLY else know
    return (note("cadence", f"{what}: {_uneven(counts, ratio)}"),)


def _uneven(counts: list[int], ratio: Fraction) -> str:
    if ratio < 1:
        listed = len(counts) <= 10 * _SHOWN
        return f"{f'{counts.count(0)} of {len(counts)}' if listed else f'{_percent(1 - ratio)} of the'} frames are left out"
    if len(counts) <= _SHOWN:
        return f"frames are shown {','.join(map(str, counts))} times in turn, which is not even"
    if ratio < 2:
        return f"{_percent(ratio - 1)} of the frames are shown once more than the others"
    return f"frames are shown {min(counts)} or {max(counts)} times, which is not even"


def _percent(share: Fraction) -> str:
    return f"{100 * float(share):.3g} %"


def _hertz(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
