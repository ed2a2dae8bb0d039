"""Words of a title as coverage: wrapped lines with tracking, and numbers whose digits have one width."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from finish.errors import SpecError
from finish.stages.composite.end_card import wrapped
from finish.stages.composite.lettering import LetteringLine, drawn
from finish.stages.composite.moving_layers import add_letters
from finish.stages.composite.picture_file import Floats
from finish.units import Size

# From these scripts on, letters join or stack, and tracking would part them.
_UNTRACKED: Final = 0x0590
_DESCENDERS: Final = 0.28  # em below a baseline; house value


@dataclass(frozen=True)
class WordBlock:
    """Lines of one look, one below the other: `tracking` and `leading` in em."""

    lines: tuple[LetteringLine, ...]
    tracking: float = 0.0
    leading: float = 1.18

    @property
    def em(self) -> float:
        return self.lines[0].em

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The width of every line (px)."""
        return tuple(line_width(line, self.tracking) for line in self.lines)

    @property
    def width(self) -> int:
        return max(self.widths)

    @property
    def height(self) -> float:
        """From the top of the first line's capitals to the last baseline (px)."""
        return self.lines[0].capitals + self.leading * self.em * (len(self.lines) - 1)

    @property
    def below(self) -> float:
        """How far letters go below the last baseline (px)."""
        return _DESCENDERS * self.em

    def cover(self, size: Size, left: float, top: float, align: str) -> Floats:
        """How much of each pixel of a canvas the letters cover; `left` and `top` are those of the block."""
        canvas = np.zeros((size.height, size.width), np.float32)
        baseline = top + self.lines[0].capitals
        for line, width in zip(self.lines, self.widths, strict=True):
            rest = {"left": 0.0, "centre": (self.width - width) / 2, "right": self.width - width}[align]
            _add_line(canvas, line, self.tracking, (left + rest, baseline))
            baseline += self.leading * self.em
        return canvas


def line_width(line: LetteringLine, tracking: float) -> int:
    """The width of a line with tracking (px)."""
    if not tracking or not _tracks(line.text):
        return line.width
    return math.ceil(sum(step for _, step in _spread(line, tracking)))


def _tracks(text: str) -> bool:
    return all(ord(letter) < _UNTRACKED for letter in text)


def _spread(line: LetteringLine, tracking: float) -> Iterator[tuple[LetteringLine, float]]:
    """Every letter with the distance to the next one (px); the last one has no tracking."""
    before = 0.0
    for number, letter in enumerate(line.text, 1):
        after = line.font.width(line.text[:number], line.weight)  # with kerning
        step = after - before + tracking * (number < len(line.text))
        yield replace(line, text=letter), step * line.em
        before = after


def _add_line(canvas: Floats, line: LetteringLine, tracking: float, at: tuple[float, float]) -> None:
    """Draw a line with its beginning and its baseline at a place (px)."""
    x, baseline = at
    if not tracking or not _tracks(line.text):
        letters, start, row = drawn(line)
        add_letters(canvas, letters, round(x) - start, round(baseline) - row)
        return
    for letter, step in _spread(line, tracking):
        if letter.text.strip():
            letters, start, row = drawn(letter)
            add_letters(canvas, letters, round(x) - start, round(baseline) - row)
        x += step


def fitted_block(block: WordBlock, width: float, most: int) -> WordBlock | None:
    """A block of one line wrapped to a width (px), with balanced lines; None if it takes more than `most`."""
    (line,) = block.lines
    wide = 1 + block.tracking if _tracks(line.text) else 1.0
    try:
        lines = wrapped(line, math.floor(width / max(1.0, wide)), "title")
    except SpecError:
        return None
    taken = replace(block, lines=lines)
    return taken if len(lines) <= most and taken.width <= width else None


@dataclass(frozen=True)
class NumberBlock:
    """Numbers of one look: digits are as wide as the widest one, so that nothing moves when one changes."""

    line: LetteringLine  # its text is the widest number

    @cached_property
    def _glyphs(self) -> dict[str, tuple[Floats, int, int]]:
        letters = dict.fromkeys([*self.line.text, *"0123456789-−.,"])
        return {letter: drawn(replace(self.line, text=letter)) for letter in letters if letter.strip()}

    @cached_property
    def _digit(self) -> float:
        """The width of the widest digit (px)."""
        return max(self._advance(digit) for digit in "0123456789")

    def _advance(self, letter: str) -> float:
        return self.line.font.width(letter, self.line.weight) * self.line.em

    def width(self, text: str) -> float:
        """The width of a number (px)."""
        return sum(self._digit if letter.isdigit() else self._advance(letter) for letter in text)

    def cover(self, text: str, size: Size, left: float, top: float) -> Floats:
        """How much of each pixel of a canvas a number covers."""
        canvas = np.zeros((size.height, size.width), np.float32)
        x, baseline = left, top + self.line.capitals
        for letter in text:
            own = self._advance(letter)
            step = self._digit if letter.isdigit() else own
            if letter in self._glyphs:
                letters, start, row = self._glyphs[letter]
                add_letters(canvas, letters, round(x + (step - own) / 2) - start, round(baseline) - row)
            x += step
        return canvas
