"""Numbers of a title that run: counters, and countdowns in a ring."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from finish.stages.composite.lettering import LetteringLine
from finish.stages.composite.picture_file import Floats
from finish.stages.composite.titles.title_content import TitleContent
from finish.stages.composite.titles.title_layers import layered
from finish.stages.composite.titles.title_lettering import NumberBlock
from finish.stages.composite.titles.title_rows import RowLook, TitlePart, bleed_of, inks_on, shadow, tinted
from finish.stages.composite.titles.title_symbols import ring
from finish.stages.composite.titles.title_template import TitleRow
from finish.units import Size

_FAINT: Final = 0.28  # the opacity of the ring that has run down; house value


@dataclass(frozen=True)
class RunningNumber:
    """A number that runs, in a ring if its row has one; a countdown runs for all of a `length` (s)."""

    content: TitleContent
    row: TitleRow
    line: LetteringLine
    look: RowLook
    length: float

    @property
    def _counts_down(self) -> bool:
        return self.content.count is None

    @property
    def _course(self) -> tuple[float, float, float]:
        """The first value, the last one, and the seconds between them."""
        return self.content.count or (float(math.ceil(self.length)), 0.0, self.length)

    @cached_property
    def _widest(self) -> str:
        return max((self.content.number.text(value) for value in self._course[:2]), key=len)

    @cached_property
    def _block(self) -> NumberBlock:
        return NumberBlock(replace(self.line, text=self._widest))

    @property
    def _bleed(self) -> int:
        return bleed_of(self.line.em)

    @property
    def _thick(self) -> float:
        return self.row.thickness * self.line.em

    @cached_property
    def _side(self) -> int:
        """The side of the ring (px); 0 without one."""
        wide = max(self._block.width(self._widest), self.line.capitals)
        return math.ceil(wide + 1.1 * self.line.em + 2 * self._thick) if self.row.ring else 0

    @cached_property
    def size(self) -> Size:
        wide, tall = math.ceil(self._block.width(self._widest)), math.ceil(self.line.capitals)
        return Size(max(wide, self._side), max(tall, self._side))

    @cached_property
    def _canvas(self) -> Size:
        return Size(self.size.width + 2 * self._bleed, self.size.height + 2 * self._bleed)

    def part(self) -> TitlePart:
        lines = (replace(self.line, text=self._widest),)
        return TitlePart(self.size, self.row.enter, self.picture, self._bleed, lines, running=True)

    def _value(self, now: float) -> float:
        first, last, seconds = self._course
        if self._counts_down:  # a whole number, until its second is over
            return float(math.ceil(max(0.0, self.length - now) - 1e-6))
        share = min(1.0, max(0.0, (now - self.row.enter.after) / seconds))
        return first + (last - first) * (1 - (1 - share) ** 3)

    def picture(self, now: float) -> Floats:
        """The number at a time (s)."""
        drawn = self._digits(self.content.number.text(self._value(now)))
        if not self.row.ring:
            return drawn
        first = self.row.enter.after
        share = 1 - now / self.length if self._counts_down else (now - first) / self._course[2]
        around = self._ringed(ring(self._side, self._thick, min(1.0, max(0.0, share))))
        return layered(layered(self._track, tinted(around, self.look.accent)), drawn)

    @cached_property
    def _track(self) -> Floats:
        """All of the ring, faintly."""
        return tinted(_FAINT * self._ringed(ring(self._side, self._thick, 1)), inks_on(self.look.ground))

    def _ringed(self, shape: Floats) -> Floats:
        canvas = np.zeros((self._canvas.height, self._canvas.width), np.float32)
        x, y = (self._canvas.width - self._side) // 2, (self._canvas.height - self._side) // 2
        canvas[y : y + self._side, x : x + self._side] = shape
        return canvas

    def _digits(self, text: str) -> Floats:
        if text not in self._drawn:
            if len(self._drawn) > 2:
                self._drawn.clear()
            self._drawn[text] = self._inked(text)
        return self._drawn[text]

    @cached_property
    def _drawn(self) -> dict[str, Floats]:
        """The last few numbers: one shows for many frames of a countdown."""
        return {}

    def _inked(self, text: str) -> Floats:
        left = self._bleed + (self.size.width - self._block.width(text)) / 2
        top = self._bleed + (self.size.height - self.line.capitals) / 2
        cover = self._block.cover(text, self._canvas, left, top)
        ink = tinted(cover, self.look.colour(self.row.colour))
        return ink if self.look.ground else layered(shadow(cover, self.line.em), ink)
