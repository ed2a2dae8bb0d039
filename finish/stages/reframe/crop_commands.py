"""Where the crop stands in every frame, and the commands that move it there."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from finish.graph import FrameSteps, PayloadBytes, commands
from finish.stages.reframe.camera_path import CameraPath, Floats
from finish.units import Span, digest, first_frame


@dataclass(frozen=True)
class Panel:
    """A window by its middle, and its width: shares of the picture's sides."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class CropLeg:
    """A path that holds from the frame that shows `start` (s) until `end`, else until the next leg's; or all of the picture, where it is
    to `fit`; or its `panels`, one above the other; or a `wide` window around a path that stands, with a background above and below."""

    start: Fraction
    path: CameraPath
    end: Fraction | None = None
    fit: bool = False
    panels: tuple[Panel, ...] = ()
    wide: bool = False

    @property
    def cropped(self) -> bool:
        """Whether the path is what shows."""
        return not (self.fit or self.panels or self.wide)


@dataclass(frozen=True)
class CropOffsets(FrameSteps):
    """Offsets in whole pixels, the value of a crop's x or y: from frame `runs[k][0]` on it stands at `runs[k][1]`."""

    rate: Fraction
    runs: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        return self.runs[0][1]

    @property
    def digest(self) -> str:
        return digest(str(self.rate), repr(self.runs))

    def at(self, frame: int) -> int:
        """The offset in a frame; before the first and after the last change it stands."""
        return self.runs[max(0, bisect_right(self.runs, (frame, math.inf)) - 1)][1]

    def during(self, span: Span) -> CropOffsets:
        """The same from the first frame of `span` to its last."""
        start, end = round(span.start * self.rate), round(span.end * self.rate)
        return replace(
            self, runs=((start, self.at(start)), *(each for each in self.runs if start < each[0] < end))
        )

    def later(self, by: Fraction) -> CropOffsets:
        """The same on a clock that is ahead by `by` seconds, a whole number of frames."""
        return replace(
            self, runs=tuple((frame + round(by * self.rate), offset) for frame, offset in self.runs)
        )

    def commands(self, target: str, option: str) -> PayloadBytes:
        """One line per change, half a frame early: a stamp on the frame's own time is rounded past it half of the time."""
        return commands(
            target,
            option,
            [((frame - Fraction(1, 2)) / self.rate, offset) for frame, offset in self.runs[1:]],
        )

    def content(self) -> bytes:
        return self.commands("crop", "x").data


def overlaid(legs: Sequence[CropLeg], over: Sequence[CropLeg]) -> list[CropLeg]:
    """`legs` with those in `over` in their place, each to its own end."""
    ends = [leg.end for leg in over if leg.end is not None]
    result = []
    for mark in sorted({*(leg.start for leg in (*legs, *over)), *ends}):
        below = [leg for leg in legs if leg.start <= mark][-1]
        above = [leg for leg in over if leg.start <= mark and (leg.end is None or mark < leg.end)]
        chosen = (above or [below])[0]
        result.append(CropLeg(mark, chosen.path, fit=chosen.fit, panels=chosen.panels, wide=chosen.wide))
    return result


def positions(legs: Sequence[CropLeg], frames: int, rate: Fraction) -> Floats:
    """The position in every frame; legs start in order, the first at 0."""
    times = np.arange(frames) / float(rate)
    return np.concatenate(
        [leg.path.at(times[start:end]) for leg, (start, end) in _framed(legs, frames, rate)]
    )


def numbers(legs: Sequence[CropLeg], frames: int, rate: Fraction) -> Floats:
    """For every frame the number of the leg that it is of."""
    return np.concatenate(
        [np.full(end - start, number) for number, (_, (start, end)) in enumerate(_framed(legs, frames, rate))]
    )


def _framed(
    legs: Sequence[CropLeg], frames: int, rate: Fraction
) -> Iterator[tuple[CropLeg, tuple[int, int]]]:
    """Each leg with the frames from which until which it holds."""
    starts = [min(frames, max(0, first_frame(leg.start, rate))) for leg in legs]
    yield from zip(legs, pairwise([*starts, frames]), strict=True)


def runs(offsets: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """(frame, offset) wherever the offset changes, the first frame included."""
    changes = [0, *(index for index, (one, other) in enumerate(pairwise(offsets), start=1) if one != other)]
    return tuple((index, int(offsets[index])) for index in changes)
