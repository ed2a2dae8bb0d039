"""A font of the user: checked, fixed at one weight, and renamed, so that its name can't be another font's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

import uharfbuzz as hb

from finish.model import Document
from finish.model.font_files import font_at
from finish.stages.captions.typesetting.packaged_fonts import FontFace


@dataclass(frozen=True)
class CustomFontFace(FontFace):
    """A font from a document, at one weight."""

    identity: str = ""
    restricted: bool = False
    named: str = ""

    @cached_property
    def _face(self) -> Any:
        return hb.Face(hb.Blob(self.font))

    @cached_property
    def family(self) -> str:
        return self.named

    @cached_property
    def digest(self) -> str:
        return self.identity

    def draws(self, text: str) -> bool:
        """Whether the font has a shape for every character; an empty shape doesn't count."""
        return super().draws(text) and all(self._inked(letter) for letter in text if letter.isalnum())

    @cache  # noqa: B019 (as `at`)
    def _inked(self, character: str) -> bool:
        font = self.at(0)
        glyph = font.get_nominal_glyph(ord(character))
        ink = font.get_glyph_extents(glyph) if glyph is not None else None
        return ink is not None and ink.width != 0

    def name(self, weight: int, italic: bool) -> str:  # noqa: ARG002 (there is only one)
        """Its name in ASS after `\\fn`."""
        return self.family

    @cache  # noqa: B019 (as of its base)
    def at(self, weight: int) -> Any:  # noqa: ARG002
        """The font for HarfBuzz, in font units."""
        return hb.Font(self._face)


@lru_cache(maxsize=32)
def custom_font(document: Document, weight: int) -> CustomFontFace:
    """The font of a document, at a weight if it is variable.

    FinishError for a font that can't be used.
    """
    font = font_at(document, weight)
    return CustomFontFace(
        document.path, font.data, identity=font.identity, restricted=font.restricted, named=font.family
    )


def ass_encoded(data: bytes) -> list[str]:
    """A file as ASS embeds it: six bits per character from "!" on, 80 characters per line.

    libass loads it for this script only.
    """
    letters = []
    for at in range(0, len(data), 3):
        three = data[at : at + 3]
        value = int.from_bytes(three.ljust(3, b"\0"), "big")
        letters.append("".join(chr((value >> shift & 63) + 33) for shift in (18, 12, 6, 0))[: len(three) + 1])
    text = "".join(letters)
    return [text[at : at + 80] for at in range(0, len(text), 80)]
