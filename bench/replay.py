"""The crop path replayed on human crops: `python -m bench.replay retargetvid-dev.npz`.

RetargetVid has six annotators per video (MIT). The path follows what five people agree on, sampled five times
a second with errors; the truth is the sixth person's crop. Errors: N(0, 0.02) of the frame's width, 8 %
anywhere, 10 % missing. For comparison: the middle, a moving average, and AutoFlip's two planners as its code
describes them (reimplemented, with the same input). Each video has one seed, so every planner gets the same
errors.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from finish.stages.reframe.camera_path import MOTIONS, RATE, follow

FPS = 30  # of DHF1K's videos
NOISE, OUTLIERS, MISSING = 0.02, 0.08, 0.10
JUMP = 0.1  # of the frame: all but two annotators move this far within one frame at a cut
STILL = 0.005  # shares per second: slower counts as still
SHIFTS = range(-15, 16)  # frames of lag tried
Floats = NDArray[np.float64]
# Sample times, sampled positions, wanted times, half a crop.
Planner = Callable[[Floats, Floats, Floats, float], Floats]


@dataclass(frozen=True)
class Row:
    """One video by one planner.

    Overlap (IoU, %), jerk (mean |D³|, frames' widths/s³), reversals per second, and the overlap if the path
    came this many frames earlier.
    """

    overlap: float
    jerk: float
    reversals: float
    earlier: tuple[float, ...]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    settings = parser.parse_args()
    data = np.load(settings.file)
    _tell(
        f"{'planner':<22}"
        + "".join(f"{ratio:>8}{'jerk':>8}{'rev/s':>8}{'lag':>8}" for ratio in ("1:3", "3:1"))
    )
    rows = {ratio: {name: [] for name in PLANNERS} for ratio in ("1-3", "3-1")}
    for key in data.files:
        number, ratio = key.split("_")
        for name, row in _video(data[key], ratio, int(number)):
            rows[ratio][name].append(row)
    for name in PLANNERS:
        _tell(f"{name:<22}" + "".join(_figures(rows[ratio][name]) for ratio in ("1-3", "3-1")))
    return 0


def _figures(rows: Sequence[Row]) -> str:
    means = [mean(getattr(row, figure) for row in rows) for figure in ("overlap", "jerk", "reversals")]
    # For a single video this is a matter of chance.
    lag = SHIFTS[int(np.mean([row.earlier for row in rows], axis=0).argmax())]
    return "".join(f"{figure:8.2f}" for figure in (*means, lag))


def _video(boxes: NDArray[np.int16], ratio: str, number: int) -> Iterator[tuple[str, Row]]:
    low, high = (0, 2) if ratio == "1-3" else (1, 3)
    whole = 640 if ratio == "1-3" else 360
    size = float(np.median(boxes[..., high] - boxes[..., low])) / whole
    middles = (boxes[..., low] + boxes[..., high]) / 2 / whole
    held, rng = number % len(middles), np.random.default_rng(number)
    truth, agreed = middles[held], np.median(np.delete(middles, held, axis=0), axis=0)
    cuts = [
        int(at) + 1
        for at in np.flatnonzero((np.abs(np.diff(middles, axis=1)) > JUMP).sum(axis=0) >= len(middles) - 2)
    ]
    times = np.arange(len(truth)) / FPS
    sampled = np.arange(0, len(truth), FPS // RATE)
    errors = np.clip(agreed[sampled] + rng.normal(0, NOISE, len(sampled)), 0, 1)
    errors = np.where(rng.random(len(sampled)) < OUTLIERS, rng.random(len(sampled)), errors)
    there = rng.random(len(sampled)) >= MISSING
    edges = [0, *cuts, len(truth)]
    for name, planner in PLANNERS.items():
        path = np.full(len(truth), 0.5)
        for start, end in pairwise(edges):
            mine = there & (sampled >= start) & (sampled < end)
            if mine.any():
                path[start:end] = planner(times[sampled[mine]], errors[mine], times[start:end], size / 2)
        yield name, _row(np.clip(path, size / 2, 1 - size / 2), truth, size, edges)


def _row(path: Floats, truth: Floats, size: float, edges: Sequence[int]) -> Row:
    thirds, turns = [0.0], 0
    for start, end in pairwise(edges):
        inside = path[start:end]
        thirds += (np.abs(np.diff(inside, 3)) * FPS**3).tolist()
        speed = np.diff(inside) * FPS
        moving = np.sign(speed[np.abs(speed) > STILL])
        turns += int((np.diff(moving) != 0).sum())
    earlier = tuple(_overlap(np.roll(path, -shift)[15:-15], truth[15:-15], size) for shift in SHIFTS)
    return Row(_overlap(path, truth, size), mean(thirds), turns / (len(path) / FPS), earlier)


def _overlap(path: Floats, truth: Floats, size: float) -> float:
    common = np.clip(size - np.abs(path - truth), 0, None)
    return float((common / (2 * size - common)).mean() * 100)


def _ours(motion: str) -> Planner:
    return lambda times, positions, targets, half: follow(
        list(zip(times.tolist(), positions.tolist(), strict=True)), half, MOTIONS[motion]
    ).at(targets)


def _middle(times: Floats, positions: Floats, targets: Floats, half: float) -> Floats:  # noqa: ARG001 (the signature of a planner)
    return np.full(targets.shape, 0.5)


def _averaged(times: Floats, positions: Floats, targets: Floats, half: float) -> Floats:  # noqa: ARG001
    """Half a second of an exponential average."""
    now, path = positions[0], []
    for target in np.interp(targets, times, positions):
        now += (target - now) * (1 - np.exp(-1 / FPS / 0.5))
        path.append(now)
    return np.array(path)


def _polynomial(times: Floats, positions: Floats, targets: Floats, half: float) -> Floats:  # noqa: ARG001
    """AutoFlip's polynomial of degree 4 under Cauchy's loss."""
    middle, reach = times.mean(), max(1e-9, np.ptp(times) / 2)
    degree, weights = min(4, len(times) - 1), np.ones(len(times))
    for _ in range(20):
        fitted = np.polynomial.Polynomial.fit(
            (times - middle) / reach, positions, degree, w=np.sqrt(weights), domain=[-1, 1]
        )
        weights = 1 / (1 + ((fitted((times - middle) / reach) - positions) / 0.05) ** 2)
    return np.asarray(fitted((np.clip(targets, times[0], times[-1]) - middle) / reach))


def _autoflip(times: Floats, positions: Floats, targets: Floats, half: float) -> Floats:
    """AutoFlip's default: movement within half of the frame is held still, in the middle if that is near."""
    if np.ptp(positions) >= 0.5:
        return _polynomial(times, positions, targets, half)
    steady = (positions.min() + positions.max()) / 2
    return np.full(targets.shape, 0.5 if abs(steady - 0.5) < 0.08 else steady)


PLANNERS: dict[str, Planner] = {
    "middle": _middle,
    "average of 0.5 s": _averaged,
    "AutoFlip default": _autoflip,
    "AutoFlip polynomial": _polynomial,
    **{f"finish {motion}": _ours(motion) for motion in MOTIONS},
}


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
