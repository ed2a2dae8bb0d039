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

# s, sigma of a Gaussian. House value: slower changes are intended light, faster ones are flicker.
_SLOW: Final = 0.25
SEEN: Final = 0.02  # stops of light, RMS: 1.4 %; less isn't corrected
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
    """The gain of each frame in stops of code values, from the frame's own time on (s, on its stream's clock).

    Commands to FFmpeg are `early` by half a frame, far from where clocks round.
    """

    steps: tuple[tuple[Fraction, float], ...]
    early: Fraction

    @property
    def first(self) -> float:
        return self.steps[0][1]

    @cached_property
    def digest(self) -> str:
        return digest(str(self.early), repr(self.steps))

    def during(self, span: Span) -> FrameGains | None:
        """The frames of `span` and those shortly before it, one of which may be held into it; None if all gains are 0."""
        times = [time for time, _ in self.steps]
        kept = self.steps[
            max(0, bisect_left(times, span.start - _LOOK_BACK) - 1) : bisect_left(times, span.end)
        ]
        return replace(self, steps=kept) if any(gain for _, gain in kept) else None

    def later(self, by: Fraction) -> FrameGains:
        return replace(self, steps=tuple((time + by, gain) for time, gain in self.steps))

    def commands(self, target: str, option: str) -> PayloadBytes:
        return commands(target, option, [(time - self.early, gain) for time, gain in self.steps[1:]])

    def content(self) -> bytes:
        return self.commands("exposure", "exposure").data


def shot_flicker(facts: FlickerFacts, cuts: Sequence[Fraction]) -> tuple[FlickerShot, ...]:
    """The flicker of each shot."""
    return tuple(
        FlickerShot(start, float(np.sqrt((over**2).mean())) * GAMMA)
        for start, _, over in _shots(facts, cuts)
        if len(over)
    )


def gains(facts: FlickerFacts, cuts: Sequence[Fraction], early: Fraction) -> FrameGains | None:
    """The gains that make shots steady that flicker visibly; None if no shot does."""
    steps: list[tuple[Fraction, float]] = []
    for _, times, over in _shots(facts, cuts):
        visible = len(over) and np.sqrt((over**2).mean()) * GAMMA >= SEEN
        correction = (
            np.clip(-over, -_MOST / GAMMA, _MOST / GAMMA).round(_DECIMALS).tolist()
            if visible
            else [0.0] * len(over)
        )
        steps += zip(times, correction, strict=True)
    return FrameGains(tuple(steps), early) if any(gain for _, gain in steps) else None


def _shots(
    facts: FlickerFacts, cuts: Sequence[Fraction]
) -> Iterator[tuple[Fraction, Sequence[Fraction], Floats]]:
    """Each shot's start, the times of its frames, and by how many stops of code values each is above its slow changes."""
    times = facts.times
    for start, end in pairwise((Fraction(0), *cuts, None)):
        assert start is not None
        first, last = bisect_left(times, start), len(times) if end is None else bisect_left(times, end)
        course = np.cumsum([0.0, *facts.changes[first + 1 : last]])[: last - first]
        yield start, times[first:last], course - _slow(course, times[first:last])


def _slow(course: Floats, times: Sequence[Fraction]) -> Floats:
    """The course, smoothed: at each frame, a line fitted to the frames around it, weighted by distance. A steady rise stays."""
    if len(course) < 3:
        return course
    rate = (len(times) - 1) / float(times[-1] - times[0])
    reach = max(1, round(3 * _SLOW * rate))
    away = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (away / (_SLOW * rate)) ** 2)

    def around(values: Floats, power: int) -> Floats:
        """Σ weight · distance^power · value, over the frames around each."""
        return np.convolve(values, weights * (-away) ** power, "full")[reach : reach + len(values)]

    ones = np.ones(len(course))
    s0, s1, s2 = (around(ones, power) for power in (0, 1, 2))
    t0, t1 = (around(course, power) for power in (0, 1))
    return np.asarray((s2 * t0 - s1 * t1) / (s2 * s0 - s1**2))
