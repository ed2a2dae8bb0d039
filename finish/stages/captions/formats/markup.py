"""Bytes → lines of clean text, and a cue's markup → runs. Anything but a known tag is text and stays text."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from finish.errors import FinishError
from finish.model import Document, Note
from finish.stages.captions import messages
from finish.stages.captions.cues import StyledRun
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
_TAG: Final = re.compile(r"<\s{0,2}(/?)\s{0,2}([A-Za-z][A-Za-z0-9]*)((?:[.\s/][^<>]*)?)>|<(\d+:[\d:.]+)>")
_STAMP: Final = re.compile(r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d\.\d{3})")  # W3C WebVTT §4.2.2
_STYLES: Final = {"i": "italic", "em": "italic", "b": "bold", "strong": "bold", "u": "underline"}
# Tags that players skip: HTML that SRT files contain, and those of WebVTT (W3C WebVTT §3.5).
_DROPPED: Final = frozenset({"br", "font", "span", "s", "strike", "c", "v", "lang", "ruby", "rt"})


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
    for number, row in enumerate(text.split("\n"), 1):
        check(row, place.at_line(number))
    return text, notes


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


def srt_runs(text: str) -> tuple[StyledRun, ...]:
    """SRT text: `<i> <b> <u>` are styling, a few HTML tags are dropped, the rest is literal (`<3`)."""
    return _runs(text, keep=lambda tag: tag not in _DROPPED, entities=False)


def vtt_runs(text: str) -> tuple[StyledRun, ...]:
    """WebVTT text (W3C WebVTT §6.4): entities are decoded, `<i> <b> <u>` are styling, other tags are dropped.

    A timestamp is when the text after it is spoken.
    """
    return _runs(text, keep=lambda _: False, entities=True)


def _runs(text: str, keep: Callable[[str], bool], entities: bool) -> tuple[StyledRun, ...]:
    """Text as runs. `keep` states for the name of an unknown tag whether it stays as text."""
    runs: list[StyledRun] = []
    depth = {"italic": 0, "bold": 0, "underline": 0}
    stamps: list[Fraction] = []

    def add(piece: str) -> None:
        piece = TURNING.sub("", html.unescape(piece) if entities else piece)
        if piece:
            italic, bold, underline = (level > 0 for level in depth.values())
            runs.append(StyledRun(piece, italic, bold, underline, stamps.pop() if stamps else None))

    end = 0
    for tag in _TAG.finditer(text):
        name = (tag[2] or "").lower()
        style = _STYLES.get(name)
        if style is None and keep(name if tag[2] else "stamp"):
            continue
        add(text[end : tag.start()])
        end = tag.end()
        if tag[4] and (stamp := _STAMP.fullmatch(tag[4])):
            hours, minutes, seconds = (Fraction(part or 0) for part in stamp.groups())
            stamps[:] = [3600 * hours + 60 * minutes + seconds]
        if style is not None:
            depth[style] = max(0, depth[style] + (-1 if tag[1] else 1))
        elif name == "br":
            add("\n")
    add(text[end:])
    return tidy(tuple(runs))


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
                joined[-1] = run.but(joined[-1].text + run.text)
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
