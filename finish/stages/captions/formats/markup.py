"""Bytes → lines of clean text, and what the markup of a cue says, in any format."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from finish.errors import FinishError
from finish.model import Document, Note
from finish.stages.captions.cues import CuePosition, StyledRun
from finish.stages.captions.formats import messages
from finish.stages.captions.source_place import SourcePlace, caption_error
from finish.units import tongue

# The captions of a feature film are about 100 kB in 1,500 cues; fifty times that is an attack or a mistake.
BYTES: Final = 5_000_000

# Invisible marks that change the order of the text after them (embeddings, overrides, isolates) are removed:
# unbalanced ones leak, and they can make a caption read otherwise than it was checked. The direction of a
# line comes from its letters instead. The plain marks LRM, RLM and ALM place punctuation and stay. U+FEFF is
# a byte order mark inside the text.
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_WEBVTT: Final = (".vtt", ".webvtt")
_LINE_END: Final = re.compile("[\n\u2028\u2029]")
_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
# The Windows code pages in which caption files of a language were written before Unicode; the first that fits
# counts.
_LEGACY: Final = {
    language: names.split(" ")
    for languages, names in (
        ("en fr de es it pt nl sv da nb no nn fi is ca gl eu ga af id ms", "windows-1252"),
        ("pl cs sk hu sl hr bs ro sq", "windows-1250"),
        ("ru uk bg sr mk be", "windows-1251"),
        ("el", "windows-1253"),
        ("tr az", "windows-1254"),
        ("he yi", "windows-1255"),
        ("ar fa ur", "windows-1256"),
        ("et lv lt", "windows-1257"),
        ("vi", "windows-1258"),
        ("th", "cp874"),
        ("ja", "cp932 euc_jp"),
        ("ko", "cp949"),
        ("zh zh-hans zh-cn zh-sg", "gb18030"),
        ("zh-hant zh-tw zh-hk yue", "big5hkscs"),
    )
    for language in languages.split(" ")
}


@dataclass(frozen=True)
class CueText:
    """The text of a cue without its markup, and what the markup says beside styling.

    `lost` names what captions can't show: "tags" for override tags that were left out, "ruby" for readings,
    "unknown tags" for those that the format doesn't have, "voices" where several people speak in one cue.
    """

    runs: tuple[StyledRun, ...]
    position: CuePosition | None = None
    speaker: str = ""
    lost: frozenset[str] = frozenset()


def decoded(document: Document, encoding: str = "", language: str = "") -> tuple[str, tuple[Note, ...]]:
    """The document as text with `\\n` line ends, and a note if it isn't Unicode.

    FinishError for anything but text.

    A byte order mark counts first, then `encoding` if it's set. Otherwise the text is UTF-16 where every
    other byte is NUL, else UTF-8, else the code page in which files of its language used to be written.
    Nothing is guessed from letters: two code pages make plausible words of the same bytes.
    """
    data, place = document.data, SourcePlace.of(document)
    if len(data) > BYTES:
        message = f"the caption file has {len(data):,} bytes; the limit is {BYTES:,}"
        raise caption_error(message, "split the file", place)
    if encoding and not is_encoding(encoding):
        raise caption_error(f'unknown text encoding "{encoding}"', ENCODINGS, place)
    mark = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "")
    name = mark or encoding or _utf_16(data) or "utf-8"
    notes: tuple[Note, ...] = ()
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        code_page = "" if mark or encoding else _code_page(data, language)
        if not code_page:
            raise _undecodable(error, name, place) from error
        text, notes = data.decode(code_page), (messages.captions_encoding(code_page, language),)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if document.suffix in _WEBVTT:
        text = text.replace("\0", "\1")  # its specification has a rule for NUL: it's none of the text
    clean = _CONTROL.sub(lambda control: _meant(control[0]), text)
    for number, row in enumerate(clean.split("\n"), 1):
        check(row, place.at_line(number))
    return clean, (*notes, *_control_notes(text))


def _control_notes(text: str) -> Iterator[Note]:
    lines = [number for number, row in enumerate(text.split("\n"), 1) for _ in _CONTROL.findall(row)]
    if lines:
        yield messages.captions_controls(len(lines), lines[0])


@cache
def _meant(control: str) -> str:
    """What stands for a control character: the letter of Windows-1252 at its place, or a blank.

    Text that was once read as Latin-1 has such letters. NUL stays: only files that aren't text have one.
    """
    letter = control.encode("latin-1").decode("windows-1252", "ignore")
    return letter if control == "\0" or letter > "\x9f" else " "


def _code_page(data: bytes, language: str) -> str:
    """The first code page of a language that decodes the data; "" for none."""
    names = _LEGACY.get(language.lower(), _LEGACY.get(tongue(language), []))
    return next((name for name in names if _decodes(data, name)), "")


def _undecodable(error: UnicodeDecodeError, name: str, place: SourcePlace) -> FinishError:
    line = error.object[: error.start].decode(name, "replace").count("\n") + 1
    message = f"byte {error.object[error.start]:#04x} isn't valid {name.removesuffix('-sig').upper()}"
    hint = "save the file as UTF-8, or state its encoding: `encoding: windows-1252`"
    return caption_error(message, hint, place.at_line(line))


def is_encoding(name: str) -> bool:
    """Whether a name is that of an encoding of text files; Python has codecs for other things too."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return False
    return getattr(codec, "_is_text_encoding", False) and codec.name.replace("_", "-") not in _NO_ENCODINGS


# For domain names, for Python's source text, and for one system only.
_NO_ENCODINGS: Final = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"}
)
ENCODINGS: Final = (
    "use a name such as utf-8, windows-1252, windows-1251, shift_jis, gb18030, big5, euc_kr or utf-16"
)


def _utf_16(data: bytes) -> str:
    """The byte order of UTF-16 without a mark: most letters of captions have a NUL next to them; else ""."""
    low, high = data[1::2], data[0::2]
    if len(data) < 4 or len(data) % 2:
        return ""
    if low.count(0) > len(low) / 2 > high.count(0) * 2:
        return "utf-16-le"
    return "utf-16-be" if high.count(0) > len(high) / 2 > low.count(0) * 2 else ""


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def check(text: str, place: SourcePlace) -> None:
    """Refuse control characters, such as NUL: captions have none, damaged and binary files do."""
    control = _CONTROL.search(text)
    if control:
        message = f"control character U+{ord(control[0]):04X}: the file isn't plain text"
        raise caption_error(message, "save it as plain UTF-8", place.at_column(control.start() + 1))


def tidy(runs: tuple[StyledRun, ...]) -> tuple[StyledRun, ...]:
    """The runs without blanks at line ends and without empty lines, neighbours of one styling joined."""
    lines: list[list[StyledRun]] = [[]]
    for run in runs:
        for number, part in enumerate(_LINE_END.split(run.text)):
            if number:
                lines.append([])
            lines[-1].append(run.but(part.replace("\t", " ")))
    joined: list[StyledRun] = []
    for line in filter(None, map(_trimmed, lines)):
        if joined:
            joined[-1] = joined[-1].but(f"{joined[-1].text}\n")
        for run in line:
            if joined and run.follows(joined[-1]):
                joined[-1] = joined[-1].but(joined[-1].text + run.text)
            else:
                joined.append(run)
    return tuple(joined)


def _trimmed(line: list[StyledRun]) -> list[StyledRun]:
    """The runs of one line without blanks at its ends."""
    while line and not line[0].text.strip(" "):
        line = line[1:]
    while line and not line[-1].text.strip(" "):
        line = line[:-1]
    if not line:
        return []
    line = [line[0].but(line[0].text.lstrip(" ")), *line[1:]]
    return [run for run in (*line[:-1], line[-1].but(line[-1].text.rstrip(" "))) if run.text]
