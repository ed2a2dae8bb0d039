"""Whether captions stand where they may: the delivered picture against the same plan uncaptioned, in each card's middle frame."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import Array, Frames
from finish.units import Box

# Blocks of 4 × 4 pixels are compared by their means: the transform of H.264 has no smaller block, so the coder keeps such a mean
# far better than a pixel. PROVISIONAL
BLOCK: Final = 4
CODES: Final = 24  # of 255: house value, a tenth of the range is what a viewer sees at a glance


@dataclass(frozen=True)
class Shown:
    """One card: a frame time on which it shows, and the box in which its ink stands."""

    time: Fraction
    box: Box


@dataclass(frozen=True)
class Clear:
    """`outside`: pixels over the threshold outside the safe box, summed over the frames; `missing`: cards without ink in their box."""

    outside: int
    missing: int


@dataclass(frozen=True)
class Clearance:
    """The question; put it with `against` the uncaptioned picture. Frames that never come count as missing cards."""

    safe: Box
    cards: tuple[Shown, ...]
    codes: int = CODES

    @property
    def version(self) -> int:
        return 1

    @property
    def wants(self) -> Frames:
        return Frames("gray", at=tuple(sorted({card.time for card in self.cards})))

    @property
    def facts(self) -> type[Clear]:
        return Clear

    def begin(self) -> _Compared:
        return _Compared(self)


class _Compared:
    def __init__(self, question: Clearance) -> None:
        self._question, self._outside = question, 0
        self._times = question.wants.at or ()
        self._waiting = list(question.cards)

    def add(self, time: Fraction, data: Array) -> None:
        """One pair of frames, shape (2, height, width) uint8: the delivered one first."""
        ink = _ink(data, self._question.codes)
        safe = self._question.safe
        inside = np.zeros(ink.shape, bool)
        inside[max(0, safe.top):max(0, safe.bottom), max(0, safe.left):max(0, safe.right)] = True
        self._outside += int(np.count_nonzero(ink & ~inside))
        wanted = self._nearest(time)
        self._waiting = [card for card in self._waiting if card.time != wanted or not _any(ink, card.box)]

    def result(self) -> Clear:
        return Clear(self._outside, len(self._waiting))

    def _nearest(self, time: Fraction) -> Fraction:
        """The asked time that a frame's own time, rounded by some container, stands for."""
        at = bisect_left(self._times, time)
        return min(self._times[max(0, at - 1):at + 1], key=lambda asked: abs(asked - time))


def _ink(data: Array, codes: int) -> NDArray[np.bool_]:
    """Pixels in blocks whose mean differs by more than `codes`."""
    delivered, plain = data.astype(np.int16)
    difference = delivered - plain
    height, width = difference.shape
    padded = np.pad(difference, ((0, -height % BLOCK), (0, -width % BLOCK)))
    sums = padded.reshape(padded.shape[0] // BLOCK, BLOCK, padded.shape[1] // BLOCK, BLOCK).sum((1, 3), dtype=np.int32)
    over = np.abs(sums) > codes * BLOCK * BLOCK
    return over.repeat(BLOCK, 0).repeat(BLOCK, 1)[:height, :width]


def _any(ink: NDArray[np.bool_], box: Box) -> bool:
    return bool(ink[max(0, box.top):box.bottom, max(0, box.left):box.right].any())
