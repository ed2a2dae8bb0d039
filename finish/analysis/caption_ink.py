"""Where the ink of captions is, before anything is rendered.

The captions are drawn on a flat picture, and compared with that picture.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from finish.model import Analyser, Array, Frames
from finish.units import Box

_TAIL: Final = 2  # codes: a shadow's blur ends in less


@dataclass(frozen=True)
class InkOutside:
    """The times with ink outside the safe box, and how many pixels are outside."""

    outside: tuple[tuple[Fraction, int], ...] = ()


@dataclass(frozen=True)
class CaptionInk(Analyser[InkOutside]):
    """Whether captions keep to the safe box at `times` (frame times in order).

    Ask it with `against` the flat picture.
    """

    safe: Box
    times: tuple[Fraction, ...]

    version = 1

    @property
    def wants(self) -> Frames:
        return Frames("gray", at=self.times)

    def begin(self) -> _InkFold:
        return _InkFold(self)


class _InkFold:
    def __init__(self, question: CaptionInk) -> None:
        self._question, self._outside = question, list[tuple[Fraction, int]]()

    def add(self, time: Fraction, data: Array) -> None:
        """Two frames (2, height, width) uint8: with captions, and without."""
        safe = self._question.safe
        ink = np.abs(np.asarray(data[0], np.int16) - data[1]) > _TAIL
        ink[max(0, safe.top) : max(0, safe.bottom), max(0, safe.left) : max(0, safe.right)] = False
        if count := int(np.count_nonzero(ink)):
            self._outside.append((self._nearest(time), count))

    def result(self) -> InkOutside:
        return InkOutside(tuple(self._outside))

    def _nearest(self, time: Fraction) -> Fraction:
        """The planned time of a frame, whose own time a container may have rounded."""
        times = self._question.times
        at = bisect_left(times, time)
        return min(times[max(0, at - 1) : at + 1], key=lambda planned: abs(planned - time))
