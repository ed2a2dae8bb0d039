"""EBU STL (Tech 3264) → cues. Read here, because ttconv's reader joins words where a blank stands beside another or beside italics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.model import Document, Note, act, know
from finish.stages.captions.cues import Cue, StyledRun, caption_error
from finish.stages.captions.formats.markup import BYTES, TURNING, check, tidy

_HEAD, _BLOCK = 1024, 128  # bytes of the GSI block and of each TTI block
_RATES: Final = {b"STL25.01": 25, b"STL30.01": 30}
# Character code tables (CCT): Latin by ISO 6937, the others by their parts of ISO 8859.
_TABLES: Final = {b"00": "", b"01": "iso8859_5", b"02": "iso8859_6", b"03": "iso8859_7", b"04": "iso8859_8"}
_LAST, _USER_DATA = 0xFF, 0xFE  # extension block numbers
_UNUSED, _NEWLINE = 0x8F, 0x8A
_SWITCHES: Final = {
    0x80: ("italic", True),
    0x81: ("italic", False),
    0x82: ("underline", True),
    0x83: ("underline", False),
}
_BLANKS: Final = re.compile(r"[ \u00a0]+")


@dataclass(frozen=True)
class _TtiBlock:
    """One TTI block: which it is in the file, its subtitle, whether more of it follow, its times (s), whether it is a comment, its text."""

    place: int
    subtitle: int
    extension: int
    start: Fraction
    end: Fraction
    comment: bool
    text: bytes


def read_stl(document: Document) -> tuple[list[Cue], list[Note]]:
    """The cues of a file, as they come, and what is odd about it; times count from the programme's start that it states (TCP)."""
    data, path = document.data, str(document.path)
    blocks, rest = divmod(len(data) - _HEAD, _BLOCK)
    rate, table = _RATES.get(data[3:11], 0), data[12:14]
    if blocks < 1 or rest or not rate or len(data) > BYTES:
        raise caption_error(
            "no EBU STL file: a head of 1,024 bytes that says STL25.01 or STL30.01, and blocks of 128",
            "is it the right file, and whole?",
            path,
        )
    if table not in _TABLES:
        raise caption_error(
            f"character table {table!r}; 00 to 04 are known", "save it again with one of these", path
        )
    begin, stated = _programme_start(data, rate, path), data[238:243].strip()
    text = f"times count from {begin[1]}, where the file says that the programme starts"
    notes = [know("caption-times", text)] if begin[0] else []
    if not stated.isdigit() or int(stated) != blocks:
        notes.append(
            act(
                "captions-count",
                f"the head counts {stated.decode('ascii', 'replace') or 'no'} blocks and the file has {blocks}",
            )
        )
    found, comments = [], 0
    for parts in _subtitles(data, rate, path):
        first = parts[0]
        if first.comment:
            comments += 1
            continue
        where = f"{path}, block {first.place}"
        start, end = first.start - begin[0], first.end - begin[0]
        if start < 0 or end <= start:
            raise caption_error(
                "a subtitle that ends before it starts, or starts before the programme",
                "mend its times",
                where,
            )
        runs = tidy(tuple(_runs(b"".join(part.text for part in parts), _TABLES[table], where)))
        found.append(Cue(start, end, runs, first.subtitle, first.place))
    if comments:
        notes.append(
            know("captions-comments", f"{comments} comment{'s' * (comments > 1)} for translators left out")
        )
    return found, notes


def _programme_start(data: bytes, rate: int, path: str) -> tuple[Fraction, str]:
    text = data[256:264].decode("ascii", "replace")
    if not text.strip():
        return Fraction(0), ""
    if not text.isdigit():
        raise caption_error(f"a programme start of {text!r}", "it is written as HHMMSSFF", path)
    parts = [int(text[at : at + 2]) for at in range(0, 8, 2)]
    return _seconds(parts, rate, path), ":".join(f"{part:02d}" for part in parts)


def _seconds(parts: list[int], rate: int, where: str) -> Fraction:
    hours, minutes, seconds, frames = parts
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= rate:
        raise caption_error(
            f"no timecode: {hours:02d}:{minutes:02d}:{seconds:02d}:{frames:02d} at {rate} frames a second",
            "mend it",
            where,
        )
    return 3600 * hours + 60 * minutes + seconds + Fraction(frames, rate)


def _subtitles(data: bytes, rate: int, path: str) -> Iterator[list[_TtiBlock]]:
    """The blocks of each subtitle; what is of a subtitle that never ends, and user data, is passed over where it stands alone."""
    parts: list[_TtiBlock] = []
    for place, at in enumerate(range(_HEAD, len(data), _BLOCK), 1):
        raw = data[at : at + _BLOCK]
        if raw[3] == _USER_DATA:
            continue
        where = f"{path}, block {place}"
        start, end = (_seconds(list(raw[field : field + 4]), rate, where) for field in (5, 9))
        block = _TtiBlock(
            place,
            int.from_bytes(raw[1:3], "little"),
            raw[3],
            start,
            end,
            raw[15] == 1,
            raw[16:].split(bytes([_UNUSED]))[0],
        )
        if parts and parts[0].subtitle != block.subtitle:
            yield parts
            parts = []
        parts.append(block)
        if block.extension == _LAST:
            yield parts
            parts = []
    if parts:
        yield parts


def _runs(text: bytes, table: str, where: str) -> Iterator[StyledRun]:
    """Text with its styling: in teletext every control code takes the place of a blank."""
    look = {"italic": False, "underline": False}
    letters = bytearray()

    def put() -> Iterator[StyledRun]:
        if letters:
            said = _decoded(bytes(letters), table)
            check(said, where)
            yield StyledRun(
                _BLANKS.sub(" ", TURNING.sub("", said)), italic=look["italic"], underline=look["underline"]
            )
            letters.clear()

    for code in text:
        if code < 0x20:
            letters += b" "
        elif code == _NEWLINE:
            yield from put()
            yield StyledRun("\n")
        elif code in _SWITCHES:
            yield from put()
            name, on = _SWITCHES[code]
            look[name] = on
        elif not 0x7F <= code <= 0x9F:
            letters.append(code)
    yield from put()


def _decoded(data: bytes, table: str) -> str:
    if table:
        return data.decode(table, "replace")
    from ttconv.stl import iso6937

    return unicodedata.normalize("NFC", str(iso6937.decode(data, "replace")[0]))
