"""How bright each part of a picture is, twice a second: what text will stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np

from finish.model import SMALL_PICTURE, Array, Frames, Sparse

CELLS: Final = 24   # each way: a cell of a 16:9 picture is about a caption's letter high
_LUMA: Final = np.array((0.0722, 0.7152, 0.2126), np.float32)   # of blue, green, red: BT.709


@dataclass(frozen=True)
class Lit:
    """A frame at `time` (s): mean luma (0 to 255) of its cells, row by row, as hexadecimal digits, two a cell."""

    time: Fraction
    cells: str

    def within(self, left: float, top: float, right: float, bottom: float) -> tuple[int, int]:
        """The darkest and the brightest cell that a box touches, given in shares of the picture's sides."""
        grid = np.frombuffer(bytes.fromhex(self.cells), np.uint8).reshape(CELLS, CELLS)
        rows, columns = (slice(min(CELLS - 1, max(0, int(start * CELLS))), max(1, min(CELLS, int(np.ceil(end * CELLS)))))
                         for start, end in ((top, bottom), (left, right)))
        part = grid[rows, columns]
        return int(part.min()), int(part.max())


@dataclass(frozen=True)
class LightFacts:
    """Every frame that was looked at, in order."""

    looks: tuple[Lit, ...]


@dataclass(frozen=True)
class Light:
    """The brightness of a picture's parts, on the first frame of every 1/`rate` s."""

    rate: int = 2

    @property
    def version(self) -> int:
        return 1

    @property
    def wants(self) -> Frames:
        return SMALL_PICTURE

    @property
    def facts(self) -> type[LightFacts]:
        return LightFacts

    def begin(self) -> Metering:
        return Metering(Sparse(self.rate))


@dataclass
class Metering:
    """What has been metered so far."""

    sparse: Sparse
    _looks: list[Lit] = field(default_factory=list)

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        if not self.sparse.due(time):
            return
        luma = data.astype(np.float32) @ _LUMA
        # Of a picture smaller than the grid, neighbouring cells share a pixel.
        rows, columns = (np.minimum(np.arange(CELLS) * side // CELLS, side - 1) for side in luma.shape)
        sums = np.add.reduceat(np.add.reduceat(luma, rows, 0), columns, 1)
        counts = np.add.reduceat(np.add.reduceat(np.ones_like(luma), rows, 0), columns, 1)
        self._looks.append(Lit(time, np.rint(sums / counts).astype(np.uint8).tobytes().hex()))

    def result(self) -> LightFacts:
        return LightFacts(tuple(self._looks))
