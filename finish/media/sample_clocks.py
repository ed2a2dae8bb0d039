"""Where the samples of a sound track lie: what its decoder gives, counted, against the stamps that the
container puts on it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from finish.model import SOUND_RATE, SampleRun, SoundChange

Floats = NDArray[np.float64]

# House limits: a longer or finer track is not one that a clip has, and its stamps are then followed as they
# are.
_MOST_SECONDS: Final = 12 * 3600
_MOST_FRAMES: Final = 4_000_000
_MOST_RUNS: Final = 100
_MOST_CHANGES: Final = 64
_FARTHEST: Final = 3600.0  # s; stamps that leap farther are another clock's, no gap

# House, in s. Less is heard by nobody: BT.1359 puts the least lead or lag that anyone notices at 15 ms; 1 ms
# is what is delivered.
_GAP: Final = 0.002  # a shift of stamps that lasts and is larger is a gap or an overlap …
_TICKS: Final = 2.5  # … of more than what rounding to ticks can make of two neighbours
_SURE: Final = 0.05  # one so large needs no further frames to be believed
_DRIFT, _START = 0.0004, 0.0006  # how far counted samples may end, and begin, from their stamps
_LOOSE: Final = 0.0006  # how far smoothed stamps may lie from the fit before it bends
_SMOOTH: Final = 1.0  # over which stamps are smoothed: a clock in milliseconds, or a busy recorder, jitters
_CHANCE: Final = 5.0  # standard deviations that a bend of jitter alone does not reach: one in 2e6 does
_TRIED: Final = 17  # places where a bend is tried, and again around the best of them
_BEND: Final = 2.0  # the shortest stretch with a speed of its own
_ENOUGH: Final = 4_000  # moments that a fit is made of
_AROUND: Final = 8  # frames on either side of a shift that say whether it lasts
_OUTLIER: Final = 6.0  # times the usual jitter


@dataclass
class TrackFrames:
    """The frames of one track, as they are decoded."""

    stamps: array[int] = field(default_factory=lambda: array("q"))
    counts: array[int] = field(default_factory=lambda: array("q"))
    changes: list[SoundChange] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)  # the number of the first frame of each change
    channels: int = 0
    base: Fraction | None = None
    samples: int = 0
    whole: bool = True

    def add(self, frame: Any) -> None:
        """One decoded frame (PyAV's)."""
        rate, layout = int(frame.sample_rate), str(frame.layout.name)
        if not self.changes or (rate, layout) != (self.changes[-1].rate, self.changes[-1].layout):
            self._changed(frame, rate, layout)
        self.base = self.base or frame.time_base
        if frame.pts is None or frame.time_base != self.base:
            self.whole = False
            return
        self.stamps.append(frame.pts)
        self.counts.append(frame.samples)
        self.samples += frame.samples
        self.whole = len(self.stamps) < _MOST_FRAMES and self.samples < _MOST_SECONDS * max(1, rate)

    def _changed(self, frame: Any, rate: int, layout: str) -> None:
        time = Fraction(0) if frame.pts is None or not frame.time_base else frame.pts * frame.time_base
        names = tuple(str(channel.name) for channel in frame.layout.channels)
        self.channels = self.channels or len(names)
        self.changes.append(SoundChange(time, rate, layout, placed(names)))
        self.begins.append(len(self.stamps))
        self.whole = self.whole and len(self.changes) <= _MOST_CHANGES

    @property
    def fit(self) -> SampleRuns:
        """Where the samples lie by their smoothed stamps; nothing where counting from the first stamp says
        the same, or nothing is known.

        Samples of a sound whose rate changes are counted at 48 kHz.
        """
        if not self.whole or not self.changes or len(self.stamps) < 2 or not self.base:
            return SampleRuns()
        rate = self.changes[0].rate if len(self.changes) == 1 else SOUND_RATE
        times = np.frombuffer(self.stamps, np.int64).astype(np.float64) * float(self.base)
        counts = np.frombuffer(self.counts, np.int64).astype(np.float64)
        for change, (first, over) in zip(self.changes, pairwise([*self.begins, len(counts)]), strict=True):
            counts[first:over] *= rate / max(1, change.rate)
        return fitted(times, counts, rate, float(self.base))


@dataclass(frozen=True)
class SampleRuns:
    """The runs of a track; `torn`: there are more gaps or bends than are listed."""

    runs: tuple[SampleRun, ...] = ()
    torn: bool = False


def placed(names: Sequence[str]) -> tuple[str, ...]:
    """The places of channels of these names; none where FFmpeg knows only their number."""
    return () if "NONE" in names else tuple(names)


def fitted(times: Floats, counts: Floats, rate: int, tick: float) -> SampleRuns:
    """The runs of frames with these stamps (s, whole `tick`s) and sample counts; none where the first
    stamp and the count say it all."""
    before = np.concatenate(([0.0], np.cumsum(counts)[:-1]))
    late = times - before / rate
    if np.abs(np.diff(late)).max(initial=0.0) > _FARTHEST:
        return SampleRuns()
    breaks = _breaks(late, tick)
    if len(breaks) + 1 > _MOST_RUNS:
        return SampleRuns(torn=True)
    parts = [
        _UnbrokenRun(
            *_thin(before[one:other] / rate, late[one:other]),
            float(before[one]) / rate,
            float(before[other - 1] + counts[other - 1]) / rate,
        )
        for one, other in pairwise([0, *breaks, len(late)])
    ]
    knots = _knots(parts)
    if knots is None:
        return SampleRuns(torn=True)
    found = tuple(run for part, known in zip(parts, knots, strict=True) for run in part.runs(known, rate))
    return (
        SampleRuns()
        if _plain(found, times[0], rate) or not all(_likely(run, rate) for run in found)
        else SampleRuns(found)
    )


def _likely(run: SampleRun, rate: int) -> bool:
    """Whether a clock can have made it; other stamps say nothing."""
    return run.samples > 0 and 1 <= 2 * run.seconds * rate / run.samples <= 4


def _plain(runs: Sequence[SampleRun], first: float, rate: int) -> bool:
    if len(runs) != 1:
        return False
    drift = float(runs[0].seconds) - runs[0].samples / rate
    return abs(drift) <= _DRIFT and abs(float(runs[0].start) - first) <= _START


def _breaks(late: Floats, tick: float) -> list[int]:
    """The first frame after every shift of stamps against samples that lasts."""
    jumps = np.diff(late)
    middle = float(np.median(jumps))
    least = max(_GAP, _TICKS * tick, _OUTLIER * 1.5 * float(np.median(np.abs(jumps - middle))))
    usual = float(jumps[np.abs(jumps - middle) <= least].mean())  # a median of whole ticks is no drift
    found: list[int] = []
    for at in np.flatnonzero(np.abs(jumps - usual) > least):
        if _lasts(late, int(at), float(jumps[at]) - usual, usual, least):
            found.append(int(at) + 1)
    return _apart(found, np.abs(jumps - usual))


def _lasts(late: Floats, at: int, jump: float, slope: float, least: float) -> bool:
    """Whether the frames after a jump stay where it brought them."""
    before = late[max(0, at - _AROUND + 1) : at + 1]
    after = late[at + 1 : at + 1 + _AROUND]
    if len(after) < 3 and abs(jump) < _SURE:
        return False
    drift = slope * (len(before) + len(after)) / 2
    shift = float(np.median(after) - np.median(before)) - drift
    return shift * jump > 0 and abs(shift) > least and abs(shift) >= abs(jump) / 2


def _apart(breaks: Sequence[int], sizes: Floats) -> list[int]:
    """Of breaks within three frames the largest: one gap, with jitter beside it."""
    kept: list[int] = []
    for each in breaks:
        if kept and each - kept[-1] <= 3 and sizes[each - 1] < _SURE:
            kept[-1] = max(kept[-1], each, key=lambda at: sizes[at - 1])
        else:
            kept.append(each)
    return kept


@dataclass(frozen=True)
class _UnbrokenRun:
    """Frames without a break: seconds of sound before each (`at`), how late its stamp is, and where the
    first begins and the last ends."""

    at: Floats
    late: Floats
    begin: float
    end: float

    @property
    def jitter(self) -> float:
        """The standard deviation of a stamp, by what differs from one to the next."""
        return float(np.std(np.diff(self.late))) / math.sqrt(2) if len(self.late) > 2 else 0.0

    def runs(self, knots: Sequence[tuple[float, float]], rate: int) -> Iterator[SampleRun]:
        """The stretches between knots: (s of sound, s late)."""
        for (one, early), (other, later) in pairwise(knots):
            first, last = round(one * rate), round(other * rate)
            start = one + early
            yield SampleRun(_exact(start), _exact(other + later) - _exact(start), last - first)


def _thin(at: Floats, late: Floats) -> tuple[Floats, Floats]:
    """Means of neighbours, where there are more frames than a fit needs."""
    each = -(-len(at) // _ENOUGH)
    whole = len(at) // each * each
    thin = [row[:whole].reshape(-1, each).mean(axis=1) for row in (at, late)]
    return thin[0], thin[1]


def _exact(seconds: float) -> Fraction:
    """To a tenth of a microsecond."""
    return Fraction(round(seconds * 10**7), 10**7)


def _knots(parts: Sequence[_UnbrokenRun]) -> list[list[tuple[float, float]]] | None:
    """How late the smoothed stamps are where each part begins and ends, and in between where they bend; None
    where they bend too often.

    One clock made them all, so one speed is tried for all parts first.
    """
    slope = _common(parts)
    straight = [
        [(part.begin, level + slope * part.begin), (part.end, level + slope * part.end)]
        for part in parts
        for level in [float(np.mean(part.late - slope * part.at))]
    ]
    if all(_off(part, known).max() <= _LOOSE for part, known in zip(parts, straight, strict=True)):
        return straight
    bent = [_bent(part) for part in parts]
    if sum(len(each) - 1 for each in bent) > _MOST_RUNS:
        return None
    return bent if any(_nearer(*each) for each in zip(parts, straight, bent, strict=True)) else straight


def _nearer(
    part: _UnbrokenRun, one: Sequence[tuple[float, float]], other: Sequence[tuple[float, float]]
) -> bool:
    """Whether the second of two lines is nearer to the stamps than chance makes it."""
    far, near = (float((_rest(part, known) ** 2).sum()) for known in (one, other))
    return far - near > (_CHANCE * part.jitter) ** 2


def _common(parts: Sequence[_UnbrokenRun]) -> float:
    """The slope that fits all parts best, each at its own level: seconds late for each second of sound."""
    centred = [(part.at - part.at.mean(), part.late - part.late.mean()) for part in parts]
    weight = float(sum((at**2).sum() for at, _ in centred))
    return float(sum((at * late).sum() for at, late in centred)) / weight if weight else 0.0


def _bent(part: _UnbrokenRun) -> list[tuple[float, float]]:
    """A line that bends where the stamps do: one bend more, where it helps most, until the rest is what
    chance makes or nobody hears."""
    places = [part.begin, part.end]
    while True:
        known = _through(part, places)
        rest, off = _rest(part, known), _off(part, known)
        bends = [
            _bend(part.at[inside], rest[inside], one, other)
            for one, other in pairwise(places)
            if other - one >= 2 * _BEND
            for inside in [(part.at >= one) & (part.at <= other)]
            if off[inside].max(initial=0.0) > _LOOSE
        ]
        force, place = max(bends, default=(0.0, 0.0))
        if force <= _CHANCE * part.jitter or len(places) > _MOST_RUNS:
            return known
        places = sorted([*places, place])


def _bend(at: Floats, rest: Floats, one: float, other: float) -> tuple[float, float]:
    """How much a bend between two others explains, and where it explains most.

    The first is the length of what is left of a line along the bend, so noise of each frame gives as much
    noise of it.
    """
    line, _ = np.linalg.qr(np.stack([np.ones(len(at)), at - at.mean()], axis=1))
    low, high, best = one + _BEND, other - _BEND, (0.0, (one + other) / 2)
    for _ in range(2):
        places = np.linspace(low, high, _TRIED)
        roofs = np.stack([np.interp(at, [one, place, other], [0.0, 1.0, 0.0]) for place in places], axis=1)
        roofs -= line @ (line.T @ roofs)
        force = np.abs(rest @ roofs) / np.maximum(np.linalg.norm(roofs, axis=0), 1e-9)
        best = max(best, (float(force.max()), float(places[force.argmax()])))
        step = (high - low) / (_TRIED - 1)
        low, high = max(low, best[1] - step), min(high, best[1] + step)
    return best


def _through(part: _UnbrokenRun, places: Sequence[float]) -> list[tuple[float, float]]:
    """The line with bends at `places` that fits best."""
    hats = np.stack([np.interp(part.at, places, row) for row in np.eye(len(places))], axis=1)
    levels, *_ = np.linalg.lstsq(hats, part.late, rcond=None)
    return [(place, float(level)) for place, level in zip(places, levels, strict=True)]


def _columns(known: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [at for at, _ in known], [late for _, late in known]


def _rest(part: _UnbrokenRun, known: Sequence[tuple[float, float]]) -> Floats:
    """How late each stamp is beside a line."""
    return np.asarray(part.late - np.interp(part.at, *_columns(known)))


def _off(part: _UnbrokenRun, known: Sequence[tuple[float, float]]) -> Floats:
    """How far the stamps lie from a line (s), smoothed over a second around each, or over as much as there
    is."""
    half = max(1, min(len(part.at), round(_SMOOTH * len(part.at) / max(part.end - part.begin, 1e-9)))) // 2
    sums = np.concatenate(([0.0], np.cumsum(_rest(part, known))))
    low = np.maximum(np.arange(len(part.at)) - half, 0)
    high = np.minimum(np.arange(len(part.at)) + half + 1, len(part.at))
    off: Floats = np.abs((sums[high] - sums[low]) / (high - low))
    return off
