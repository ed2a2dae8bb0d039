"""The crop's offset in every frame, and the FFmpeg commands that set it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from finish.graph import FrameSteps, PayloadBytes, commands
from finish.units import Span, digest


@dataclass(frozen=True)
class CropOffsets(FrameSteps):
    """A crop's x or y in whole pixels: from frame `runs[k][0]` on, it is `runs[k][1]`."""

    rate: Fraction
    runs: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        return self.runs[0][1]

    @property
    def digest(self) -> str:
        return digest(str(self.rate), repr(self.runs))

    def at(self, frame: int) -> int:
        """The offset in a frame; constant before the first change and after the last."""
        return self.runs[max(0, bisect_right(self.runs, (frame, math.inf)) - 1)][1]

    def slice(self, span: Span) -> CropOffsets:
        """The offsets from the first frame of `span` to its last."""
        start, end = round(span.start * self.rate), round(span.end * self.rate)
        return replace(
            self, runs=((start, self.at(start)), *(run for run in self.runs if start < run[0] < end))
        )

    def shift(self, by: Fraction) -> CropOffsets:
        """The same offsets on a clock that is ahead by `by` seconds, a whole number of frames."""
        return replace(
            self, runs=tuple((frame + round(by * self.rate), offset) for frame, offset in self.runs)
        )

    def commands(self, target: str, option: str) -> PayloadBytes:
        """One command per change, half a frame early, because FFmpeg rounds half of all times up."""
        return commands(
            target,
            option,
            [((frame - Fraction(1, 2)) / self.rate, offset) for frame, offset in self.runs[1:]],
        )

    def content(self) -> bytes:
        return self.commands("crop", "x").data


def runs(offsets: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """(frame, offset) for the first frame and for every frame whose offset differs from the one before."""
    changes = [0, *(index for index, (one, other) in enumerate(pairwise(offsets), start=1) if one != other)]
    return tuple((index, int(offsets[index])) for index in changes)
