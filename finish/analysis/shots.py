"""Where one shot ends and the next begins, on the very frame: how much of the lit picture changes from frame to frame."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import SMALL_PICTURE, Analyser, Array

# Chosen on 2,900 frames of real footage (promo, street, film, phone, animation) with 25 cuts: a cut changes 31 to 67 % of the
# picture, 2.5 to 60,000 times as much as the frames around it; the fastest pan or passer-by 25 %, but 1.2 times as much as
# its neighbours; a lower third that pops in 8 %.
CHANGED: Final = 0.15  # share of the lit picture
ABRUPT: Final = (
    1.75  # times the second largest change nearby (the largest may be half of the same cut, blended)
)
NEARBY: Final = Fraction(1, 10)  # s, either way
SHORTEST: Final = Fraction(1, 5)  # s; AutoFlip's min_shot_span
FLASH: Final = Fraction(1, 4)  # s; a picture that is back within this was never cut away from

_LONG_SIDE: Final = 96  # pixels, at least: film grain and a hand-held shake average out
_LIT: Final = 16  # code value; black bars, and what codecs make of them, say nothing
_FLOOR: Final = (
    24  # code values added to the brightness that a change is a share of: noise in the dark is none
)

Picture = NDArray[np.float32]


@dataclass(frozen=True)
class ShotFacts:
    """`cuts` are the times (s) of the first frame of every shot but the first, ascending; `frames` is how many were seen."""

    cuts: tuple[Fraction, ...]
    frames: int


@dataclass(frozen=True)
class Shots(Analyser[ShotFacts]):
    """The cuts of a picture; dissolves and flashes are none."""

    version = 1
    wants = SMALL_PICTURE

    def begin(self) -> CutDetector:
        return CutDetector()


class CutDetector:
    """Frame-to-frame changes so far; of the pictures only those before the last quarter second's large changes are kept."""

    def __init__(self) -> None:
        self._times: list[Fraction] = []
        self._changes: list[float] = []
        # Frame after every large change → the frame at which the picture from before it was back, None while it is not.
        self._back: dict[int, int | None] = {}
        self._before: dict[int, Picture] = {}
        self._last: Picture | None = None

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        picture, number = shrunk(data), len(self._times)
        for index, before in list(self._before.items()):
            if time - self._times[index] > FLASH or self._back[index]:
                del self._before[index]
            elif changed(before, picture) < CHANGED:
                self._back[index] = number
        change = 0.0 if self._last is None else changed(self._last, picture)
        if self._last is not None and change >= CHANGED:
            self._back[number], self._before[number] = None, self._last
        self._times.append(time)
        self._changes.append(change)
        self._last = picture

    def result(self) -> ShotFacts:
        cuts: list[Fraction] = []
        settled = 0
        for index, back in self._back.items():
            time = self._times[index]
            if index <= settled or time - (cuts[-1] if cuts else self._times[0]) < SHORTEST:
                continue
            if back:
                settled = back
            elif self._abrupt(index):
                cuts.append(time)
        return ShotFacts(tuple(cuts), len(self._times))

    def _abrupt(self, index: int) -> bool:
        """Whether the change stands out: in fast motion every change is large."""
        low, high = (
            bisect_left(self._times, self._times[index] - NEARBY),
            bisect_right(self._times, self._times[index] + NEARBY),
        )
        around = sorted(self._changes[max(1, low) : index] + self._changes[index + 1 : high])
        return len(around) < 2 or self._changes[index] >= ABRUPT * around[-2]


def shrunk(data: Array) -> Picture:
    """The picture averaged over whole blocks, (3, height, width): its long side keeps at least `_LONG_SIDE` pixels."""
    block = max(1, max(data.shape[:2]) // _LONG_SIDE)
    down, across = min(block, data.shape[0]), min(block, data.shape[1])
    total = _summed(_summed(data, down).swapaxes(0, 1), across).swapaxes(0, 1)
    return np.ascontiguousarray(total.transpose(2, 0, 1), np.float32) / np.float32(down * across)


def _summed(data: Array, block: int) -> NDArray[np.uint16]:
    """Sums over every `block` rows; eight times as fast as `mean` over a reshaped axis, and 16 bits hold 16 x 16 pixels."""
    whole = len(data) // block * block
    total = np.zeros((whole // block, *data.shape[1:]), np.uint16)
    for start in range(block):
        total += data[start:whole:block]
    return total


def changed(one: Picture, other: Picture) -> float:
    """The share (0 to 1) of the lit picture that differs: the largest change of a primary, relative to the brighter one."""
    bright = np.maximum(one.max(axis=0), other.max(axis=0))
    lit = bright >= _LIT
    if not lit.any():
        return 0.0
    return float(np.minimum(1, np.abs(one - other).max(axis=0) / (bright + _FLOOR))[lit].mean())
