"""The rows of a title, measured: how large each is, and what it draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from finish.model import Document
from finish.model.colour_contrast import contrast_ratio
from finish.stages.composite.canvas import fitted, flat, rgb, rounded
from finish.stages.composite.lettering import LetteringLine
from finish.stages.composite.picture_file import Floats, read, trimmed
from finish.stages.composite.titles.title_layers import layered, premultiplied
from finish.stages.composite.titles.title_lettering import WordBlock, fitted_block
from finish.stages.composite.titles.title_symbols import symbol
from finish.stages.composite.titles.title_template import TitleMotion, TitlePlate, TitleRow
from finish.units import Size

_WHITE, _DARK = "#FFFFFF", "#101014"
# House values, by eye on bright footage: the two shadows of words on a picture, each with its softness (em,
# and px at least and at most) and its strength; a tight one for edges, a wide one for the ground.
_SHADOWS: Final = ((0.05, 1.5, 4.0, 1.5), (0.2, 6.0, 14.0, 1.7))
_DARKEST: Final = 0.82
_SYMBOL, _BESIDE = 1.3, 0.38  # a symbol's side in heights of capitals, and the space after it in em
# What descenders and shadows need around words: em of descenders, and three times the softness of a shadow.
_BLEED, _REACH = 0.3, 3
_QUIET: Final = 4  # modules of light around a QR code (ISO/IEC 18004)


def inks_on(ground: str) -> str:
    """White, or nearly black where that has the higher contrast (WCAG 2.2, 1.4.3); white on a picture."""
    return max((_WHITE, _DARK), key=lambda ink: contrast_ratio(ink, ground)) if ground else _WHITE


@dataclass(frozen=True)
class RowLook:
    """The colours of a row, its accent and what it stands on ("" is the picture), and its alignment."""

    accent: str
    ground: str
    align: str = "centre"

    def colour(self, role: str) -> str:
        """A role as #RRGGBB."""
        return {"accent": self.accent, "ink": inks_on(self.ground)}.get(role, role)


@dataclass(frozen=True)
class TitlePart:
    """Something that comes in by itself: its size (px), and its picture at a time (s), RGBA.

    `bleed` is how far its picture extends beyond its size on every side, for shadows and descenders.
    `line` is what it writes, for what a font lacks.
    """

    size: Size
    motion: TitleMotion
    picture: Callable[[float], Floats]
    bleed: int = 0
    lines: tuple[LetteringLine, ...] = ()
    running: bool = False


@dataclass(frozen=True)
class WordsPart:
    """Words, with a symbol before them, on a plate of their own or above their shadow."""

    block: WordBlock
    row: TitleRow
    em: float
    look: RowLook
    mark: str = ""

    @property
    def _plate(self) -> TitlePlate | None:
        return self.row.plate

    @property
    def _indent(self) -> float:
        """The width of the symbol and the space after it (px)."""
        if not self.mark:
            return 0.0
        return _SYMBOL * self.block.lines[0].capitals + _BESIDE * self.block.em

    @property
    def _around(self) -> tuple[float, float]:
        """The plate beside, and above and below, the words (px)."""
        if self._plate is None:
            return 0.0, 0.0
        across, down = self._plate.padding
        return across * self.block.em, down * self.block.em

    @property
    def bleed(self) -> int:
        """What descenders and shadows need around the words (px)."""
        return bleed_of(self.block.em)

    @cached_property
    def size(self) -> Size:
        across, down = self._around
        width = self.block.width + self._indent + 2 * across
        return Size(math.ceil(width), math.ceil(self.block.height + 2 * down))

    @property
    def _ground(self) -> str:
        if self._plate is None or self._plate.opacity < 0.5:
            return self.look.ground
        return self.look.colour(self._plate.colour)

    @cached_property
    def _still(self) -> Floats:
        bleed, (across, down) = self.bleed, self._around
        canvas = Size(self.size.width + 2 * bleed, self.size.height + 2 * bleed)
        left = bleed + across + self._indent
        cover = self.block.cover(canvas, left, bleed + down, self.look.align)
        self._add_symbol(cover, bleed + across, bleed + down)
        words = replace(self.look, ground=self._ground)
        ink = tinted(cover, words.colour(self.row.colour))
        if self._plate is not None:
            plate = plated(self.size, self._plate, self.block.em, self.look)
            return layered(_padded(plate, bleed), ink)
        return ink if self.look.ground else layered(shadow(cover, self.block.em), ink)

    def _add_symbol(self, cover: Floats, left: float, top: float) -> None:
        if not self.mark:
            return
        capitals = self.block.lines[0].capitals
        side = max(4, round(_SYMBOL * capitals))
        shape = symbol(self.mark, side)
        x, y = round(left), round(top - (side - capitals) / 2)
        cover[y : y + side, x : x + side] = np.maximum(cover[y : y + side, x : x + side], shape)

    def part(self, motion: TitleMotion) -> TitlePart:
        return TitlePart(self.size, motion, lambda _: self._still, self.bleed, self.block.lines)


def words_part(
    text: str, row: TitleRow, line: LetteringLine, look: RowLook, width: float
) -> WordsPart | None:
    """Words in the fewest lines that fit into a width (px); None if they don't."""
    mark = row.symbol
    written = text.upper() if row.capitals else text
    one = WordBlock((replace(line, text=written),), row.tracking, row.leading)
    empty = WordsPart(one, row, line.em, look, mark)
    room = width - (empty.size.width - one.width)
    block = fitted_block(one, room, row.lines)
    return WordsPart(block, row, line.em, look, mark) if block else None


def rule_part(row: TitleRow, em: float, width: float, look: RowLook) -> TitlePart:
    """A line; without a width of its own it is as wide as the words."""
    size = Size(max(2, round(row.width * em or width)), max(2, round(row.thickness * em)))
    colour = look.colour("accent" if row.colour == "ink" else row.colour)
    return TitlePart(size, row.enter, lambda _: flat(size, colour))


def bar_part(row: TitleRow, em: float, width: float, look: RowLook, length: float) -> TitlePart:
    """A bar that fills from the left while the title shows (s)."""
    size = Size(max(8, round(row.width * em or width)), max(4, round(row.thickness * em)))
    shape = rounded(size, size.height / 2)
    track = tinted(0.35 * shape, inks_on(look.ground))
    colour = look.colour("accent" if row.colour == "ink" else row.colour)

    def picture(now: float) -> Floats:
        done = size.width * min(1.0, max(0.0, now / length))
        x = np.arange(size.width, dtype=np.float32) + 0.5
        filled = shape * np.clip(done - x + 0.5, 0, 1)[None, :]
        return layered(track, tinted(filled, colour))

    return TitlePart(size, row.enter, picture, running=True)


def picture_part(document: Document, row: TitleRow, em: float, width: float) -> TitlePart:
    """A logo: as tall as its row's size, and no wider than a width (px)."""
    data = trimmed(read(document))
    height, across = data.shape[:2]
    scale = min(row.size * em / height, width / across)
    size = Size(max(2, round(across * scale)), max(2, round(height * scale)))
    drawn = premultiplied(fitted(data, size))
    return TitlePart(size, row.enter, lambda _: drawn)


def code_part(link: str, row: TitleRow, em: float) -> TitlePart:
    """A QR code (ISO/IEC 18004, level M) of a link, dark on light."""
    import segno

    code = segno.make(link, error="m", micro=False)
    modules = np.pad(np.array([list(line) for line in code.matrix], np.float32), _QUIET)
    scale = max(2, round(row.size * em / len(modules)))
    dark = np.kron(modules, np.ones((scale, scale), np.float32))
    page = flat(Size(len(dark), len(dark)), _WHITE)
    page[:, :, :3] *= 1 - dark[..., None]
    return TitlePart(Size(len(dark), len(dark)), row.enter, lambda _: page)


def bleed_of(em: float) -> int:
    """How far shadows and descenders of words extend beyond them (px)."""
    reach = max(min(most, max(least, soft * em)) for soft, least, most, _ in _SHADOWS)
    return math.ceil(max(_BLEED * em, _REACH * reach))


def plated(size: Size, plate: TitlePlate, em: float, look: RowLook) -> Floats:
    """A plate with its border."""
    shape = rounded(size, min(plate.radius * em, size.width / 2, size.height / 2))
    drawn = tinted(plate.opacity * shape, look.colour(plate.colour))
    thick = round(plate.border * em)
    if not thick:
        return drawn
    inner = Size(max(1, size.width - 2 * thick), max(1, size.height - 2 * thick))
    hole = np.zeros_like(shape)
    hole[thick : thick + inner.height, thick : thick + inner.width] = rounded(
        inner, max(0.0, min(plate.radius * em, size.width / 2, size.height / 2) - thick)
    )
    return layered(drawn, tinted(shape * (1 - hole), look.accent))


def shadow(cover: Floats, em: float) -> Floats:
    """The soft shadow that parts words from a picture."""
    import cv2

    codes = np.rint(cover * 255).astype(np.uint8)  # a blur of 8 bits is several times faster
    bare = np.ones_like(cover)
    for soft, least, most, strength in _SHADOWS:
        blurred = np.asarray(cv2.GaussianBlur(codes, (0, 0), min(most, max(least, soft * em))), np.float32)
        bare *= 1 - np.minimum(strength / 255 * blurred, _DARKEST)
    return tinted(np.clip(1 - bare, 0, _DARKEST), "#000000")


def tinted(cover: Floats, colour: str) -> Floats:
    """One colour, as opaque as `cover`; multiplied by it."""
    return np.asarray(cover[:, :, None] * np.array((*rgb(colour), 1), np.float32), np.float32)


def _padded(picture: Floats, by: int) -> Floats:
    return np.pad(picture, ((by, by), (by, by), (0, 0)))


def marks(row: TitleRow, count: int) -> Iterator[str]:
    """What stands before each item of a list: a shape, or its number."""
    for number in range(1, count + 1):
        yield f"{number}" if row.marker == "number" else row.marker
