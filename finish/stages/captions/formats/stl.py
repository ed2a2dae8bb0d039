"""EBU STL (Tech 3264) → cues.

ttconv's reader isn't used: it joins words where a blank is next to another blank or to italics.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.model import Document, Note
from finish.stages.captions import messages
from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.formats import messages as reading_messages
from finish.stages.captions.formats.markup import BYTES, TURNING, check, tidy
from finish.stages.captions.source_place import SourcePlace, caption_error

_HEAD, _BLOCK = 1024, 128  # bytes of the GSI block and of each TTI block
# Tech 3264 has 25 and 30; the others are written, too.
_RATES: Final = {b"STL24.01": 24, b"STL25.01": 25, b"STL30.01": 30, b"STL50.01": 50}
# Character code tables (CCT): Latin by ISO 6937, the others by their parts of ISO 8859.
_TABLES: Final = {b"00": "", b"01": "iso8859_5", b"02": "iso8859_6", b"03": "iso8859_7", b"04": "iso8859_8"}
# Extension block numbers: the last block of a subtitle, and those that hold no text (user data, reserved).
_LAST, _NO_TEXT = 0xFF, range(0xF0, 0xFF)
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
    """One TTI block: its number in the file, subtitle and extension numbers, times (s), and its text."""

    number: int
    subtitle: int
    extension: int
    start: Fraction
    end: Fraction
    comment: bool
    text: bytes


@dataclass(frozen=True)
class _Header:
    """What the GSI block states: frames per second, character table, programme start, block count."""

    rate: int
    table: str
    start: Fraction
    timecode: str
    count: str


def read_stl(document: Document) -> tuple[list[Cue], list[Note]]:
    """The cues of a file in its order, and notes.

    Times count from the programme start that the file states (TCP), unless all of them are before it.
    Subtitles before it, such as a title card's, aren't of the programme.
    """
    data, place = document.data, SourcePlace.of(document)
    header = _header(data, place)
    blocks = (len(data) - _HEAD) // _BLOCK
    subtitles = list(_subtitles(data, header.rate, place))
    texts = [parts for parts in subtitles if not parts[0].comment]
    late = [parts for parts in texts if parts[0].end > header.start]
    offset = header.start if late or not texts else Fraction(0)
    notes = list(_notes(header, blocks, offset, len(texts) - len(late)))
    if len(texts) < len(subtitles):
        notes.append(messages.captions_comments(len(subtitles) - len(texts)))
    kept = late if offset else texts
    cues = [_cue(parts, header.table, offset, place.at_part(f"block {parts[0].number}")) for parts in kept]
    return cues, notes


def _notes(header: _Header, blocks: int, offset: Fraction, early: int) -> Iterator[Note]:
    """Notes about the header, and about the subtitles that are before the start that it states."""
    if offset:
        yield messages.caption_times(header.timecode, "the programme start that the file states")
    if early and offset:
        yield reading_messages.cues_before_start(early, header.timecode)
    elif early:
        yield reading_messages.start_not_used(header.timecode)
    if not header.count.isdigit() or int(header.count) != blocks:
        yield messages.captions_count(header.count, blocks)


def _header(data: bytes, place: SourcePlace) -> _Header:
    blocks, rest = divmod(len(data) - _HEAD, _BLOCK)
    rate, table = _RATES.get(data[3:11], 0), data[12:14]
    if blocks < 1 or rest or not rate or len(data) > BYTES:
        message = (
            "not an EBU STL file: 1,024 bytes that state STL25.01, STL30.01, …, then blocks of 128 bytes"
        )
        raise caption_error(message, "check that it's the right file, and complete", place)
    if table not in _TABLES:
        message = f"unknown character table {table!r}"
        raise caption_error(message, "save the file with a table from 00 to 04", place)
    start, timecode = _programme_start(data, rate, place)
    return _Header(rate, _TABLES[table], start, timecode, data[238:243].strip().decode("ascii", "replace"))


def _programme_start(data: bytes, rate: int, place: SourcePlace) -> tuple[Fraction, str]:
    """The programme start in seconds and as a timecode; 0 and "" where the file states none."""
    text = data[256:264].decode("ascii", "replace")
    if not text.strip():
        return Fraction(0), ""
    if not text.isdigit():
        raise caption_error(f"invalid programme start {text!r}", "write it as HHMMSSFF", place)
    parts = [int(text[at : at + 2]) for at in range(0, 8, 2)]
    return _seconds(parts, rate, place), ":".join(f"{part:02d}" for part in parts)


def _seconds(parts: Sequence[int], rate: int, place: SourcePlace) -> Fraction:
    """A timecode of hours, minutes, seconds and frames, in seconds."""
    hours, minutes, seconds, frames = parts
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= rate:
        timecode = ":".join(f"{part:02d}" for part in parts)
        raise caption_error(f"invalid timecode {timecode} at {rate} fps", "correct the timecode", place)
    return 3600 * hours + 60 * minutes + seconds + Fraction(frames, rate)


def _subtitles(data: bytes, rate: int, place: SourcePlace) -> Iterator[list[_TtiBlock]]:
    """The blocks of each subtitle.

    Blocks without text are skipped; a subtitle without a last block ends at the next one.
    """
    parts: list[_TtiBlock] = []
    for number, at in enumerate(range(_HEAD, len(data), _BLOCK), 1):
        raw = data[at : at + _BLOCK]
        if raw[3] in _NO_TEXT:
            continue
        block = _text_block(number, raw, rate, place.at_part(f"block {number}"))
        if parts and parts[0].subtitle != block.subtitle:
            yield parts
            parts = []
        parts.append(block)
        if block.extension == _LAST:
            yield parts
            parts = []
    if parts:
        yield parts


def _text_block(number: int, raw: bytes, rate: int, place: SourcePlace) -> _TtiBlock:
    start, end = (_seconds(list(raw[field : field + 4]), rate, place) for field in (5, 9))
    text = raw[16:].split(bytes([_UNUSED]))[0]
    return _TtiBlock(number, int.from_bytes(raw[1:3], "little"), raw[3], start, end, raw[15] == 1, text)


def _cue(parts: Sequence[_TtiBlock], table: str, offset: Fraction, place: SourcePlace) -> Cue:
    """The cue of a subtitle's blocks, with times from `offset` (s) on."""
    first = parts[0]
    if first.end <= first.start:
        raise caption_error("the subtitle ends before it starts", "correct its times", place)
    runs = tidy(tuple(_runs(b"".join(part.text for part in parts), table, place)))
    return Cue(max(Fraction(0), first.start - offset), first.end - offset, runs, first.subtitle, place)


def _runs(text: bytes, table: str, place: SourcePlace) -> Iterator[StyledRun]:
    """Text with its styling; a teletext control code takes the place of a blank."""
    styling = {"italic": False, "underline": False}
    letters = bytearray()

    def flush() -> Iterator[StyledRun]:
        if letters:
            decoded = _decoded(bytes(letters), table)
            check(decoded, place)
            plain = _BLANKS.sub(" ", TURNING.sub("", decoded))
            yield StyledRun(plain, italic=styling["italic"], underline=styling["underline"])
            letters.clear()

    for code in text:
        if code < 0x20:
            letters += b" "
        elif code == _NEWLINE:
            yield from flush()
            yield StyledRun("\n")
        elif code in _SWITCHES:
            yield from flush()
            name, on = _SWITCHES[code]
            styling[name] = on
        elif not 0x7F <= code <= 0x9F:
            letters.append(code)
    yield from flush()


def _decoded(data: bytes, table: str) -> str:
    if table:
        return data.decode(table, "replace")
    from ttconv.stl import iso6937

    return unicodedata.normalize("NFC", str(iso6937.decode(data, "replace")[0]))
