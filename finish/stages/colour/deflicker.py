"""Flicker: how much a shot's brightness pumps, and the gains that make it steady."""

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
from finish.units import Span, digest, number

# House: slower changes than this (s, sigma of a Gaussian) are light that is meant; faster ones pump.
_SLOW: Final = 0.25
SEEN: Final = 0.02  # stops of light, RMS: 1.4 %; below it nothing is mended
_MOST: Final = 0.5  # stops of light: a flash stays one
_DECIMALS: Final = 4
_LOOK_BACK: Final = Fraction(1)  # s: a frame that is held on into a part may be so old


@dataclass(frozen=True)
class FlickerShot:
    """A shot from `start` (s): how much it pumps, RMS in stops of light."""

    start: Fraction
    stops: float


@dataclass(frozen=True)
class FrameGains(FrameSteps):
    """By how many stops of code values each frame is brightened, from its own time on (s, on its stream's clock).

    FFmpeg is told each `early`, half a frame, far from where clocks round.
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
        """The frames of `span` and those shortly before it, one of which may be held into it; None where nothing is done to any."""
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


def pumped(facts: FlickerFacts, cuts: Sequence[Fraction]) -> tuple[FlickerShot, ...]:
    """How much each shot pumps."""
    return tuple(
        FlickerShot(start, float(np.sqrt((over**2).mean())) * GAMMA)
        for start, _, over in _shots(facts, cuts)
        if len(over)
    )


def gains(facts: FlickerFacts, cuts: Sequence[Fraction], early: Fraction) -> FrameGains | None:
    """What makes the shots that pump visibly steady; None where none does."""
    steps: list[tuple[Fraction, float]] = []
    for _, times, over in _shots(facts, cuts):
        visible = len(over) and np.sqrt((over**2).mean()) * GAMMA >= SEEN
        done = (
            np.clip(-over, -_MOST / GAMMA, _MOST / GAMMA).round(_DECIMALS).tolist()
            if visible
            else [0.0] * len(over)
        )
        steps += zip(times, done, strict=True)
    return FrameGains(tuple(steps), early) if any(gain for _, gain in steps) else None


def told(found: Sequence[FlickerShot], *, mended: bool) -> str:
    """As "flicker: 2 of 5 shots pump, the worst at 4.00 s by 0.08 stops RMS: made steady"."""
    bad = [each for each in found if each.stops >= SEEN]
    worst = max(found, key=lambda each: each.stops, default=FlickerShot(Fraction(0), 0.0))
    at = f"the worst from {number(round(worst.start, 2))} s by {worst.stops:.3f} stops RMS"
    if not bad:
        return f"flicker: no shot pumps visibly ({at}, {SEEN:g} is seen)"
    done = "made steady" if mended else "left as it is (flicker: mend)"
    return f"flicker: {len(bad)} of {len(found)} shot{'s' * (len(found) > 1)} pump, {at}: {done}"


def _shots(
    facts: FlickerFacts, cuts: Sequence[Fraction]
) -> Iterator[tuple[Fraction, Sequence[Fraction], Floats]]:
    """Each shot's start, the times of its frames, and by how many stops of code values each is above its slow course."""
    times = facts.times
    for start, end in pairwise((Fraction(0), *cuts, None)):
        assert start is not None
        first, last = bisect_left(times, start), len(times) if end is None else bisect_left(times, end)
        course = np.cumsum([0.0, *facts.changes[first + 1 : last]])[: last - first]
        yield start, times[first:last], course - _slow(course, times[first:last])


def _slow(course: Floats, times: Sequence[Fraction]) -> Floats:
    """The course smoothed: at each frame a line through those around it, weighted by nearness, so that a steady rise stays one."""
    if len(course) < 3:
        return course
    rate = (len(times) - 1) / float(times[-1] - times[0])
    reach = max(1, round(3 * _SLOW * rate))
    away = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (away / (_SLOW * rate)) ** 2)

    def around(values: Floats, power: int) -> Floats:
        """Σ weight · distance^power · value, over the frames around each."""
        return np.convolve(values, weights * (-away) ** power, "full")[reach : reach + len(values)]

    every = np.ones(len(course))
    s0, s1, s2 = (around(every, power) for power in (0, 1, 2))
    t0, t1 = (around(course, power) for power in (0, 1))
    return np.asarray((s2 * t0 - s1 * t1) / (s2 * s0 - s1**2))
