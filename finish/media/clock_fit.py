"""The runs of samples of a sound track, fitted to timestamps that jitter, drift, and have gaps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import SampleRun

Floats = NDArray[np.float64]
Line = Sequence[tuple[float, float]]  # the knots of a bent line: s of sound, s late

# House limits.
_MOST_RUNS: Final = 100
_FARTHEST: Final = 3600.0  # s; timestamps that leap farther belong to another clock, and aren't a gap

# House, in s. Smaller shifts are inaudible: BT.1359 puts the smallest noticeable lead or lag at 15 ms, and
# the delivered sound is within 1 ms.
_GAP: Final = 0.002  # a lasting shift of timestamps that is larger is a gap or an overlap …
_TICKS: Final = 2.5  # … if it exceeds what rounding to ticks can make of two neighbours
_SURE: Final = 0.05  # a shift so large needs no further frames as evidence
_DRIFT, _START = 0.0004, 0.0006  # how far counted samples may end, and begin, from their timestamps
_LOOSE: Final = 0.0006  # how far smoothed timestamps may lie from the fit before it bends
_SMOOTH: Final = 1.0  # the window that smooths timestamps: a clock in ms, or a busy recorder, jitters
_CHANCE: Final = 5.0  # standard deviations; one in 2e6 bends of pure jitter reaches them
_TRIED: Final = 17  # places where a bend is tried, and again around the best of them
_BEND: Final = 2.0  # the shortest stretch with its own speed
_ENOUGH: Final = 4_000  # points of a fit
_AROUND: Final = 8  # frames on either side of a shift that show whether it lasts
_OUTLIER: Final = 6.0  # times the usual jitter


@dataclass(frozen=True)
class SampleRuns:
    """The runs of a track; `torn` if it has more gaps or bends than the limit."""

    runs: tuple[SampleRun, ...] = ()
    torn: bool = False


def fitted(times: Floats, counts: Floats, rate: int, tick: float) -> SampleRuns:
    """The runs of frames with these timestamps (s, in whole `tick`s) and sample counts at `rate` (Hz); none
    if the first timestamp and the count suffice."""
    before = np.concatenate(([0.0], np.cumsum(counts)[:-1]))
    late = times - before / rate
    if np.abs(np.diff(late)).max(initial=0.0) > _FARTHEST:
        return SampleRuns()
    breaks = _breaks(late, tick)
    if len(breaks) + 1 > _MOST_RUNS:
        return SampleRuns(torn=True)
    parts = [
        _UnbrokenPart(
            *_thin(before[first:end] / rate, late[first:end]),
            float(before[first]) / rate,
            float(before[end - 1] + counts[end - 1]) / rate,
        )
        for first, end in pairwise([0, *breaks, len(late)])
    ]
    lines = _lines(parts)
    if lines is None:
        return SampleRuns(torn=True)
    runs = tuple(run for part, line in zip(parts, lines, strict=True) for run in part.runs(line, rate))
    if _is_plain(runs, times[0], rate) or not all(_is_plausible(run, rate) for run in runs):
        return SampleRuns()
    return SampleRuns(runs)


def _is_plausible(run: SampleRun, rate: int) -> bool:
    """Whether a clock can have made the timestamps of a run; other timestamps mean nothing."""
    return run.samples > 0 and 1 <= 2 * run.seconds * rate / run.samples <= 4


def _is_plain(runs: Sequence[SampleRun], first: float, rate: int) -> bool:
    """Whether counting samples from the first timestamp gives the same result."""
    if len(runs) != 1:
        return False
    drift = float(runs[0].seconds) - runs[0].samples / rate
    return abs(drift) <= _DRIFT and abs(float(runs[0].start) - first) <= _START


def _breaks(late: Floats, tick: float) -> list[int]:
    """The first frame after every lasting shift of timestamps against samples."""
    jumps = np.diff(late)
    middle = float(np.median(jumps))
    least = max(_GAP, _TICKS * tick, _OUTLIER * 1.5 * float(np.median(np.abs(jumps - middle))))
    # The mean: a median of whole ticks doesn't show a drift.
    usual = float(jumps[np.abs(jumps - middle) <= least].mean())
    shifts = [int(at) for at in np.flatnonzero(np.abs(jumps - usual) > least)]
    breaks = [at + 1 for at in shifts if _lasts(late, at, float(jumps[at]) - usual, usual, least)]
    return _separate(breaks, np.abs(jumps - usual))


def _lasts(late: Floats, at: int, jump: float, slope: float, least: float) -> bool:
    """Whether the frames after a jump stay shifted."""
    before = late[max(0, at - _AROUND + 1) : at + 1]
    after = late[at + 1 : at + 1 + _AROUND]
    if len(after) < 3 and abs(jump) < _SURE:
        return False
    drift = slope * (len(before) + len(after)) / 2
    shift = float(np.median(after) - np.median(before)) - drift
    return shift * jump > 0 and abs(shift) > least and abs(shift) >= abs(jump) / 2


def _separate(breaks: Sequence[int], sizes: Floats) -> list[int]:
    """The breaks, but only the largest of those within three frames: they are one gap with jitter."""
    kept: list[int] = []
    for place in breaks:
        if kept and place - kept[-1] <= 3 and sizes[place - 1] < _SURE:
            kept[-1] = max(kept[-1], place, key=lambda at: sizes[at - 1])
        else:
            kept.append(place)
    return kept


@dataclass(frozen=True)
class _UnbrokenPart:
    """Frames without a break: the seconds of sound before each frame (`at`), how late (s) its timestamp is,
    and the seconds of sound before the first and after the last frame."""

    at: Floats
    late: Floats
    begin: float
    end: float

    @property
    def jitter(self) -> float:
        """The standard deviation of a timestamp (s), from the differences between neighbours."""
        return float(np.std(np.diff(self.late))) / math.sqrt(2) if len(self.late) > 2 else 0.0

    def runs(self, line: Line, rate: int) -> Iterator[SampleRun]:
        """The runs between the knots of a line."""
        for (begin, late), (end, later) in pairwise(line):
            first, last = round(begin * rate), round(end * rate)
            start = _exact(begin + late)
            yield SampleRun(start, _exact(end + later) - start, last - first)


def _thin(at: Floats, late: Floats) -> tuple[Floats, Floats]:
    """Means of neighbours, if there are more frames than a fit needs."""
    group = -(-len(at) // _ENOUGH)
    whole = len(at) // group * group
    thin = [row[:whole].reshape(-1, group).mean(axis=1) for row in (at, late)]
    return thin[0], thin[1]


def _exact(seconds: float) -> Fraction:
    """Seconds, rounded to 0.1 µs."""
    return Fraction(round(seconds * 10**7), 10**7)


def _lines(parts: Sequence[_UnbrokenPart]) -> list[Line] | None:
    """The line through the smoothed timestamps of each part, with knots at its ends and bends; None if there
    are too many bends.

    One clock made all parts, so a common slope is tried first.
    """
    slope = _common_slope(parts)
    straight: list[Line] = [
        [(part.begin, level + slope * part.begin), (part.end, level + slope * part.end)]
        for part in parts
        for level in [float(np.mean(part.late - slope * part.at))]
    ]
    if all(_distance(part, line).max() <= _LOOSE for part, line in zip(parts, straight, strict=True)):
        return straight
    bent: list[Line] = [_bent_line(part) for part in parts]
    if sum(len(line) - 1 for line in bent) > _MOST_RUNS:
        return None
    if any(_is_better(part, *lines) for part, *lines in zip(parts, straight, bent, strict=True)):
        return bent
    return straight


def _is_better(part: _UnbrokenPart, straight: Line, bent: Line) -> bool:
    """Whether the bent line is nearer to the timestamps than chance explains."""
    far, near = (float((_residual(part, line) ** 2).sum()) for line in (straight, bent))
    return far - near > (_CHANCE * part.jitter) ** 2


def _common_slope(parts: Sequence[_UnbrokenPart]) -> float:
    """The slope that fits all parts best, each at its own level: seconds late per second of sound."""
    centred = [(part.at - part.at.mean(), part.late - part.late.mean()) for part in parts]
    weight = float(sum((at**2).sum() for at, _ in centred))
    return float(sum((at * late).sum() for at, late in centred)) / weight if weight else 0.0


def _bent_line(part: _UnbrokenPart) -> Line:
    """A line that bends with the timestamps: bends are added, each where it helps most, until chance explains
    the residual or it is inaudible."""
    places = [part.begin, part.end]
    while True:
        line = _line_through(part, places)
        residual, distance = _residual(part, line), _distance(part, line)
        bends = [
            _best_bend(part.at[inside], residual[inside], begin, end)
            for begin, end in pairwise(places)
            if end - begin >= 2 * _BEND
            for inside in [(part.at >= begin) & (part.at <= end)]
            if distance[inside].max(initial=0.0) > _LOOSE
        ]
        force, place = max(bends, default=(0.0, 0.0))
        if force <= _CHANCE * part.jitter or len(places) > _MOST_RUNS:
            return line
        places = sorted([*places, place])


def _best_bend(at: Floats, residual: Floats, begin: float, end: float) -> tuple[float, float]:
    """How much of the residual a bend between two knots explains, and where it explains most.

    The first is the length of the residual along the bend: noise of one frame gives as much noise of it.
    """
    line, _ = np.linalg.qr(np.stack([np.ones(len(at)), at - at.mean()], axis=1))
    low, high, best = begin + _BEND, end - _BEND, (0.0, (begin + end) / 2)
    for _ in range(2):
        places = np.linspace(low, high, _TRIED)
        roofs = np.stack([np.interp(at, [begin, place, end], [0.0, 1.0, 0.0]) for place in places], axis=1)
        roofs -= line @ (line.T @ roofs)
        force = np.abs(residual @ roofs) / np.maximum(np.linalg.norm(roofs, axis=0), 1e-9)
        best = max(best, (float(force.max()), float(places[force.argmax()])))
        step = (high - low) / (_TRIED - 1)
        low, high = max(low, best[1] - step), min(high, best[1] + step)
    return best


def _line_through(part: _UnbrokenPart, places: Sequence[float]) -> Line:
    """The line with knots at `places` that fits best."""
    hats = np.stack([np.interp(part.at, places, row) for row in np.eye(len(places))], axis=1)
    levels, *_ = np.linalg.lstsq(hats, part.late, rcond=None)
    return [(place, float(level)) for place, level in zip(places, levels, strict=True)]


def _residual(part: _UnbrokenPart, line: Line) -> Floats:
    """How late (s) each timestamp is, compared with a line."""
    return np.asarray(part.late - np.interp(part.at, [at for at, _ in line], [late for _, late in line]))


def _distance(part: _UnbrokenPart, line: Line) -> Floats:
    """How far (s) the timestamps lie from a line, smoothed over a second around each, or over the whole
    part."""
    half = max(1, min(len(part.at), round(_SMOOTH * len(part.at) / max(part.end - part.begin, 1e-9)))) // 2
    sums = np.concatenate(([0.0], np.cumsum(_residual(part, line))))
    low = np.maximum(np.arange(len(part.at)) - half, 0)
    high = np.minimum(np.arange(len(part.at)) + half + 1, len(part.at))
    distance: Floats = np.abs((sums[high] - sums[low]) / (high - low))
    return distance
