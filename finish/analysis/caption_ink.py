"""Where the ink of captions lies, before anything is rendered: drawn on a flat picture, beside that picture without them."""

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
    """The times at which ink lies outside the safe box, and how many pixels of it."""

    outside: tuple[tuple[Fraction, int], ...] = ()


@dataclass(frozen=True)
class CaptionInk(Analyser[InkOutside]):
    """The question; put it with `against` the flat picture. `times` are frame times, in order."""

    safe: Box
    times: tuple[Fraction, ...]

    version = 1

    @property
    def wants(self) -> Frames:
        return Frames("gray", at=self.times)

    def begin(self) -> _Reaching:
        return _Reaching(self)


class _Reaching:
    def __init__(self, question: CaptionInk) -> None:
        self._question, self._outside = question, list[tuple[Fraction, int]]()

    def add(self, time: Fraction, data: Array) -> None:
        """Two frames, shape (2, height, width) uint8: with ink, and without."""
        safe = self._question.safe
        ink = np.abs(np.asarray(data[0], np.int16) - data[1]) > _TAIL
        ink[max(0, safe.top) : max(0, safe.bottom), max(0, safe.left) : max(0, safe.right)] = False
        if count := int(np.count_nonzero(ink)):
            self._outside.append((self._nearest(time), count))

    def result(self) -> InkOutside:
        return InkOutside(tuple(self._outside))

    def _nearest(self, time: Fraction) -> Fraction:
        """The asked time that a frame's own time, rounded by some container, stands for."""
        times = self._question.times
        at = bisect_left(times, time)
        return min(times[max(0, at - 1) : at + 1], key=lambda asked: abs(asked - time))
