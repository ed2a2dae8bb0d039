"""Where the crop stands in every frame, and the commands that move it there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import numpy as np

from finish.stages.reframe.path import Floats, Path
from finish.units import digest, number

Axis = Literal["x", "y"]


@dataclass(frozen=True)
class Leg:
    """A path that holds from the frame that shows `start` (s) until `end`, else until the next leg's."""

    start: Fraction
    path: Path
    end: Fraction | None = None


@dataclass(frozen=True)
class Moves:
    """Offsets in whole pixels as a payload for `sendcmd`: from frame `runs[k][0]` on the crop stands at `runs[k][1]`."""

    target: str
    axis: Axis
    rate: Fraction
    runs: tuple[tuple[int, int], ...]

    @property
    def suffix(self) -> str:
        return ".cmd"

    @property
    def digest(self) -> str:
        return digest(self.target, self.axis, str(self.rate), repr(self.runs))

    def content(self) -> bytes:
        """One line per change, half a frame early: a stamp on the frame's own time is rounded past it half of the time.

        Each line ends where the next begins: FFmpeg looks at every line that is still open in every frame.
        """
        stamps = [number((frame - Fraction(1, 2)) / self.rate) for frame, _ in self.runs[1:]]
        spans = [*(f"{start}-{end}" for start, end in pairwise(stamps)), *stamps[-1:]]
        lines = (f"{span} {self.target} {self.axis} {offset};\n" for span, (_, offset) in zip(spans, self.runs[1:], strict=True))
        return "".join(lines).encode()


def label(*parts: str) -> str:
    """A name that only the same commands on the same stream have."""
    return digest(*parts)[:12]


def first_frame(time: Fraction, rate: Fraction) -> int:
    """The frame of a grid that first shows what the source shows from `time` (s) on: `fps` rounds to the nearest, halves up."""
    return math.floor(time * rate + Fraction(1, 2))


def overlaid(legs: Sequence[Leg], over: Sequence[Leg]) -> list[Leg]:
    """`legs` with those in `over` in their place, each to its own end."""
    ends = [leg.end for leg in over if leg.end is not None]
    result = []
    for mark in sorted({*(leg.start for leg in (*legs, *over)), *ends}):
        below = [leg for leg in legs if leg.start <= mark][-1]
        above = [leg for leg in over if leg.start <= mark and (leg.end is None or mark < leg.end)]
        result.append(Leg(mark, (above or [below])[0].path))
    return result


def positions(legs: Sequence[Leg], frames: int, rate: Fraction) -> Floats:
    """The position in every frame; legs start in order, the first at 0."""
    times = np.arange(frames) / float(rate)
    starts = [min(frames, max(0, first_frame(leg.start, rate))) for leg in legs]
    return np.concatenate([leg.path.at(times[start:end]) for leg, (start, end) in zip(legs, pairwise([*starts, frames]), strict=True)])


def runs(offsets: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """(frame, offset) wherever the offset changes, the first frame included."""
    changes = [0, *(index for index, (one, other) in enumerate(pairwise(offsets), start=1) if one != other)]
    return tuple((index, int(offsets[index])) for index in changes)
