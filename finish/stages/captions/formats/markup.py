"""Bytes → lines of clean text, and a cue's markup → runs. Whatever is not a known tag is text and stays text."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from finish.model import Document
from finish.stages.captions.cues import StyledRun, caption_error
from finish.units import tongue

# A feature film's captions are about 100 kB in 1,500 cues; fifty times that is an attack or a mistake.
BYTES: Final = 5_000_000

# Invisible marks that turn the order of what follows (embeddings, overrides, isolates) are taken out: unbalanced ones leak, and
# they can make a caption read otherwise than it was checked. The direction of a line comes from its letters instead. The plain
# marks LRM, RLM and ALM place punctuation and stay. U+FEFF is a byte order mark that strayed into the text.
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END: Final = re.compile("[\n\u2028\u2029]")
_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
# What caption files of a language were written in before Unicode, by Windows' code pages; of several the first that fits.
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
# What players drop without showing: HTML that SRT files carry, and the tags of WebVTT (W3C WebVTT §3.5).
_DROPPED: Final = frozenset({"br", "font", "span", "s", "strike", "c", "v", "lang", "ruby", "rt"})


def decoded(document: Document, encoding: str = "", language: str = "") -> tuple[str, str]:
    """The document as text with `\\n` line ends, and a note where it is not Unicode; FinishError for what is not text.

    By its byte order mark; else in `encoding`, if one is named; else as UTF-16 where every other byte is NUL, as UTF-8, and as the
    files of its language were written before. Nothing is guessed from letters: two code pages make good words of the same bytes.
    """
    data, path = document.data, str(document.path)
    if len(data) > BYTES:
        raise caption_error(
            f"captions of {len(data):,} bytes; {BYTES:,} are read at most", "split the file", path
        )
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "")
    if encoding and not is_encoding(encoding):
        raise caption_error(f'no encoding of texts is called "{encoding}"', ENCODINGS, path)
    name = marked or encoding or _sixteen(data) or "utf-8"
    note = ""
    try:
        text = data.decode(name)
    except UnicodeDecodeError as wrong:
        legacy = (
            [] if marked or encoding else _LEGACY.get(language.lower(), _LEGACY.get(tongue(language), []))
        )
        known = next((each for each in legacy if _decodes(data, each)), "")
        if not known:
            line = wrong.object[: wrong.start].decode(name, "replace").count("\n") + 1
            found = f"byte {wrong.object[wrong.start]:#04x} is not {name.removesuffix('-sig').upper()}"
            raise caption_error(
                found, "save as UTF-8, or name what it is: `encoding: windows-1252`", f"{path}:{line}"
            ) from wrong
        text, note = (
            data.decode(known),
            f"no Unicode: read as {known}, as files in {language!r} used to be; check its letters",
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, row in enumerate(text.split("\n"), 1):
        check(row, f"{path}:{number}")
    return text, note


def is_encoding(name: str) -> bool:
    """Whether a name is that of an encoding in which text files are written; Python calls other things codecs too."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return False
    return getattr(found, "_is_text_encoding", False) and found.name.replace("_", "-") not in _NO_ENCODINGS


# For names of the internet, source text of Python, and what only one system knows.
_NO_ENCODINGS: Final = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"}
)
ENCODINGS: Final = "as utf-8, windows-1252, windows-1251, shift_jis, gb18030, big5, euc_kr or utf-16"


def _sixteen(data: bytes) -> str:
    """UTF-16 without a byte order mark: most letters of captions have a NUL beside them."""
    low, high = data[1::2], data[0::2]
    if len(data) < 4 or len(data) % 2:
        return ""
    return (
        "utf-16-le"
        if low.count(0) > len(low) / 2 > high.count(0) * 2
        else ("utf-16-be" if high.count(0) > len(high) / 2 > low.count(0) * 2 else "")
    )


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def check(text: str, where: str) -> None:
    """Refuse control characters, NUL above all: no caption has them, and damaged or binary files do."""
    found = _CONTROL.search(text)
    if found:
        remedy = "this is no caption text: save it again as plain UTF-8"
        raise caption_error(
            f"control character U+{ord(found[0]):04X}", remedy, f"{where}:{found.start() + 1}"
        )


def srt_runs(text: str) -> tuple[StyledRun, ...]:
    """SubRip text: `<i>`, `<b>`, `<u>` are styling, a few HTML tags vanish, everything else is literal (`<3`, `{\\p1}`)."""
    return _runs(text, keep=lambda tag: tag not in _DROPPED, entities=False)


def vtt_runs(text: str) -> tuple[StyledRun, ...]:
    """WebVTT text: entities decoded, `<i> <b> <u>` are styling, timestamps say when what follows is spoken, every other tag vanishes.

    W3C WebVTT §6.4.
    """
    return _runs(text, keep=lambda _: False, entities=True)


def _runs(text: str, keep: Callable[[str], bool], entities: bool) -> tuple[StyledRun, ...]:
    found: list[StyledRun] = []
    depth = {"italic": 0, "bold": 0, "underline": 0}
    said: list[Fraction] = []

    def put(piece: str) -> None:
        piece = TURNING.sub("", html.unescape(piece) if entities else piece)
        if piece:
            found.append(
                StyledRun(
                    piece,
                    **{name: level > 0 for name, level in depth.items()},
                    time=said.pop() if said else None,
                )
            )

    end = 0
    for tag in _TAG.finditer(text):
        name = (tag[2] or "").lower()
        style = _STYLES.get(name)
        if style is None and keep(name if tag[2] else "stamp"):
            continue
        put(text[end : tag.start()])
        end = tag.end()
        if tag[4] and (stamp := _STAMP.fullmatch(tag[4])):
            hours, minutes, seconds = (Fraction(part or 0) for part in stamp.groups())
            said[:] = [3600 * hours + 60 * minutes + seconds]
        if style is not None:
            depth[style] = max(0, depth[style] + (-1 if tag[1] else 1))
        elif name == "br":
            put("\n")
    put(text[end:])
    return tidy(tuple(found))


def tidy(runs: tuple[StyledRun, ...]) -> tuple[StyledRun, ...]:
    """Blanks at both ends of every line and empty lines taken out, neighbours of one styling joined."""
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
    while line and not line[0].text.strip(" "):
        line = line[1:]
    while line and not line[-1].text.strip(" "):
        line = line[:-1]
    if not line:
        return []
    line = [line[0].but(line[0].text.lstrip(" ")), *line[1:]]
    return [run for run in (*line[:-1], line[-1].but(line[-1].text.rstrip(" "))) if run.text]
