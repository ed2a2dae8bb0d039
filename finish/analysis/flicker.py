"""Flicker: how much brighter or darker each frame is than the one before it, where nothing moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import SMALL_PICTURE, Analyser, Array

_CELLS: Final = 24  # each way
_LUMA: Final = np.array((0.0722, 0.7152, 0.2126), np.float32)  # weights of blue, green, red: BT.709
_USABLE: Final = (16, 240)  # code values; darker cells are noise, brighter ones may be clipped
_ENOUGH: Final = 0.1  # of the cells must be usable
_DECIMALS: Final = 4  # of a stop


@dataclass(frozen=True)
class FlickerFacts:
    """The `times` (s) of all frames, and the change of brightness of each (stops of code values).

    The first change is 0.
    """

    times: tuple[Fraction, ...]
    changes: tuple[float, ...]


@dataclass(frozen=True)
class Flicker(Analyser[FlickerFacts]):
    """The change of brightness from frame to frame: the median over cells, so that motion is outvoted."""

    version = 1
    wants = SMALL_PICTURE

    def begin(self) -> FlickerMeter:
        return FlickerMeter()


@dataclass
class FlickerMeter:
    """The frames so far."""

    _times: list[Fraction] = field(default_factory=list)
    _changes: list[float] = field(default_factory=list)
    _last: NDArray[np.float32] | None = None

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        import cv2

        rows, columns = (min(_CELLS, side) for side in data.shape[:2])
        cells = cv2.resize(data, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32) @ _LUMA
        self._times.append(time)
        self._changes.append(0.0 if self._last is None else _brightening(self._last, cells))
        self._last = cells

    def result(self) -> FlickerFacts:
        return FlickerFacts(tuple(self._times), tuple(self._changes))


def _brightening(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """How much brighter the cells become (stops), in the median; 0 where too few are usable."""
    low, high = np.minimum(before, after), np.maximum(before, after)
    usable = (low > _USABLE[0]) & (high < _USABLE[1])
    if np.count_nonzero(usable) < _ENOUGH * usable.size:
        return 0.0
    return round(float(np.median(np.log2(after[usable] / before[usable]))), _DECIMALS)
