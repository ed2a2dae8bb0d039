"""Text on a canvas: a line's font (a user's or a packaged one), its width, and MoviePy's drawing of it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import uharfbuzz as hb

from finish import resources, units
from finish.model import Document, Note
from finish.model.font_files import PreparedFont, font_at
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

    @property
    def capitals(self) -> float:
        """The height of its capitals, in em."""
        return CAPITALS

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


@dataclass(frozen=True)
class UserFont(Font):
    """A font file of the user, already fixed at the weight of its line."""

    prepared: PreparedFont

    @cached_property
    def _face(self) -> Any:
        return hb.Face(hb.Blob(self.prepared.data))

    @cached_property
    def digest(self) -> str:
        return self.prepared.identity

    @cached_property
    def capitals(self) -> float:
        """The height of its H; of Noto Sans' capitals, if it has none."""
        font = hb.Font(self._face)
        glyph = font.get_nominal_glyph(ord("H"))
        ink = font.get_glyph_extents(glyph) if glyph is not None else None
        return float(ink.y_bearing) / int(self._face.upem) if ink and ink.height else CAPITALS

    def draws(self, character: str) -> bool:
        """As its base; an empty shape doesn't draw a letter."""
        return super().draws(character) and (not character.isalnum() or self._has_ink(character))

    def _has_ink(self, character: str) -> bool:
        font = hb.Font(self._face)
        glyph = font.get_nominal_glyph(ord(character))
        ink = font.get_glyph_extents(glyph) if glyph is not None else None
        return bool(ink and ink.width)

    @cache  # noqa: B019 (as of its base)
    def at(self, weight: Weight) -> _Bytes:  # noqa: ARG002 (there is only one)
        """The font as it is."""
        return _Bytes(self.prepared.data)


@lru_cache(maxsize=32)
def _user_font(document: Document, weight: Weight) -> UserFont:
    return UserFont(document.path, font_at(document, weight))


class _Bytes:
    """A file whose every read starts at its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, _: int = -1) -> bytes:
        return self._data


@dataclass(frozen=True)
class LetteringLine:
    """One line of text to draw: its font's weight, its size (px to the em), and a font file of the user."""

    text: str
    weight: Weight
    em: float
    file: Document | None = None

    @cached_property
    def font(self) -> Font:
        """The font that has all of its characters: the user's, else a packaged one, Noto Sans if possible.

        GlyphError if no font has them.
        """
        own: tuple[Font, ...] = (_user_font(self.file, self.weight),) if self.file else ()
        for font in (*own, *_fonts()):
            if all(font.draws(letter) for letter in self.text):
                return font
        lost = next((letter for letter in self.text if not any(font.draws(letter) for font in _fonts())), "")
        if lost:
            name = f"U+{ord(lost):04X} {unicodedata.name(lost, 'without a name')}"
            raise messages.no_font_has(lost, name, self.text)
        raise messages.several_fonts(self.text)

    @property
    def capitals(self) -> float:
        """The visible height of the line: of its font's capitals, px."""
        return self.font.capitals * self.em

    @property
    def undrawn(self) -> str:
        """The characters that the user's font lacks, so that a packaged one draws the line; "" if none."""
        if self.file is None or isinstance(self.font, UserFont):
            return ""
        own = _user_font(self.file, self.weight)
        return "".join(dict.fromkeys(letter for letter in self.text if not own.draws(letter)))

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


def lacking(graphic: str, lines: Iterable[LetteringLine]) -> Iterator[Note]:
    """A note for the lines of a graphic that the user's font can't draw."""
    letters = [(line.file.path.name, line.undrawn) for line in lines if line.file and line.undrawn]
    for font in dict(letters):
        lost = dict.fromkeys(letter for name, lacked in letters if name == font for letter in lacked)
        yield messages.font_lacks(graphic, font, "".join(lost))


@cache
def _fonts() -> tuple[Font, ...]:
    """All packaged upright fonts: Noto Sans first, then by name, emoji last."""
    try:
        files = [path for path in resources.font_folder().glob("*.ttf") if "Italic" not in path.name]
    except ModuleNotFoundError as error:
        raise messages.fonts_missing() from error
    order = {"NotoSans[wght].ttf": -1, "NotoSansSymbols[wght].ttf": 1, "NotoEmoji[wght].ttf": 2}
    return tuple(Font(path) for path in sorted(files, key=lambda path: (order.get(path.name, 0), path.name)))
