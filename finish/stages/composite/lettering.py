"""Text on a canvas: the packaged font for a line, its width, and MoviePy's drawing of it."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import uharfbuzz as hb

from finish import resources, units
from finish.stages.composite import messages
from finish.stages.composite.picture_file import Floats

Weight = int
# The height of Noto Sans' capitals, in em: the visible height of a line.
CAPITALS: Final = 0.714
# FreeType rounds every letter's advance to whole pixels, HarfBuzz doesn't: at most half a pixel a letter.
_ROUNDING: Final = 0.5


@dataclass(frozen=True)
class Font:
    """One packaged variable font."""

    path: Path

    @cached_property
    def _face(self) -> Any:
        return hb.Face(hb.Blob.from_file_path(str(self.path)))

    @cached_property
    def digest(self) -> str:
        return units.digest(bytes(self._face.blob.data))

    @cached_property
    def covered(self) -> Any:
        return self._face.unicodes

    def draws(self, character: str) -> bool:
        """Whether it has a glyph for a character; invisible characters (Cf) need none."""
        return ord(character) in self.covered or unicodedata.category(character) == "Cf"

    def width(self, text: str, weight: Weight) -> float:
        """The advance of a line, in em."""
        font = hb.Font(self._face)
        font.set_variations({"wght": float(weight)})
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(font, buffer)
        return float(sum(glyph.x_advance for glyph in buffer.glyph_positions)) / int(self._face.upem)

    @property
    def ascent(self) -> float:
        """From a line's top to its baseline in FreeType's metrics, in em."""
        return float(hb.Font(self._face).get_font_extents("ltr").ascender) / int(self._face.upem)

    @cache  # noqa: B019 (one per font file, kept until the program ends)
    def at(self, weight: Weight) -> _Bytes:
        """The font with its weight fixed: MoviePy takes files only, without weights."""
        subset = hb.SubsetInput()
        subset.keep_everything()
        subset.pin_axis_location(self._face, "wght", float(weight))
        return _Bytes(bytes(hb.subset(self._face, subset).blob.data))


class _Bytes:
    """A file whose every read starts at its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, _: int = -1) -> bytes:
        return self._data


@dataclass(frozen=True)
class LetteringLine:
    """One line of text to draw: its font's weight, and its size (px to the em)."""

    text: str
    weight: Weight
    em: float

    @cached_property
    def font(self) -> Font:
        """The packaged font that has all of its characters, Noto Sans if possible.

        GlyphError if no font has them.
        """
        for font in _fonts():
            if all(font.draws(letter) for letter in self.text):
                return font
        lost = next((letter for letter in self.text if not any(font.draws(letter) for font in _fonts())), "")
        if lost:
            name = f"U+{ord(lost):04X} {unicodedata.name(lost, 'without a name')}"
            raise messages.no_font_has(lost, name, self.text)
        raise messages.several_fonts(self.text)

    @property
    def width(self) -> int:
        """How wide it will be at most, in px."""
        return math.ceil(self.font.width(self.text, self.weight) * self.em + _ROUNDING * len(self.text))

    @property
    def digest(self) -> str:
        return units.digest(self.text, str(self.weight), repr(self.em), self.font.digest)


def drawn(line: LetteringLine) -> tuple[Floats, int, int]:
    """How much of each pixel the letters cover (0 to 1), and where the line begins in that array.

    The line begins at a column, and at the row of its baseline.
    """
    from moviepy import TextClip

    em = round(line.em)
    margin = em  # TextClip crops what leaves the line's box: accents, swashes, Thai
    clip: Any = TextClip(
        font=line.font.at(line.weight), text=line.text, font_size=em, color="white", margin=(margin, margin)
    )
    return clip.mask.get_frame(0).astype(np.float32), margin, margin + math.ceil(line.font.ascent * em)


@cache
def _fonts() -> tuple[Font, ...]:
    """All packaged upright fonts: Noto Sans first, then by name, emoji last."""
    try:
        files = [path for path in resources.font_folder().glob("*.ttf") if "Italic" not in path.name]
    except ModuleNotFoundError as error:
        raise messages.fonts_missing() from error
    order = {"NotoSans[wght].ttf": -1, "NotoSansSymbols[wght].ttf": 1, "NotoEmoji[wght].ttf": 2}
    return tuple(Font(path) for path in sorted(files, key=lambda path: (order.get(path.name, 0), path.name)))
