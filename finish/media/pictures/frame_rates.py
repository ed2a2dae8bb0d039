"""A picture's own frame rate, from the timestamps of its packets: the grid on which motion lies, not an
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
_LOWEST, _HIGHEST = 1, 240  # Hz; the range of rates
_SLIDES: Final = 5  # Hz; house: a slower uneven picture is a slide show …
_SLIDES_RATE: Final = Fraction(25)  # … at this rate, each slide appears within 20 ms of its time
# The grids that are tried: each is 5 % above the one before, so that every rate is within 2.5 % of a grid.
# Above 120 Hz, jitter of a coarse clock fits by chance.
_TRIED: Final = tuple(1.05**power for power in range(round(np.log(120) / np.log(1.05)) + 1))
_OFF: Final = 0.1  # of a step, and a tick of the clock, by which a gap may miss a whole number of steps …
_DRIFT: Final = 0.002  # … and this much for each step: twice the error of 29.97 tried as 30
_FIT: Final = 0.95  # share of the gaps that must lie on the grid
_STEPS: Final = 5  # the median gap in steps, at most: a finer grid fits any clip


def gaps_of(stamps: Iterable[int], alone: int) -> list[int]:
    """The durations of frames in ticks, shortest first; of a single frame, the duration `alone` of its
    packet."""
    times = np.unique(np.fromiter(stamps, np.int64))
    return sorted(np.diff(times).tolist()) or [max(1, alone)]


def varies(gaps: Sequence[int]) -> bool:
    """Whether the frame rate is variable: gaps between frames differ by more than a tenth of the median
    gap."""
    return gaps[-1] - gaps[0] > max(2, gaps[len(gaps) // 2] // 10)


def rate_of(gaps: Sequence[int], base: Fraction, stated: Iterable[Fraction | None]) -> Fraction:
    """The rate (Hz) of frames that are shown for `gaps` ticks of `base` s each; `stated` are the rates that
    the container states.

    For steady gaps it is their mean, or a stated rate that agrees with it. For others it is the coarsest grid
    that nearly all gaps lie on: a second without motion, or a frame that was left out, is a whole number of
    its steps. Without a grid (a jittering clock), it is the rate of the gaps around the median.
    """
    mean = len(gaps) / (sum(gaps) * base)
    if not varies(gaps):
        near = Fraction(1, 1000) + Fraction(1, sum(gaps))  # one tick of the clock over all gaps
        rates = [Fraction(rate) for rate in stated if rate and _LOWEST <= rate <= _HIGHEST]
        agreed = next((rate for rate in rates if len(gaps) == 1 or abs(rate / mean - 1) <= near), None)
        if agreed is not None:
            return units.rate(agreed)
        return _snapped(min(mean, Fraction(_HIGHEST)), near) if mean >= _LOWEST else _SLIDES_RATE
    usual = _on_grid(Counter(gaps), base) or _around_median(gaps, base)
    return _snapped(min(usual, Fraction(_HIGHEST)), _JITTER) if usual >= _SLIDES else _SLIDES_RATE


def _snapped(rate: Fraction, near: Fraction) -> Fraction:
    """The standard rate near this one; else a whole or half number that is within a quarter of that distance;
    else a plain fraction."""
    standard, whole = units.rate(rate, near=near), Fraction(round(2 * rate), 2)
    if standard in units.STANDARD_RATES or not whole:
        return standard
    return whole if abs(rate / whole - 1) <= near / 4 else rate.limit_denominator(1001)


def _on_grid(counted: Mapping[int, int], base: Fraction) -> Fraction | None:
    """The rate of the coarsest grid that the gaps lie on, from all of them together; None if there is no
    grid."""
    gaps, many = np.array(list(counted), float), np.array(list(counted.values()), float)
    for tried in _TRIED:
        steps = _steps(gaps, many, 1 / (tried * float(base)))
        if steps is None:
            continue
        refined = float((steps[1] * gaps * many).sum() / (steps[1] * steps[0] * many).sum())  # ticks a step
        again = _steps(gaps, many, refined)
        if again is not None and _median(again[0], many) <= _STEPS:
            few = again[1] & (again[0] <= _STEPS)  # the number of steps of a long still is a guess
            return Fraction(int((few * again[0] * many).sum()), int((few * gaps * many).sum())) / base
    return None


def _steps(gaps: np.ndarray, many: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray] | None:
    """The number of steps in each gap, and which gaps are whole numbers of steps; None if too few are."""
    whole = np.maximum(1, np.rint(gaps / step))
    on = np.abs(gaps - whole * step) <= 1 + _OFF * step + _DRIFT * whole * step
    return (whole, on) if (on * many).sum() >= _FIT * many.sum() else None


def _median(values: np.ndarray, many: np.ndarray) -> float:
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(many[order]), many.sum() / 2)])


def _around_median(gaps: Sequence[int], base: Fraction) -> Fraction:
    """The rate of gaps from half to one and a half times the median: neither stalls nor bursts."""
    middle = max(1, gaps[len(gaps) // 2])
    usual = [gap for gap in gaps if middle <= 2 * gap <= 3 * middle]
    return len(usual) / (sum(usual) * base)
