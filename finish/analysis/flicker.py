"""How much brighter or darker each frame is than the one before it, wherever nothing moved: what flickers."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import SMALL_PICTURE, Analyser, Array

_CELLS: Final = 24  # each way
_LUMA: Final = np.array((0.0722, 0.7152, 0.2126), np.float32)  # of blue, green, red: BT.709
_TELLING: Final = (16, 240)  # code values; what is darker is noise, what is brighter may be clipped
_ENOUGH: Final = 0.1  # of the cells: fewer say nothing
_DECIMALS: Final = 4  # of a stop


@dataclass(frozen=True)
class FlickerFacts:
    """`times` (s) of all frames, and `changes`: by how many stops of code values each is brighter than the one before; the first by 0."""

    times: tuple[Fraction, ...]
    changes: tuple[float, ...]


@dataclass(frozen=True)
class Flicker(Analyser[FlickerFacts]):
    """From frame to frame, the median over a picture's parts of how much brighter they are: what moves is outvoted."""

    version = 1
    wants = SMALL_PICTURE

    def begin(self) -> FlickerMeter:
        return FlickerMeter()


@dataclass
class FlickerMeter:
    """What has been seen so far."""

    _times: list[Fraction] = field(default_factory=list)
    _changes: list[float] = field(default_factory=list)
    _last: NDArray[np.float32] | None = None

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        import cv2

        rows, columns = (min(_CELLS, side) for side in data.shape[:2])
        cells = cv2.resize(data, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32) @ _LUMA
        self._times.append(time)
        self._changes.append(0.0 if self._last is None else _brighter(self._last, cells))
        self._last = cells

    def result(self) -> FlickerFacts:
        return FlickerFacts(tuple(self._times), tuple(self._changes))


def _brighter(before: NDArray[np.float32], now: NDArray[np.float32]) -> float:
    low, high = np.minimum(before, now), np.maximum(before, now)
    telling = (low > _TELLING[0]) & (high < _TELLING[1])
    if np.count_nonzero(telling) < _ENOUGH * telling.size:
        return 0.0
    return round(float(np.median(np.log2(now[telling] / before[telling]))), _DECIMALS)
