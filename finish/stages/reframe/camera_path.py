"""A camera path through noisy targets: median, L1 trend with a dead zone, speed limit.

It is planned for one axis of one shot at a time.

Positions are the crop's centre as a share of the picture's width (or height); speeds are shares a second.
The method, its weights and its limits come from a replay of human crops (RetargetVid): with `responsive`,
it beat Gaussian, Kalman, polynomial and kinematic planners in overlap, jerk and lag at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.stages.reframe.settings import MotionChoice

Floats = NDArray[np.float64]

RATE: Final = 5  # knots a second: 2 Hz lose 2.4 points of overlap, 10 Hz gain only 0.3
FASTEST: Final = 0.8  # shares a second; 99 % of human reframing is slower than 0.703
STILL: Final = 0.03  # a path that covers less than this in a shot doesn't move
_MEDIAN: Final = 1.0  # s
_CERTAIN: Final = 0.5  # s around a sample of the target
_BRIDGED: Final = 0.05  # the weight of a target in a gap between samples
_ROUNDS: Final = 25  # of reweighting: within 0.1 point of overlap of the linear programme's optimum
_EPSILON: Final = 2e-3  # cost below which |r| is treated as quadratic
_DIGITS: Final = 6  # a ten-thousandth of a pixel; hides differences between the arithmetic of processors


@dataclass(frozen=True)
class Motion:
    """The cost of a path: none within `slack` of the target; `weights` of speed, acceleration and jerk."""

    slack: float
    weights: tuple[float, float, float]


# For a shot in which anything calmer loses a subject; users can't choose it.
QUICK: Final = Motion(0.01, (0.05, 0.01, 0.004))
MOTIONS: Final[dict[MotionChoice, Motion]] = {
    "responsive": Motion(0.015, (0.2, 0.05, 0.02)),
    "calm": Motion(0.02, (0.4, 0.1, 0.05)),
    "locked": Motion(0.03, (0.8, 0.2, 0.1)),
}


@dataclass(frozen=True)
class CameraPath:
    """Positions at `start`, `start` + 1/`RATE`, … seconds; the first applies before, the last after."""

    start: float
    knots: tuple[float, ...]

    @property
    def held(self) -> bool:
        """Whether the path doesn't move."""
        return len(set(self.knots)) == 1

    def at(self, times: Floats) -> Floats:
        """Positions at `times` (s): cubic without overshoot (Fritsch and Butland 1984)."""
        knots = np.array(self.knots)
        if self.held:
            return np.full(times.shape, knots[0])
        steps = np.diff(knots)
        turning = steps[:-1] * steps[1:] <= 0
        inner = np.where(
            turning, 0, 2 * steps[:-1] * steps[1:] / np.where(turning, 1, steps[:-1] + steps[1:])
        )
        slopes = np.concatenate([steps[:1], inner, steps[-1:]])
        where = np.clip((times - self.start) * RATE, 0, knots.size - 1)
        low = np.minimum(where.astype(int), knots.size - 2)
        t = where - low
        result: Floats = (
            knots[low]
            + steps[low] * t**2 * (3 - 2 * t)
            + slopes[low] * t * (1 - t) ** 2
            - slopes[low + 1] * t**2 * (1 - t)
        )
        return result


def follow(targets: Sequence[tuple[float, float]], half: float, motion: Motion) -> CameraPath:
    """The path of one shot through `targets`, (time in s, position) each, ascending, at least one.

    It stays `half` a crop away from both edges. Gaps are bridged linearly. It knows nothing outside the
    shot, so it never smooths over a cut.
    """
    times, positions = np.array(targets).T
    grid = np.arange(times[0], times[-1] + 1e-9, 1 / RATE)
    low, high = min(half, 0.5), max(1 - half, 0.5)
    smooth = np.clip(_median(np.interp(grid, times, positions)), low, high)
    path = np.clip(_slowed(_trend(smooth, _trust(grid, times), motion)), low, high)
    if np.ptp(path) < STILL:
        path = np.full(1, (path.min() + path.max()) / 2)
    return CameraPath(float(times[0]), tuple(np.round(path, _DIGITS).tolist()))


def still_path(position: float) -> CameraPath:
    """A path that doesn't move."""
    return CameraPath(0.0, (position,))


def moving_path(start: float, end: float, first: float, last: float) -> CameraPath:
    """A path from `first` at `start` to `last` at `end` (s) that starts and ends slowly."""
    share = np.minimum(np.arange(0, max(end - start, 1 / RATE) * RATE + 1) / ((end - start) * RATE), 1)
    knots = first + (last - first) * share**2 * (3 - 2 * share)
    return CameraPath(start, tuple(np.round(knots, _DIGITS).tolist()))


def _median(values: Floats) -> Floats:
    """Running median; at the ends, of the values that exist, so that a first outlier doesn't stay."""
    reach = int(_MEDIAN * RATE) // 2
    padded = np.pad(values, reach, constant_values=np.nan)
    result: Floats = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1)
    return result


def _trust(grid: Floats, times: Floats) -> Floats:
    """The weight of each target: full near a sample; little in a gap, or waiting would outweigh following."""
    after = np.clip(np.searchsorted(times, grid), 1, max(1, times.size - 1))
    near = np.minimum(
        np.abs(grid - times[after - 1]), np.abs(times[np.minimum(after, times.size - 1)] - grid)
    )
    return np.where(near <= _CERTAIN, 1.0, _BRIDGED)


def _trend(targets: Floats, trust: Floats, motion: Motion) -> Floats:
    """The path p with the least Σ t max(0, |p − o| − slack) + w₁ Σ|D¹p| + w₂ Σ|D²p| + w₃ Σ|D³p|.

    t is trust, o the targets, D in shares a second. It is found by reweighted least squares: max(0, |r| −
    s) = ½|r − s| + ½|r + s| − s makes every term a plain absolute value, and |r| is r²/|r| of the round
    before.
    """
    path = targets
    for _ in range(_ROUNDS):
        over, under = (
            0.25 * trust / np.maximum(0.5 * np.abs(path - targets + side), _EPSILON)
            for side in (motion.slack, -motion.slack)
        )
        bands = np.zeros((4, targets.size))
        bands[0] = over + under
        for order, weight in enumerate(motion.weights[: targets.size - 1], start=1):
            stencil = weight * RATE**order * _STENCILS[order]
            pull = 1 / np.maximum(np.abs(np.convolve(path, stencil[::-1], "valid")), _EPSILON)
            for apart in range(order + 1):
                for first in range(order + 1 - apart):
                    bands[apart, first : first + pull.size] += stencil[first] * stencil[first + apart] * pull
        path = _solved(bands, over * (targets - motion.slack) + under * (targets + motion.slack))
    return path


_STENCILS: Final = {
    1: np.array([-1.0, 1.0]),
    2: np.array([1.0, -2.0, 1.0]),
    3: np.array([-1.0, 3.0, -3.0, 1.0]),
}


def _solved(bands: Floats, right: Floats) -> Floats:
    """x of Ax = right for a symmetric A with A[i, i + k] = bands[k, i].

    LDLᵀ in plain floats: linear in length, and the same on every processor.
    """
    edge = [0.0] * 3  # zeros at both ends, so that no row is special
    a0, a1, a2, a3 = ([*edge, *row] for row in bands.tolist())
    x, inside = [*edge, *right.tolist(), *edge], range(3, right.size + 3)
    d, l1, l2, l3 = [1.0] * len(x), [0.0] * len(x), [0.0] * len(x), [0.0] * len(x)
    for i in inside:
        l3[i] = a3[i - 3] / d[i - 3]
        l2[i] = (a2[i - 2] - l3[i] * d[i - 3] * l1[i - 2]) / d[i - 2]
        l1[i] = (a1[i - 1] - l3[i] * d[i - 3] * l2[i - 1] - l2[i] * d[i - 2] * l1[i - 1]) / d[i - 1]
        d[i] = a0[i] - l1[i] ** 2 * d[i - 1] - l2[i] ** 2 * d[i - 2] - l3[i] ** 2 * d[i - 3]
        x[i] -= l1[i] * x[i - 1] + l2[i] * x[i - 2] + l3[i] * x[i - 3]
    for i in reversed(inside):
        x[i] = x[i] / d[i] - l1[i + 1] * x[i + 1] - l2[i + 2] * x[i + 2] - l3[i + 3] * x[i + 3]
    return np.array(x[3:-3])


def _slowed(path: Floats) -> Floats:
    """The path limited to `FASTEST` without lag: the mean of its two envelopes of that slope."""
    ramp = FASTEST / RATE * np.arange(path.size)

    def envelope(values: Floats) -> Floats:
        """The largest function below `values` that never rises or falls faster."""
        ahead = np.minimum.accumulate(values - ramp) + ramp
        result: Floats = np.minimum(ahead, np.minimum.accumulate((values + ramp)[::-1])[::-1] - ramp)
        return result

    return (envelope(path) - envelope(-path)) / 2
