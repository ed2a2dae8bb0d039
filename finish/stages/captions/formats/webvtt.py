"""WebVTT text → blocks (W3C WebVTT §4, §6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from finish.stages.captions.formats.timed_blocks import BlockDialect, TimedBlock
from finish.stages.captions.formats.webvtt_markup import CueSheet, vtt_text
from finish.stages.captions.source_place import SourcePlace, caption_error

# A comma for the full stop, no decimals, and missing blanks beside the arrow are common and leave no doubt.
_TIME: Final = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}|\d{6}|\d{9}))?"
_TIMING: Final = re.compile(rf"{_TIME}[ \t]*-->[ \t]*{_TIME}([ \t].*)?")
_ARROW_OF_TIMES: Final = re.compile(r"\d\s*-->\s*-?\d|^-\s*\d.*-->")
_OTHER: Final = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t]|$)")


def webvtt(sheet: CueSheet) -> BlockDialect:
    """The dialect of a file with these styles and regions."""
    return BlockDialect(
        _TIMING, lambda text, settings: vtt_text(text, settings, sheet), "00:01.500 --> 00:03.000"
    )


def vtt_blocks(text: str, place: SourcePlace) -> tuple[list[TimedBlock], CueSheet]:
    """The blocks of a text and what its STYLE and REGION blocks state (W3C WebVTT §6.1).

    A line of times starts a cue, with or without an empty line before it, and can have an identifier above
    it. An empty line ends a cue; a line of blanks doesn't. NOTE blocks are skipped whatever they contain.
    """
    lines = text.split("\n")
    blocks, sheets, styles = list[TimedBlock](), list[str](), False
    for first, block in _paragraphs(lines, _header_end(lines, place)):
        kind = _OTHER.match(block[0])
        # People leave empty lines between rules, although they end a STYLE block.
        styles = kind[1] == "STYLE" if kind else styles and _has_rules_only(block)
        if styles or (kind and kind[1] == "REGION"):
            # A line of times starts a cue where the empty line before it is missing.
            times = (at for at, line in enumerate(block) if _TIMING.fullmatch(line.strip()))
            end = next(times, len(block))
            sheets.append("\n".join(block[:end]))
            blocks += _cues(first + end, block[end:], place) if block[end:] else ()
        elif kind is None:
            blocks += _cues(first, block, place)
    return blocks, CueSheet.of(sheets)


def _has_rules_only(block: list[str]) -> bool:
    """Whether a block has braces as style rules do, and no times."""
    text = "\n".join(block)
    return "-->" not in text and ("{" in text or "}" in text)


def _header_end(lines: list[str], place: SourcePlace) -> int:
    """The number of lines in the header, which starts with WEBVTT and ends before the first cue."""
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise caption_error(
            "a WebVTT file must start with the line WEBVTT",
            "add that line, or name the file .srt",
            place.at_line(1),
        )
    head = next((number for number, line in enumerate(lines) if not line), len(lines))
    arrow = next((number for number, line in enumerate(lines[:head]) if "-->" in line), head)
    return arrow - 1 if arrow < head and arrow > 1 and "-->" not in lines[arrow - 1] else min(arrow, head)


def _cues(first: int, block: list[str], place: SourcePlace) -> Iterator[TimedBlock]:
    """The cues of a block of lines, of which the first has number `first`."""
    starts = [
        at for at, line in enumerate(block) if _ARROW_OF_TIMES.search(line) or (at < 2 and "-->" in line)
    ]
    if not starts or starts[0] > 1:
        raise caption_error(
            f"neither a cue nor a NOTE: {block[0].strip()[:40]!r}",
            "remove the empty line if it's inside a cue",
            place.at_line(first),
        )
    for start, end in pairwise([*starts, len(block)]):
        counted = end < len(block) and block[end - 1].strip().isdecimal() and not block[end - 2].strip()
        text = block[start + 1 : end - counted]
        yield TimedBlock(first + start, block[start].strip(), "\n".join(text))


def _paragraphs(lines: list[str], start: int) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that aren't empty, each from its first text on, with that line's number."""
    block: list[str] = []
    for number, line in enumerate([*lines[start:], ""], start + 1):
        if line.strip() or (line and block):
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
