"""A font of the user's own: checked, fixed at one weight, and renamed, so that no name that it claims can be another font's."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import uharfbuzz as hb

from finish import units
from finish.errors import FinishError, FontError
from finish.model import Document
from finish.stages.captions.typesetting.packaged_fonts import FontFace

BYTES: Final = 20 * 2**20  # Noto Sans JP with all its weights has 10 MB
_HINT: Final = "name a .ttf or .otf with outlines"
# A font's own line, ascent and descent together, in em: outside of this it lies, and its letters' box counts.
_LINE: Final = (0.6, 3.0)
_UNITS: Final = (16, 16_384)  # to the em; OpenType 1.9, head table
_NO_EMBEDDING: Final = 0x0002  # OS/2 fsType: "restricted licence embedding"


@dataclass(frozen=True)
class CustomFontFace(FontFace):
    """A font from a document, at one weight."""

    identity: str = ""
    restricted: bool = False

    @cached_property
    def _face(self) -> Any:
        return hb.Face(hb.Blob(self.font))

    @cached_property
    def family(self) -> str:
        return _named(self.identity)

    @cached_property
    def digest(self) -> str:
        return self.identity

    def draws(self, text: str) -> bool:
        """Whether the font has a shape for every character: one that it claims and leaves empty it has not."""
        return super().draws(text) and all(self._inked(each) for each in text if each.isalnum())

    @cache  # noqa: B019 (as `at`)
    def _inked(self, character: str) -> bool:
        font = self.at(0)
        glyph = font.get_nominal_glyph(ord(character))
        ink = font.get_glyph_extents(glyph) if glyph is not None else None
        return ink is not None and ink.width != 0

    def name(self, weight: int, italic: bool) -> str:  # noqa: ARG002 (there is but one)
        """What ASS calls it after `\\fn`."""
        return self.family

    @cache  # noqa: B019 (as of its base)
    def at(self, weight: int) -> Any:  # noqa: ARG002
        """HarfBuzz's font, in font units."""
        return hb.Font(self._face)


@lru_cache(maxsize=32)
def custom_font(document: Document, weight: int) -> CustomFontFace:
    """The font of a document at a weight (of a variable font; a static one has its own); FinishError for what is no usable font."""
    path = document.path
    if len(document.data) > BYTES:
        raise _no_font(
            path, f"a font of {len(document.data):,} bytes; {BYTES:,} are read at most", "subset it"
        )
    kind = {b"wOFF": "a WOFF", b"wOF2": "a WOFF2", b"ttcf": "a collection of fonts"}.get(document.data[:4])
    if kind:
        raise _no_font(path, f"{kind}", "convert it to one .ttf or .otf")
    try:
        made, restricted = _made(document, weight)
    except FinishError:
        raise
    except Exception as wrong:  # fontTools raises whatever its tables happen to meet: struct.error, KeyError, TTLibError, AssertionError …
        raise _no_font(path, "no font that can be read whole", _HINT) from wrong
    return CustomFontFace(path, made, identity=_identity(document, weight), restricted=restricted)


def _identity(document: Document, weight: int) -> str:
    return units.digest(document.data, str(weight))


def _named(identity: str) -> str:
    return f"finish {identity[:16]}"


def _made(document: Document, weight: int) -> tuple[bytes, bool]:
    from fontTools.ttLib import TTFont

    font: Any = TTFont(io.BytesIO(document.data), lazy=False)
    if not ({"glyf", "CFF ", "CFF2"} & set(font.keys())):
        raise _no_font(document.path, "a font without outlines: pictures or colours only", _HINT)
    if not _UNITS[0] <= font["head"].unitsPerEm <= _UNITS[1]:
        raise _no_font(
            document.path,
            f"{font['head'].unitsPerEm} units to the em, {_UNITS[0]} to {_UNITS[1]} can be",
            _HINT,
        )
    if not font.getBestCmap():
        raise _no_font(document.path, "a font that draws no Unicode character", _HINT)
    if "fvar" in font:
        font = _fixed(font, weight)
    restricted = bool(font["OS/2"].fsType & _NO_EMBEDDING)
    _tame(font)
    name = _named(_identity(document, weight))
    font["name"].names = []
    for number, text in ((1, name), (2, "Regular"), (4, name), (6, name.replace(" ", "-"))):
        font["name"].setName(text, number, 3, 1, 0x409)
    written = io.BytesIO()
    font.save(written, reorderTables=False)
    return written.getvalue(), restricted


def _fixed(font: Any, weight: int) -> Any:
    """A variable font with its weight chosen, as near as it goes, and every other axis at rest."""
    from fontTools.varLib import instancer

    axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    limits = next(
        ((axis.minValue, axis.maxValue) for axis in font["fvar"].axes if axis.axisTag == "wght"), None
    )
    if limits:
        axes["wght"] = min(max(weight, limits[0]), limits[1])
    return instancer.instantiateVariableFont(font, axes)


def _tame(font: Any) -> None:
    """As high as its letters, where its own line cannot be true."""
    metrics, head = font["OS/2"], font["head"]
    em = head.unitsPerEm
    if not _LINE[0] * em <= metrics.usWinAscent + metrics.usWinDescent <= _LINE[1] * em:
        metrics.usWinAscent = min(max(head.yMax, round(0.7 * em)), 2 * em)
        metrics.usWinDescent = min(max(-head.yMin, round(0.2 * em)), em)


def _no_font(path: Path, what: str, remedy: str) -> FinishError:
    return FontError(what, remedy, where=str(path))
