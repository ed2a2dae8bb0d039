"""Flicker: how much a shot's brightness varies from frame to frame, and the gains that make it steady."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np

from finish.analysis.flicker import FlickerFacts
from finish.graph import FrameSteps, PayloadBytes, commands
from finish.stages.colour.difference import GAMMA
from finish.stages.colour.table import Floats
from finish.units import Span, digest

# s, sigma of a Gaussian. House value: slower changes are intended, faster ones are flicker.
_SLOW: Final = 0.25
VISIBLE: Final = 0.02  # stops of light, RMS: 1.4 %; less isn't corrected
_MOST: Final = 0.5  # stops of light: a flash stays a flash
_DECIMALS: Final = 4
_LOOK_BACK: Final = Fraction(1)  # s: the age of a frame that a cut may hold


@dataclass(frozen=True)
class FlickerShot:
    """A shot from `start` (s): its flicker, RMS in stops of light."""

    start: Fraction
    stops: float


@dataclass(frozen=True)
class FrameGains(FrameSteps):
    """The gain of each frame in stops of code values, from the frame's own time on (s, of its stream).

    Commands to FFmpeg are `early` by half a frame, far from where clocks round.
    """

    steps: tuple[tuple[Fraction, float], ...]
    early: Fraction

    @property
    def first(self) -> float:
        """The gain of the first frame."""
        return self.steps[0][1]

    @cached_property
    def digest(self) -> str:
        """The digest of all gains."""
        return digest(str(self.early), repr(self.steps))

    def slice(self, span: Span) -> FrameGains | None:
        """The gains in `span`, and before it as far as a frame may be held into it; None if all are 0."""
        times = [time for time, _ in self.steps]
        kept = self.steps[
            max(0, bisect_left(times, span.start - _LOOK_BACK) - 1) : bisect_left(times, span.end)
        ]
        return replace(self, steps=kept) if any(gain for _, gain in kept) else None

    def shift(self, by: Fraction) -> FrameGains:
        """The same gains on a clock that is ahead by `by` seconds."""
        return replace(self, steps=tuple((time + by, gain) for time, gain in self.steps))

    def commands(self, target: str, option: str) -> PayloadBytes:
        """One command per frame after the first."""
        return commands(target, option, [(time - self.early, gain) for time, gain in self.steps[1:]])

    def content(self) -> bytes:
        """The commands as FFmpeg's `sendcmd` reads them."""
        return self.commands("exposure", "exposure").data


def shot_flicker(facts: FlickerFacts, cuts: Sequence[Fraction]) -> tuple[FlickerShot, ...]:
    """The flicker of each shot."""
    return tuple(
        FlickerShot(start, float(np.sqrt((excess**2).mean())) * GAMMA)
        for start, _, excess in _shots(facts, cuts)
        if len(excess)
    )


def gains(facts: FlickerFacts, cuts: Sequence[Fraction], early: Fraction) -> FrameGains | None:
    """The gains that steady the shots that flicker visibly; None if no shot does."""
    steps: list[tuple[Fraction, float]] = []
    for _, times, excess in _shots(facts, cuts):
        visible = len(excess) and np.sqrt((excess**2).mean()) * GAMMA >= VISIBLE
        correction = (
            np.clip(-excess, -_MOST / GAMMA, _MOST / GAMMA).round(_DECIMALS).tolist()
            if visible
            else [0.0] * len(excess)
        )
        steps += zip(times, correction, strict=True)
    return FrameGains(tuple(steps), early) if any(gain for _, gain in steps) else None


def _shots(
    facts: FlickerFacts, cuts: Sequence[Fraction]
) -> Iterator[tuple[Fraction, Sequence[Fraction], Floats]]:
    """Each shot's start, the times of its frames, and their stops of code values above the slow changes."""
    times = facts.times
    for start, end in pairwise((Fraction(0), *cuts, None)):
        assert start is not None
        first, last = bisect_left(times, start), len(times) if end is None else bisect_left(times, end)
        brightness = np.cumsum([0.0, *facts.changes[first + 1 : last]])[: last - first]
        yield start, times[first:last], brightness - _smoothed(brightness, times[first:last])


def _smoothed(brightness: Floats, times: Sequence[Fraction]) -> Floats:
    """Brightness, smoothed: at each frame, a line fitted to the frames around it, weighted by distance.

    A steady rise stays as it is.
    """
    if len(brightness) < 3:
        return brightness
    rate = (len(times) - 1) / float(times[-1] - times[0])
    reach = max(1, round(3 * _SLOW * rate))
    away = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (away / (_SLOW * rate)) ** 2)

    def around(values: Floats, power: int) -> Floats:
        """Σ weight · distance^power · value, over the frames around each frame."""
        return np.convolve(values, weights * (-away) ** power, "full")[reach : reach + len(values)]

    ones = np.ones(len(brightness))
    s0, s1, s2 = (around(ones, power) for power in (0, 1, 2))
    t0, t1 = (around(brightness, power) for power in (0, 1))
    return np.asarray((s2 * t0 - s1 * t1) / (s2 * s0 - s1**2))
