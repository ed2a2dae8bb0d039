"""Font files that are built, so that the place of every edge is known."""

from __future__ import annotations

import io
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen


def block_font(letters: str, height: int = 500) -> bytes:
    """A font whose every letter is a block, 400 units wide and `height` of 1000 high."""
    pen: Any = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for point in ((50, height), (450, height), (450, 0)):
        pen.lineTo(point)
    pen.closePath()
    block, names = pen.glyph(), [".notdef", *(f"g{ord(letter)}" for letter in letters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): f"g{ord(letter)}" for letter in letters})
    builder.setupGlyf(dict.fromkeys(names, block))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 50)))
    builder.setupHorizontalHeader(ascent=900, descent=-300)
    builder.setupOS2(usWinAscent=900, usWinDescent=300, sTypoAscender=900, sTypoDescender=-300)
    builder.setupNameTable({"familyName": "Blocks", "styleName": "Regular"})
    builder.setupPost()
    written = io.BytesIO()
    builder.save(written)
    return written.getvalue()
