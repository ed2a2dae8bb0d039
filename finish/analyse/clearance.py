"""Whether captions and overlays show where they may: the delivered picture against the same plan without them, in some frames."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import Array, Frames
from finish.units import Box, Span

# Means of 4 × 4 blocks are compared, not pixels: H.264 has no smaller transform, so its noise nearly cancels in such a mean while
# a stroke does not. Measured on x264's own noise (crf 19, medium; a crowded street, and 5 % added grain): single pixels differ by
# up to 26 and 48 codes, 2 × 2 means by 17 and 29, 4 × 4 means by 10 and 15. A stroke 3 px wide fills half of a block in the worst
# place, so it is caught from 48 codes of contrast.
BLOCK: Final = 4
CODES: Final = 24  # of 255: house value, a tenth of the range is what a viewer sees at a glance


@dataclass(frozen=True)
class Shown:
    """One card or overlay: frame times of which at least one must show it, the box in which its ink stands, its least contrast.

    One that is `free` (an end card) may stand outside the safe box.
    """

    times: tuple[Fraction, ...]
    box: Box
    codes: int = CODES
    free: bool = False


@dataclass(frozen=True)
class Clear:
    """`outside`: pixels over the threshold outside the safe box and the boxes of what is free, summed over the frames.

    `missing`: cards without ink in their box in any of their frames.
    """

    outside: int
    missing: int


@dataclass(frozen=True)
class Clearance:
    """The question; put it with `against` the picture without them. Frames that never come show nothing."""

    safe: Box
    cards: tuple[Shown, ...]

    @property
    def version(self) -> int:
        return 3

    def during(self, span: Span) -> Clearance | None:
        """The same of a piece that shows `span` from 0 on: each card is asked for where its middle frame is."""
        here = [(card, tuple(time - span.start for time in card.times if span.start <= time < span.end))
                for card in self.cards if span.start <= card.times[len(card.times) // 2] < span.end]
        return replace(self, cards=tuple(replace(card, times=times) for card, times in here)) if here else None

    def merged(self, answers: Sequence[Clear]) -> Clear:
        """Of all the pieces together."""
        return Clear(sum(each.outside for each in answers), sum(each.missing for each in answers))

    @property
    def wants(self) -> Frames:
        return Frames("gray", at=tuple(sorted({time for card in self.cards for time in card.times})))

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
        delivered, plain = data.astype(np.int16)
        difference = delivered - plain
        wanted = self._nearest(time)
        here = [card for card in self._question.cards if wanted in card.times]
        inked = [card for card in here if card in self._waiting and _inked(difference[_cut(card.box)], card.codes)]
        self._waiting = [card for card in self._waiting if card not in inked]
        for box in (self._question.safe, *(card.box for card in here if card.free)):
            difference[_cut(box)] = 0
        self._outside += _inked(difference, CODES)

    def result(self) -> Clear:
        return Clear(self._outside, len(self._waiting))

    def _nearest(self, time: Fraction) -> Fraction:
        """The asked time that a frame's own time, rounded by some container, stands for."""
        at = bisect_left(self._times, time)
        return min(self._times[max(0, at - 1):at + 1], key=lambda asked: abs(asked - time))


def _inked(difference: NDArray[np.int16], codes: int) -> int:
    """How many pixels lie in blocks whose mean is over the threshold."""
    if not difference.size:
        return 0
    height, width = difference.shape
    padded = np.pad(difference, ((0, -height % BLOCK), (0, -width % BLOCK)))
    sums = padded.reshape(-1, BLOCK, padded.shape[1] // BLOCK, BLOCK).sum((1, 3), dtype=np.int32)
    return int(np.count_nonzero(np.abs(sums) > codes * BLOCK * BLOCK)) * BLOCK * BLOCK


def _cut(box: Box) -> tuple[slice, slice]:
    """A box as rows and columns; what lies outside the picture is not there."""
    return slice(max(0, box.top), max(0, box.bottom)), slice(max(0, box.left), max(0, box.right))
