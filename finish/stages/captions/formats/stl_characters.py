"""The character code tables of EBU STL (Tech 3264, appendix 2): text → bytes.

Latin is ISO 6937: an accent is a byte of its own before its letter. The others are parts of ISO 8859.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from finish.stages.captions.formats.caption_screens import NoCodeError, spelled

# Bytes from 0xA0 on; a blank is a code that the table doesn't have.
_LATIN: Final = {
    letter: bytes([code])
    for first, letters in (
        (0xA1, "¡¢£$¥"),
        (0xA7, "§¤‘“«←↑→↓°±²³×µ¶·÷’”»¼½¾¿"),
        (0xD0, "—¹®©™♪¬¦"),
        (0xDC, "⅛⅜⅝⅞ΩÆÐªĦ"),
        (0xE6, "ĲĿŁØŒºÞŦŊŉĸæđðħıĳŀłøœßþŧŋ"),
    )
    for code, letter in enumerate(letters, first)
} | {"Đ": b"\xe2"}  # the same sign as Ð
_ASCII: Final = {chr(code): bytes([code]) for code in range(0x20, 0x7F) if chr(code) != "$"}
_ACCENTS: Final = {
    "\u0300": 0xC1, "\u0301": 0xC2, "\u0302": 0xC3, "\u0303": 0xC4, "\u0304": 0xC5, "\u0306": 0xC6,
    "\u0307": 0xC7, "\u0308": 0xC8, "\u030a": 0xCA, "\u0327": 0xCB, "\u030b": 0xCD, "\u0328": 0xCE,
    "\u030c": 0xCF,
}  # fmt: skip
# The letters that ISO 6937 composes; a decoder knows no others.
_COMPOSED: Final = frozenset(
    "ÀÈÌÒÙàèìòùÁĆÉÍĹŃÓŔŚÚÝŹáćéíĺńóŕśúýźÂĈÊĜĤÎĴÔŜÛŴŶâĉêĝĥîĵôŝûŵŷÃĨÑÕŨãĩñõũĀĒĪŌŪāēīōūĂĞŬăğŭĊĖĠİŻċėġżÄËÏÖÜŸäëïöüÿ"
    "ÅŮåůÇĢĶĻŅŖŞŢçķļņŗşţŐŰőűĄĘĮŲąęįųČĎĚĽŇŘŠŤŽčďěľňřšťž"
)


@dataclass(frozen=True)
class CharacterTable:
    """A table by its number in the file (CCT); `encoded` are the bytes of a character, or None."""

    number: bytes
    encoded: Callable[[str], bytes | None]

    def has_code(self, letter: str) -> bool:
        return self.encoded(letter) is not None

    def spelled(self, text: str) -> str:
        """Text in the characters of the table; NoCodeError for a letter that it doesn't have."""
        return spelled(text, self.has_code)


def _latin(letter: str) -> bytes | None:
    if letter == "ģ":  # its cedilla stands above, where ISO 6937 has an acute accent
        return b"\xcbg"
    if letter in _COMPOSED:
        parts = unicodedata.normalize("NFD", letter)
        return bytes([_ACCENTS[parts[1]]]) + parts[0].encode("ascii")
    return _ASCII.get(letter) or _LATIN.get(letter)


def _part(name: str) -> Callable[[str], bytes | None]:
    """The characters of a part of ISO 8859, without its control characters."""

    def encoded(letter: str) -> bytes | None:
        try:
            data = letter.encode(name)
        except UnicodeEncodeError:
            return None
        return data if 0x20 <= data[0] < 0x7F or data[0] >= 0xA1 else None

    return encoded


_TABLES: Final = (
    CharacterTable(b"00", _latin),
    *(CharacterTable(f"{number:02d}".encode(), _part(f"iso8859_{number + 4}")) for number in (1, 2, 3, 4)),
)


def table_for(texts: Iterable[str]) -> CharacterTable:
    """The first table that can write the texts; NoCodeError if none can."""
    text = "".join(sorted(set().union(*texts) - {"\n"}))
    missing: NoCodeError | None = None
    for table in _TABLES:
        try:
            table.spelled(text)
        except NoCodeError as error:
            missing = missing or error
        else:
            return table
    raise missing or NoCodeError("")
