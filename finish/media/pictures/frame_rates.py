"""A picture's own frame rate, from the stamps of its packets: the grid on which what moves lies, never an
average."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from finish import units

# Clocks in whole milliseconds make 30 fps look like 30.3.
_JITTER: Final = Fraction(2, 100)
_LOWEST, _HIGHEST = 1, 240  # Hz: what a rate may be
_SLIDES: Final = 5  # Hz; house: slower than this and uneven is a show of slides …
_SLIDES_RATE: Final = Fraction(25)  # … of which each comes within 20 ms
# The grids that are tried, each 5 % above the one before, so that every rate is within 2.5 % of one; above
# 120 Hz jitter of a coarse clock fits by chance.
_TRIED: Final = tuple(1.05**power for power in range(round(np.log(120) / np.log(1.05)) + 1))
_OFF: Final = (
    0.1  # of a step: how far from a whole number of steps a gap may be, besides a tick of the clock …
)
_DRIFT: Final = 0.002  # … and this for each step: 29.97 tried as 30, and as much again
_FIT: Final = 0.95  # share of the gaps that must lie on the grid
_STEPS: Final = 5  # the usual gap in steps, at most: a finer grid says nothing of the clip


def gaps_of(stamps: Iterable[int], alone: int) -> list[int]:
    """How long each frame is shown, in ticks, shortest first; of a single frame what its packet states."""
    shown = np.unique(np.fromiter(stamps, np.int64))
    return sorted(np.diff(shown).tolist()) or [max(1, alone)]


def varies(gaps: Sequence[int]) -> bool:
    """Variable frame rate: gaps between shown frames differ by more than a tenth of the median gap."""
    return gaps[-1] - gaps[0] > max(2, gaps[len(gaps) // 2] // 10)


def rate_of(gaps: Sequence[int], base: Fraction, stated: Iterable[Fraction | None]) -> Fraction:
    """The rate (Hz) of frames that are shown for `gaps` ticks of `base` s each; `stated` is what the
    container may say of it.

    Of steady gaps it is their mean, as the container states it where it agrees. Of others it is the coarsest
    grid that nearly all of them lie on: a second in which nothing moved, and frames that were left out, are
    whole numbers of its steps. Where there is no grid (a jittering clock), it is what the gaps around the
    median come to.
    """
    mean = len(gaps) / (sum(gaps) * base)
    if not varies(gaps):
        near = Fraction(1, 1000) + Fraction(1, sum(gaps))  # a tick of the clock over all of them
        said = [Fraction(each) for each in stated if each and _LOWEST <= each <= _HIGHEST]
        agreed = next((each for each in said if len(gaps) == 1 or abs(each / mean - 1) <= near), None)
        if agreed is not None:
            return units.rate(agreed)
        return _snapped(min(mean, Fraction(_HIGHEST)), near) if mean >= _LOWEST else _SLIDES_RATE
    usual = _on_grid(Counter(gaps), base) or _around_median(gaps, base)
    return _snapped(min(usual, Fraction(_HIGHEST)), _JITTER) if usual >= _SLIDES else _SLIDES_RATE


def _snapped(rate: Fraction, near: Fraction) -> Fraction:
    """The standard rate near this one, else the whole or half number that is four times as near, else a
    plain fraction."""
    standard, whole = units.rate(rate, near=near), Fraction(round(2 * rate), 2)
    if standard in units.STANDARD_RATES or not whole:
        return standard
    return whole if abs(rate / whole - 1) <= near / 4 else rate.limit_denominator(1001)


def _on_grid(counted: Mapping[int, int], base: Fraction) -> Fraction | None:
    """The rate of the coarsest grid that the gaps lie on, from all of them together; None where they lie
    on none."""
    gaps, many = np.array(list(counted), float), np.array(list(counted.values()), float)
    for tried in _TRIED:
        steps = _steps(gaps, many, 1 / (tried * float(base)))
        if steps is None:
            continue
        refined = float((steps[1] * gaps * many).sum() / (steps[1] * steps[0] * many).sum())  # ticks a step
        again = _steps(gaps, many, refined)
        if again is not None and _median(again[0], many) <= _STEPS:
            few = again[1] & (again[0] <= _STEPS)  # of a long still the number of steps is a guess
            return Fraction(int((few * again[0] * many).sum()), int((few * gaps * many).sum())) / base
    return None


def _steps(gaps: np.ndarray, many: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray] | None:
    """How many steps each gap is, and which of the gaps are whole numbers of them; None where too few are."""
    whole = np.maximum(1, np.rint(gaps / step))
    on = np.abs(gaps - whole * step) <= 1 + _OFF * step + _DRIFT * whole * step
    return (whole, on) if (on * many).sum() >= _FIT * many.sum() else None


def _median(values: np.ndarray, many: np.ndarray) -> float:
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(many[order]), many.sum() / 2)])


def _around_median(gaps: Sequence[int], base: Fraction) -> Fraction:
    """The rate of gaps from half to one and a half times the median: neither stalls nor bursts."""
    middle = max(1, gaps[len(gaps) // 2])
    usual = [each for each in gaps if middle <= 2 * each <= 3 * middle]
    return len(usual) / (sum(usual) * base)
