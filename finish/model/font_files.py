"""A font file that a setting names: checked, fixed at one weight, and renamed, so that its name can't be
another font's.

fontTools is imported when the first font is read.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from finish import units
from finish.errors import FinishError, FontError
from finish.model.spec_documents import Document
from finish.model.values import as_mistake

_REGULAR: Final = 400  # the weight of a font's upright, regular cut
BYTES: Final = 20 * 2**20  # Noto Sans JP with all its weights has 10 MB
_HINT: Final = "use a .ttf or .otf file with outlines"
# A font's line height, ascent and descent together, in em: outside of this range it is wrong, and the box of
# its letters counts.
_LINE: Final = (0.6, 3.0)
_UNITS: Final = (16, 16_384)  # per em; OpenType 1.9, head table
_NO_EMBEDDING: Final = 0x0002  # OS/2 fsType: "restricted licence embedding"
_OTHER_KINDS: Final = {b"wOFF": "a WOFF font", b"wOF2": "a WOFF2 font", b"ttcf": "a collection of fonts"}


@dataclass(frozen=True)
class PreparedFont:
    """A font file at one weight. `family` is the name that its bytes (`data`) state, which no other font has.

    `identity` is the digest of the document and the weight. `restricted`: its licence forbids embedding.
    """

    data: bytes = field(repr=False, compare=False)
    identity: str
    family: str
    restricted: bool


@lru_cache(maxsize=32)
def font_at(document: Document, weight: int) -> PreparedFont:
    """The font of a document at a weight (100 to 900), if it is variable, else as it is.

    FontError for a font that can't be used.
    """
    path = document.path
    if len(document.data) > BYTES:
        message = f"the font has {len(document.data):,} bytes; the limit is {BYTES:,}"
        raise _font_error(path, message, "subset the font")
    kind = _OTHER_KINDS.get(document.data[:4])
    if kind:
        raise _font_error(path, f"the file is {kind}", "convert it to one .ttf or .otf file")
    identity = _identity(document, weight)
    try:
        data, restricted = _prepared(document, weight)
    except FinishError:
        raise
    # fontTools raises whatever its tables meet: struct.error, KeyError, TTLibError, AssertionError …
    except Exception as error:
        raise _font_error(path, "the file isn't a valid font", _HINT) from error
    return PreparedFont(data, identity, _family_name(identity), restricted)


def readable_font(document: Document | None) -> Document | None:
    """The validator of a setting that names a font: one that can't be used is a mistake, drawn or not."""
    if document is not None:
        with as_mistake():
            font_at(document, _REGULAR)
    return document


def _identity(document: Document, weight: int) -> str:
    return units.digest(document.data, str(weight))


def _family_name(identity: str) -> str:
    return f"finish {identity[:16]}"


def _prepared(document: Document, weight: int) -> tuple[bytes, bool]:
    """The font at one weight and under its own name, and whether its licence forbids embedding."""
    from fontTools.ttLib import TTFont

    # Its warnings are about dates and the like; what can't be drawn is an error here.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    font: Any = TTFont(io.BytesIO(document.data), lazy=False)
    if not ({"glyf", "CFF ", "CFF2"} & set(font.keys())):
        raise _font_error(document.path, "the font has no outlines, only pictures or colours", _HINT)
    if not _UNITS[0] <= font["head"].unitsPerEm <= _UNITS[1]:
        message = f"the font has {font['head'].unitsPerEm} units per em, outside {_UNITS[0]} to {_UNITS[1]}"
        raise _font_error(document.path, message, _HINT)
    if not font.getBestCmap():
        raise _font_error(document.path, "the font has no Unicode characters", _HINT)
    if "fvar" in font:
        font = _fixed(font, weight)
    restricted = bool(font["OS/2"].fsType & _NO_EMBEDDING)
    _limit_height(font)
    name = _family_name(_identity(document, weight))
    font["name"].names = []
    for number, text in ((1, name), (2, "Regular"), (4, name), (6, name.replace(" ", "-"))):
        font["name"].setName(text, number, 3, 1, 0x409)
    written = io.BytesIO()
    font.save(written, reorderTables=False)
    return written.getvalue(), restricted


def _fixed(font: Any, weight: int) -> Any:
    """A variable font at the nearest weight that it has, with every other axis at its default."""
    from fontTools.varLib import instancer

    axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    limits = next(
        ((axis.minValue, axis.maxValue) for axis in font["fvar"].axes if axis.axisTag == "wght"), None
    )
    if limits:
        axes["wght"] = min(max(weight, limits[0]), limits[1])
    return instancer.instantiateVariableFont(font, axes)


def _limit_height(font: Any) -> None:
    """Replace, in place, a line height that can't be right by that of the letters."""
    metrics, head = font["OS/2"], font["head"]
    em = head.unitsPerEm
    if not _LINE[0] * em <= metrics.usWinAscent + metrics.usWinDescent <= _LINE[1] * em:
        metrics.usWinAscent = min(max(head.yMax, round(0.7 * em)), 2 * em)
        metrics.usWinDescent = min(max(-head.yMin, round(0.2 * em)), em)


def _font_error(path: Path, message: str, hint: str) -> FinishError:
    return FontError(message, hint, where=str(path))
