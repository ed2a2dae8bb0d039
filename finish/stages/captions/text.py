"""Bytes → lines of clean text, and a cue's markup → runs. Whatever is not a known tag is text and stays text."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from finish.model import Document
from finish.stages.captions.cues import Run, mistake

# A feature film's captions are about 100 kB in 1,500 cues; fifty times that is an attack or a mistake.
BYTES: Final = 5_000_000

# Invisible marks that turn the order of what follows (embeddings, overrides, isolates) are taken out: unbalanced ones leak, and
# they can make a caption read otherwise than it was checked. The direction of a line comes from its letters instead. The plain
# marks LRM, RLM and ALM place punctuation and stay. U+FEFF is a byte order mark that strayed into the text.
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END: Final = re.compile("[\n\u2028\u2029]")
_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_TAG: Final = re.compile(r"<\s{0,2}(/?)\s{0,2}([A-Za-z][A-Za-z0-9]*)((?:[.\s/][^<>]*)?)>|<(\d+:[\d:.]+)>")
_STAMP: Final = re.compile(r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d\.\d{3})")   # W3C WebVTT §4.2.2
_STYLES: Final = {"i": "italic", "em": "italic", "b": "bold", "strong": "bold", "u": "underline"}
# What players drop without showing: HTML that SRT files carry, and the tags of WebVTT (W3C WebVTT §3.5).
_DROPPED: Final = frozenset({"br", "font", "span", "s", "strike", "c", "v", "lang", "ruby", "rt"})


def decoded(document: Document) -> str:
    """The document as text with `\\n` line ends; FinishError naming the line of the first byte that is not text."""
    data, path = document.data, str(document.path)
    if len(data) > BYTES:
        raise mistake(f"captions of {len(data):,} bytes; {BYTES:,} are read at most", "split the file", path)
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = wrong.object[:wrong.start].decode(encoding, "replace").count("\n") + 1
        found = f"byte {wrong.object[wrong.start]:#04x} is not {encoding.removesuffix('-sig').upper()}"
        raise mistake(found, "save as UTF-8", f"{path}:{line}") from wrong
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, row in enumerate(text.split("\n"), 1):
        check(row, f"{path}:{number}")
    return text


def check(text: str, where: str) -> None:
    """Refuse control characters, NUL above all: no caption has them, and damaged or binary files do."""
    found = _CONTROL.search(text)
    if found:
        remedy = "this is no caption text: save it again as plain UTF-8"
        raise mistake(f"control character U+{ord(found[0]):04X}", remedy, f"{where}:{found.start() + 1}")


def srt_runs(text: str) -> tuple[Run, ...]:
    """SubRip text: `<i>`, `<b>`, `<u>` are styling, a few HTML tags vanish, everything else is literal (`<3`, `{\\p1}`)."""
    return _runs(text, keep=lambda tag: tag not in _DROPPED, entities=False)


def vtt_runs(text: str) -> tuple[Run, ...]:
    """WebVTT text: entities decoded, `<i> <b> <u>` are styling, timestamps say when what follows is spoken, every other tag vanishes.

    W3C WebVTT §6.4.
    """
    return _runs(text, keep=lambda _: False, entities=True)


def _runs(text: str, keep: Callable[[str], bool], entities: bool) -> tuple[Run, ...]:
    found: list[Run] = []
    depth = {"italic": 0, "bold": 0, "underline": 0}
    said: list[Fraction] = []

    def put(piece: str) -> None:
        piece = TURNING.sub("", html.unescape(piece) if entities else piece)
        if piece:
            found.append(Run(piece, **{name: level > 0 for name, level in depth.items()}, time=said.pop() if said else None))

    end = 0
    for tag in _TAG.finditer(text):
        name = (tag[2] or "").lower()
        style = _STYLES.get(name)
        if style is None and keep(name if tag[2] else "stamp"):
            continue
        put(text[end:tag.start()])
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


def tidy(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Blanks at both ends of every line and empty lines taken out, neighbours of one styling joined."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        for number, part in enumerate(_LINE_END.split(run.text)):
            if number:
                lines.append([])
            lines[-1].append(run.but(part.replace("\t", " ")))
    joined: list[Run] = []
    for line in filter(None, map(_trimmed, lines)):
        if joined:
            joined[-1] = joined[-1].but(f"{joined[-1].text}\n")
        for run in line:
            if joined and run.follows(joined[-1]):
                joined[-1] = run.but(joined[-1].text + run.text)
            else:
                joined.append(run)
    return tuple(joined)


def _trimmed(line: list[Run]) -> list[Run]:
    while line and not line[0].text.strip(" "):
        line = line[1:]
    while line and not line[-1].text.strip(" "):
        line = line[:-1]
    if not line:
        return []
    line = [line[0].but(line[0].text.lstrip(" ")), *line[1:]]
    return [run for run in (*line[:-1], line[-1].but(line[-1].text.rstrip(" "))) if run.text]
