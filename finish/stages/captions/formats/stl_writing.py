"""Cues → an EBU STL file (Tech 3264): a header (GSI) and blocks of text (TTI).

In teletext mode, lines are boxed and twice as high, and letters have teletext's colours. In open mode, they
can be italic and underlined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.errors import FinishError, several
from finish.stages.captions.caption_settings import StlMode
from finish.stages.captions.cues import Cue
from finish.stages.captions.formats.caption_screens import (
    CaptionScreen,
    NoCodeError,
    Row,
    StyledWord,
    first_row,
    rows,
    screens,
    stacked,
)
from finish.stages.captions.formats.frame_timecode import FrameClock
from finish.stages.captions.formats.line21_codes import nearest_colour
from finish.stages.captions.formats.stl_characters import CharacterTable, table_for
from finish.stages.captions.messages import counted
from finish.stages.captions.source_place import SourcePlace, caption_error
from finish.units import number, tongue

_TEXT: Final = 112  # bytes of text in a block
_UNUSED, _NEW_LINE = b"\x8f", b"\x8a"
_NUL: Final = b"\0"
# Teletext has 40 columns: double height and two box starts stand before the text, a box end after it.
_COLUMNS: Final[dict[StlMode, int]] = {"teletext": 36, "open": 40}
_START, _END = b"\x0d\x0b\x0b", b"\x0a\x0a"
_ROWS: Final = 11  # of double height; teletext has 23 single ones
_COLOURS: Final = {
    "#FF0000": 1, "#00FF00": 2, "#FFFF00": 3, "#0000FF": 4, "#FF00FF": 5, "#00FFFF": 6, "#FFFFFF": 7
}  # fmt: skip
_MOST: Final = 16  # blocks of one subtitle: Tech 3264 has 240, and a screen of 11 rows needs 5
# Tech 3264, appendix 3.
_LANGUAGES: Final = {
    language: f"{number:02X}"
    for languages, first in (
        ("sq br ca hr cy cs da de en es eo et eu fo fr fy ga gd gl is it se la lv lb lt hu mt nl no", 0x01),
        ("oc pl pt ro rm sr sk sl fi sv tr nl-BE wa", 0x1F),
        ("zu vi uz ur uk th te tt ta tg sw srn so si sn sh", 0x45),
        ("ru qu ps pa fa pap or ne nd mr mo ms mg mk lo ko km kk kn ja id hi he ha gn gu el ka ff prs", 0x56),
        ("cv zh my bg bn be bm az as hy ar am", 0x74),
    )
    for number, language in enumerate(languages.split(), first)
} | {"nb": "1E", "nn": "1E"}


@dataclass(frozen=True)
class _TtiText:
    """A subtitle: its frames, row, justification, and encoded text."""

    start: int
    end: int
    row: int
    justification: int
    text: bytes


def stl_rate(rate: Fraction, place: SourcePlace) -> int:
    """The frames per second that a file states; FinishError for a rate that EBU STL doesn't have.

    At 29.97, readers disagree whether STL30.01 counts 29.97 or 30.
    """
    for base in (25, 30):
        if rate in (base, 2 * base):
            return base
    message = f"EBU STL has 25 and 30 frames per second, and the picture has {number(rate)}"
    raise caption_error(message, "write SCC or TTML, or leave stl out of `sidecar`", place)


def stl(cues: tuple[Cue, ...], clock: FrameClock, mode: StlMode, language: str) -> bytes:
    """The file's bytes; FinishError with every cue that it can't show."""
    table = _table(cues)
    errors: list[FinishError] = []
    texts: list[_TtiText] = []
    for screen in screens(cues, clock.frame):
        try:
            texts += _texts(screen, table, mode)
        except FinishError as error:
            errors.append(error)
    if errors:
        raise several(tuple(errors))
    blocks = [block for number, text in enumerate(texts) for block in _blocks(number, text, clock)]
    return _header(texts, len(blocks), table, clock, mode, language) + b"".join(blocks)


def _table(cues: Sequence[Cue]) -> CharacterTable:
    """The table that can write all cues; FinishError with the first cue that has a letter in none of them."""
    try:
        return table_for(cue.text for cue in cues)
    except NoCodeError as error:
        cue = next((cue for cue in cues if error.letter in cue.text), cues[0])
        message = f"no character table of EBU STL has {error.letter!r} together with the file's other letters"
        raise caption_error(
            message, "write TTML or VTT, and leave stl out of `sidecar`", cue.place
        ) from error


def _texts(screen: CaptionScreen, table: CharacterTable, mode: StlMode) -> Iterator[_TtiText]:
    """The screen's subtitles: one for each cue, or for each two that show together, one below the other."""
    blocks = [(cue, _rows(cue, table, mode)) for cue in screen.cues]
    count = sum(len(block) for _, block in blocks)
    if count > _ROWS:
        message = f"{counted(count, 'row')} of {_COLUMNS[mode]} characters at one time; EBU STL has {_ROWS}"
        raise caption_error(message, "divide the cue, or leave stl out of `sidecar`", screen.cues[-1].place)
    preferred = [(first_row(cue.position, len(block), _ROWS), len(block)) for cue, block in blocks]
    for (cue, block), first in zip(blocks, stacked(preferred, _ROWS), strict=True):
        align = "centre" if cue.position is None else cue.position.align
        text = _text(block, table, mode)
        justification = {"left": 1, "centre": 2, "right": 3}[align]
        yield _TtiText(screen.start, screen.end, 2 * first + 2, justification, text)


def _rows(cue: Cue, table: CharacterTable, mode: StlMode) -> tuple[Row, ...]:
    block = rows(cue, _COLUMNS[mode], table.spelled)
    widest = max((word.text for row in block for word in row), key=len, default="")
    if len(widest) > _COLUMNS[mode]:
        message = f"{widest!r} is wider than the {_COLUMNS[mode]} columns of EBU STL"
        raise caption_error(message, "shorten it, or leave stl out of `sidecar`", cue.place)
    if not block:
        message = "EBU STL has a code for no character of the cue"
        raise caption_error(message, "describe it in words, or leave stl out of `sidecar`", cue.place)
    return block


def _text(block: Sequence[Row], table: CharacterTable, mode: StlMode) -> bytes:
    if mode == "teletext":
        return (2 * _NEW_LINE).join(_START + _boxed(row, table) + _END for row in block)
    return _NEW_LINE.join(_open(row, table) for row in block)


def _boxed(row: Row, table: CharacterTable) -> bytes:
    """A row of teletext: a change of colour takes the place of a blank."""
    colour, text = _COLOURS["#FFFFFF"], b""
    for place, word in enumerate(row):
        code = _COLOURS[nearest_colour(word.colour)]
        text += bytes([code]) if code != colour else b" " * bool(place)
        text, colour = text + _encoded(word, table), code
    return text


def _open(row: Row, table: CharacterTable) -> bytes:
    """A row of open subtitles: the codes of italics and underlining take no column."""
    italic = underline = False
    text = b""
    for place, word in enumerate(row):
        text += b" " * bool(place)
        if word.italic != italic:
            text += b"\x80" if word.italic else b"\x81"
        if word.underline != underline:
            text += b"\x82" if word.underline else b"\x83"
        italic, underline = word.italic, word.underline
        text += _encoded(word, table)
    return text + b"\x81" * italic + b"\x83" * underline


def _encoded(word: StyledWord, table: CharacterTable) -> bytes:
    return b"".join(table.encoded(letter) or b"" for letter in word.text)


def _blocks(number: int, text: _TtiText, clock: FrameClock) -> Iterator[bytes]:
    """A subtitle's blocks: as many as its text needs, of which the last one has the number 255."""
    parts = _parts(text.text)
    for place, part in enumerate(parts):
        extension = 0xFF if place == len(parts) - 1 else place
        head = _NUL + number.to_bytes(2, "little") + bytes([extension, 0])
        times = bytes((*clock.parts(text.start), *clock.parts(text.end)))
        yield head + times + bytes([text.row, text.justification, 0]) + part.ljust(_TEXT, _UNUSED)


def _parts(text: bytes) -> list[bytes]:
    """Text in parts of a block each; an accent stays with its letter."""
    parts = []
    while len(text) > _TEXT:
        end = _TEXT - (0xC1 <= text[_TEXT - 1] <= 0xCF)
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text]


def _header(  # noqa: PLR0913, PLR0917 (what the block states)
    texts: Sequence[_TtiText],
    blocks: int,
    table: CharacterTable,
    clock: FrameClock,
    mode: StlMode,
    language: str,
) -> bytes:
    """The GSI block. Titles, names, and dates are blank: a file of the same captions has the same bytes."""
    start, first = ("".join(f"{part:02d}" for part in clock.parts(frame)) for frame in (0, texts[0].start))
    code = _LANGUAGES.get(language) or _LANGUAGES.get(tongue(language), "00")
    fields = (
        (b"850", 3),
        (f"STL{clock.base}.01".encode(), 8),
        (b"1" if mode == "teletext" else b"0", 1),
        (table.number, 2),
        (code.encode(), 2),
        (b"", 208),  # titles, translator, list reference
        (b"", 12),  # dates of creation and revision
        (b"00", 2),
        (f"{blocks:05d}{len(texts):05d}001".encode(), 13),
        (b"4023", 4),  # columns and rows
        (b"1" + f"{start}{first}11".encode(), 19),
        (b"", 3 + 32 + 32 + 32 + 75 + 576),
    )
    return b"".join(value.ljust(size) for value, size in fields)
