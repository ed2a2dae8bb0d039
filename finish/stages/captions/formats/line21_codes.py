"""The codes of CEA-608 (line 21), field 1, channel 1: characters, places, styles, and odd parity.

The numbers are those of ANSI/CTA-608-E, tables 50 to 53.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

COLUMNS: Final = 32
ROWS: Final = 15
SHOWN_ROWS: Final = 4  # that a decoder must show at once

# Two bytes that a decoder gets together, or a sequence of them that nothing may come between.
Unit = tuple[int, ...]

RESUME_LOADING, ERASE_HIDDEN, ERASE_SHOWN, SHOW = 0x1420, 0x142E, 0x142C, 0x142F
_TAB: Final = 0x1720
_ROW_CODES: Final = (
    0x1140, 0x1160, 0x1240, 0x1260, 0x1540, 0x1560, 0x1640, 0x1660, 0x1740, 0x1760, 0x1040, 0x1340, 0x1360,
    0x1440, 0x1460,
)  # fmt: skip
_MID_ROW: Final = 0x1120
_INDENT: Final = 0x10
# The seven colours of text, in the order of their codes; italics follow them.
COLOURS: Final = ("#FFFFFF", "#00FF00", "#0000FF", "#00FFFF", "#FF0000", "#FFFF00", "#FF00FF")
_ITALICS: Final = len(COLOURS)

# The characters of one byte: ASCII but for ten of them.
_BASIC: Final = {
    **{chr(code): code for code in range(0x20, 0x7B)},
    **dict(zip("áéíóúç÷Ññ█", (0x2A, 0x5C, *range(0x5E, 0x61), *range(0x7B, 0x80)), strict=True)),
}
for _replaced in "*\\^_`":
    del _BASIC[_replaced]
_SPECIAL: Final = dict(zip("®°½¿™¢£♪à", range(0x1130, 0x1139), strict=True)) | dict(
    zip("èâêîôû", range(0x113A, 0x1140), strict=True)
)
# An older decoder shows the character before; others put the extended one in its place.
_EXTENDED: Final = {
    letter: (code, fallback)
    for letters, fallbacks, first in (
        ("ÁÉÓÚÜü‘¡", "AEOUUu'!", 0x1220),
        ("*", "-", 0x1228),
        ("—©℠•“”", '-cs.""', 0x122A),
        ("ÀÂÇÈÊËëÎÏïÔÙùÛ«»", 'AACEEEeIIiOUuU""', 0x1230),
        ("ÃãÍÌìÒòÕõ{}\\^_|~", "AaIIiOoOo()/'-/-", 0x1320),
        ("ÄäÖöß¥¤¦ÅåØø┌┐└┘", "AaOosYo/AaOo++++", 0x1330),
    )
    for code, (letter, fallback) in enumerate(zip(letters, fallbacks, strict=True), first)
}


def has_code(letter: str) -> bool:
    """Whether the format has a character."""
    return letter in _BASIC or letter in _SPECIAL or letter in _EXTENDED


def doubled(code: int) -> Unit:
    """A control code twice, as it is sent."""
    return code, code


def preamble(row: int, column: int, colour: str, italic: bool, underline: bool) -> Iterator[Unit]:
    """The codes that put the pen at a row and a column, from 0, and set the styling of what follows.

    A colour or italics in any other column than the first take the column before.
    """
    base = _ROW_CODES[row] + underline
    if column == 0:
        yield doubled(base + 2 * style(colour, italic))
        return
    plain = style(colour, italic) == 0
    start = column if plain else column - 1
    yield doubled(base + _INDENT + 2 * (start // 4))
    if start % 4:
        yield doubled(_TAB + start % 4)
    if not plain:
        yield doubled(mid_row(colour, italic, underline))


def mid_row(colour: str, italic: bool, underline: bool) -> int:
    """The code that changes the styling inside a row; it shows as a blank."""
    return _MID_ROW + 2 * style(colour, italic) + underline


def style(colour: str, italic: bool) -> int:
    """The number of a styling. Text has a colour or is italic: a colour ends italics, and counts first."""
    nearest = nearest_colour(colour)
    return _ITALICS if italic and nearest == COLOURS[0] else COLOURS.index(nearest)


def nearest_colour(colour: str) -> str:
    """The colour that the format has for #RRGGBB; white for ""."""
    if not colour or colour in COLOURS:
        return colour or COLOURS[0]
    parts = bytes.fromhex(colour[1:])
    return min(
        COLOURS,
        key=lambda known: sum((a - b) ** 2 for a, b in zip(parts, bytes.fromhex(known[1:]), strict=True)),
    )


def letters(text: str) -> Iterator[Unit]:
    """Text of characters that the format has, two bytes at a time."""
    half: int | None = None
    for letter in text:
        if letter in _SPECIAL:
            yield from _word(half)
            half = None
            yield doubled(_SPECIAL[letter])
            continue
        code, fallback = _EXTENDED.get(letter, (0, letter))
        if code and half is None:
            yield (_BASIC[fallback] << 8, *doubled(code))
            continue
        if half is None:
            half = _BASIC[fallback]
            continue
        word = half << 8 | _BASIC[fallback]
        half = None
        yield (word, *doubled(code)) if code else (word,)
    yield from _word(half)


def _word(half: int | None) -> Iterator[Unit]:
    if half is not None:
        yield (half << 8,)


def without_repeats(units: Sequence[Unit]) -> list[Unit]:
    """The units, with an empty pair between two equal codes: a decoder takes the second for a repetition."""
    apart: list[Unit] = list(units[:1])
    for one, other in pairwise(units):
        apart += [(0,), other] if one == other and len(one) > 1 else [other]
    return apart


def with_parity(word: int) -> str:
    """Two bytes as four hexadecimal digits, each with odd parity in its highest bit."""
    return "".join(f"{_odd(byte):02x}" for byte in word.to_bytes(2, "big"))


def _odd(byte: int) -> int:
    return byte if byte.bit_count() % 2 else byte | 0x80
