"""WebVTT text → blocks (W3C WebVTT §4, §6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from finish.errors import FinishError
from finish.model import Note
from finish.stages.captions.formats import messages
from finish.stages.captions.formats.timed_blocks import BlockDialect, TimedBlock
from finish.stages.captions.formats.webvtt_markup import CueSheet, vtt_text
from finish.stages.captions.source_place import SourcePlace, caption_error

# A comma for the full stop, no decimals, minutes above 59 without hours, and missing blanks are common and
# leave no doubt.
_TIME: Final = (
    r"(?:(\d{1,3}):(?=\d+:))?((?<=:)[0-5]?\d|(?<![:\d])\d{1,3}):([0-5]\d)(?:[.,](\d{1,3}|\d{6}|\d{9}))?"
)
_TIMING: Final = re.compile(rf"{_TIME}[ \t]*-->[ \t]*{_TIME}([ \t]*(?![\d.,:]).*)?")
_ARROW_OF_TIMES: Final = re.compile(r"\d\s*-->\s*-?\d|^-\s*\d.*-->")
_EXAMPLE: Final = "00:01.500 --> 00:03.000"
_OTHER: Final = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t]|$)")
# A header in the middle, where files were joined, and regions as drafts of WebVTT had them.
_HEADER: Final = re.compile(r"\s*(?:WEBVTT|Region:|X-TIMESTAMP-MAP)")


def webvtt(sheet: CueSheet) -> BlockDialect:
    """The dialect of a file with these styles and regions."""
    return BlockDialect(_TIMING, lambda text, settings: vtt_text(text, settings, sheet), _EXAMPLE)


@dataclass(frozen=True)
class WebvttFile:
    """The cues of a file, what its STYLE and REGION blocks state, and notes about the rest of it."""

    blocks: tuple[TimedBlock, ...]
    sheet: CueSheet
    notes: tuple[Note, ...]


def vtt_file(text: str, place: SourcePlace) -> WebvttFile:
    """The parts of a WebVTT text (W3C WebVTT §6.1).

    A line of times starts a cue, with or without an empty line before it, and can have an identifier above
    it. An empty line ends a cue; a line of blanks doesn't. NOTE blocks are skipped whatever they contain.
    Other lines are no cues, as in every player, and a note names them. FinishError if that leaves no cue.
    """
    lines = text.split("\n")
    start, notes = _header_end(lines)
    cues, sheets = list[TimedBlock](), list[str]()
    for first, block in _content(lines, start, sheets):
        cues += _cues(first, block)
    blocks = tuple(cue for cue in cues if _TIMING.fullmatch(cue.timing))
    stray = [cue for cue in cues if not _TIMING.fullmatch(cue.timing)]
    if stray and not blocks:
        raise _no_cue(stray[0], place)
    lost = [part for part in stray if not _HEADER.match(part.timing)]
    if lost:
        notes = (*notes, messages.captions_skipped(len(lost), place.at_line(lost[0].line), lost[0].timing))
    return WebvttFile(blocks, CueSheet.of(sheets), notes)


def _content(lines: list[str], start: int, sheets: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The blocks of cues from a line on, each with the number of its first line; others go to `sheets`."""
    styles = False
    for first, block in _paragraphs(lines, start):
        kind = _OTHER.match(block[0])
        # People leave empty lines between rules, although they end a STYLE block.
        styles = kind[1] == "STYLE" if kind else styles and _has_rules_only(block)
        if styles or (kind and kind[1] == "REGION"):
            # A line of times starts a cue where the empty line before it is missing.
            times = (at for at, line in enumerate(block) if _TIMING.fullmatch(line.strip()))
            end = next(times, len(block))
            sheets.append("\n".join(block[:end]))
            if block[end:]:
                yield first + end, block[end:]
        elif kind is None:
            yield first, block


def _no_cue(part: TimedBlock, place: SourcePlace) -> FinishError:
    if "-->" in part.timing:
        message, hint = f"invalid cue times: {part.timing[:60]!r}", f"write {_EXAMPLE}"
    else:
        message, hint = f"neither a cue nor a NOTE: {part.timing[:40]!r}", "add a line of times above it"
    return caption_error(message, hint, place.at_line(part.line))


def _has_rules_only(block: list[str]) -> bool:
    """Whether a block has braces as style rules do, and no times."""
    text = "\n".join(block)
    return "-->" not in text and ("{" in text or "}" in text)


def _header_end(lines: list[str]) -> tuple[int, tuple[Note, ...]]:
    """The number of lines in the header, which starts with WEBVTT and ends before the first cue.

    A note reports a file that starts with anything else.
    """
    head = next((number for number, line in enumerate(lines) if not line), len(lines))
    arrow = next((number for number, line in enumerate(lines[:head]) if "-->" in line), head)
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        start = next((number for number, line in enumerate(lines) if line.strip().startswith("WEBVTT")), None)
        notes = (messages.captions_odd_head(),)
        return (0 if arrow < head else head) if start is None else start + 1, notes
    if arrow == 0:
        return 1, ()
    return arrow - 1 if arrow < head and arrow > 1 and "-->" not in lines[arrow - 1] else min(arrow, head), ()


def _cues(first: int, block: list[str]) -> Iterator[TimedBlock]:
    """The cues of a block of lines, of which the first has number `first`; text without times has no cue."""
    starts = [
        at for at, line in enumerate(block) if _ARROW_OF_TIMES.search(line) or (at < 2 and "-->" in line)
    ]
    if not starts or starts[0] > 1:
        yield TimedBlock(first, block[0].strip(), "\n".join(block[1 : starts[0] if starts else None]))
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
