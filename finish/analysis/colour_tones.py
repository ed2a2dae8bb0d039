"""The colours of each part of a picture, twice a second.

Captions are placed by them, and grades are matched by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import SMALL_PICTURE, Analyser, Array, Sparse
from finish.model.carried_facts import When, carried, in_order

CELLS: Final = 24  # each way: a cell of a 16:9 picture is about as high as a letter of a caption
_LUMA: Final = np.array((0.2126, 0.7152, 0.0722))  # of red, green, blue: BT.709


@dataclass(frozen=True)
class FrameTones:
    """The mean colours of a frame's cells, at `time` (s).

    `cells` holds red, green and blue (0 to 255) row by row, as six hexadecimal digits for each cell.
    """

    time: Fraction
    cells: str

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """The cells' colours, shape (CELLS, CELLS, 3)."""
        return np.frombuffer(bytes.fromhex(self.cells), np.uint8).reshape(CELLS, CELLS, 3)

    @cached_property
    def lumas(self) -> NDArray[np.float64]:
        """The cells' luma (0 to 255), shape (CELLS, CELLS)."""
        lumas: NDArray[np.float64] = np.rint(self.rgb @ _LUMA)
        return lumas

    def within_cells(self, left: float, top: float, right: float, bottom: float) -> NDArray[np.float64]:
        """The luma (0 to 255) of the cells that a box touches, at least one.

        The edges of the box are shares of the picture's width and height.
        """
        rows, columns = (
            slice(min(CELLS - 1, max(0, int(start * CELLS))), max(1, min(CELLS, int(np.ceil(end * CELLS)))))
            for start, end in ((top, bottom), (left, right))
        )
        return self.lumas[rows, columns]


@dataclass(frozen=True)
class ToneFacts:
    """Every sampled frame, in order."""

    looks: tuple[FrameTones, ...]

    def carried(self, when: When) -> ToneFacts:
        return ToneFacts(carried(self.looks, when))

    @classmethod
    def joined(cls, facts: Sequence[ToneFacts], edges: Sequence[Fraction]) -> ToneFacts:  # noqa: ARG003 (a protocol)
        return cls(in_order(look for part in facts for look in part.looks))


@dataclass(frozen=True)
class Tones(Analyser[ToneFacts]):
    """The colours of a picture's cells, in the first frame of every 1/`rate` s."""

    rate: int = 2

    version = 1
    wants = SMALL_PICTURE

    def begin(self) -> ToneMeter:
        return ToneMeter(Sparse(self.rate))


@dataclass
class ToneMeter:
    """The sampled frames so far."""

    sparse: Sparse
    _looks: list[FrameTones] = field(default_factory=list)

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        if not self.sparse.due(time):
            return
        # In a picture that is smaller than the grid, neighbouring cells share a pixel.
        rows, columns = (np.minimum(np.arange(CELLS) * side // CELLS, side - 1) for side in data.shape[:2])
        sums = np.add.reduceat(np.add.reduceat(data, rows, 0, np.uint32), columns, 1)
        ones = np.ones(data.shape[:2], np.uint32)
        counts = np.add.reduceat(np.add.reduceat(ones, rows, 0), columns, 1)[..., None]
        self._looks.append(
            FrameTones(time, np.rint(sums / counts).astype(np.uint8)[..., ::-1].tobytes().hex())
        )

    def result(self) -> ToneFacts:
        return ToneFacts(tuple(self._looks))
