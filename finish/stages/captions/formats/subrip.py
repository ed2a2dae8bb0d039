"""SRT text → blocks; the few rules that players agree on, because SubRip has no specification."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from finish.stages.captions.formats.markup import CueText
from finish.stages.captions.formats.subrip_markup import srt_text
from finish.stages.captions.formats.timed_blocks import BlockDialect, TimedBlock
from finish.stages.captions.formats.webvtt_markup import CueSheet, cue_position
from finish.stages.captions.source_place import SourcePlace, caption_error

# Hours and decimals are often left out, people write a full stop for the comma, and translation programs put
# blanks between the parts. After the times are coordinates, which no player obeys, or WebVTT's settings.
_TIME: Final = r"(?:(\d{1,3})\s?:\s?)?([0-5]?\d)\s?:\s?([0-5]?\d)(?:\s?[,.:]\s?(\d{1,3}|\d{6}|\d{9}))?"
_TIMING: Final = re.compile(rf"{_TIME}\s*-->\s*{_TIME}(\s+(?:[XY]\d|[a-z]+):\S.*)?")
_ARROW_AT_DIGIT: Final = re.compile(r"\d\s*-->|-->\s*-?\s*\d")
# What people write between two times instead of "-->".
_WRONG_ARROW: Final = re.compile(r"\d:\d\d\S*\s*(?:[-–—]{0,2}>|→|[-–—]{2,3})\s*\d+:\d\d")


def _text(text: str, settings: str) -> CueText:
    """The text of a cue; WebVTT's settings place it where it has no alignment tag."""
    content = srt_text(text)
    return content if content.position else replace(content, position=cue_position(settings, CueSheet()))


SUBRIP: Final = BlockDialect(_TIMING, _text, "0:00:01,500 --> 0:00:03,000")


def srt_blocks(text: str, place: SourcePlace) -> Iterator[TimedBlock]:
    """The blocks of a text. A block starts at a timing line.

    A number above the timing line belongs to the block if a blank line precedes it or if it continues the
    count.
    """
    lines = text.split("\n")
    starts = [number for number in range(len(lines)) if _is_timing(lines, number)]
    heads = [_head(lines, start) for start in starts]
    ends = [*heads, len(lines)]
    _refuse_text_before(lines, ends[0], place)
    for start, end in zip(starts, ends[1:], strict=True):
        yield TimedBlock(start + 1, lines[start].strip(), "\n".join(lines[start + 1 : end]))


def _is_timing(lines: list[str], number: int) -> bool:
    """Whether a line has an arrow next to a digit, or at the head of a block; any other arrow is text."""
    line = lines[number]
    if "-->" not in line:
        return False
    above = lines[number - 1].strip() if number else ""
    counter = _is_counter(above) and (number < 2 or not lines[number - 2].strip())
    return bool(_ARROW_AT_DIGIT.search(line)) or not above or counter


def _head(lines: list[str], start: int) -> int:
    """The first line of the block whose timing line is `start`."""
    above = lines[start - 1].strip() if start else ""
    if not _is_counter(above):
        return start
    alone = start < 2 or not lines[start - 2].strip()
    return start - 1 if alone or _continues_count(lines, start - 2, int(above)) else start


def _is_counter(line: str) -> bool:
    return line.isdecimal() and len(line) < 10


def _continues_count(lines: list[str], last: int, number: int) -> bool:
    """Whether the cue above is number − 1: then `number` is a counter although no blank line precedes it."""
    arrow = next((row for row in range(last, 0, -1) if "-->" in lines[row]), 0)
    return lines[arrow - 1].strip() == str(number - 1) if arrow else False


def _refuse_text_before(lines: list[str], head: int, place: SourcePlace) -> None:
    """Refuse text above the first block; a timing line with a wrong arrow is named as such."""
    wrong = next((number for number, line in enumerate(lines[:head], 1) if _WRONG_ARROW.search(line)), None)
    if wrong is not None:
        raise caption_error(
            f"invalid cue times: {lines[wrong - 1].strip()[:60]!r}",
            'use "-->" between the times',
            place.at_line(wrong),
        )
    stray = next((number for number, line in enumerate(lines[:head], 1) if line.strip()), None)
    if stray is not None:
        raise caption_error(
            f"text outside any cue: {lines[stray - 1].strip()[:40]!r}",
            f"start each cue with a line such as {SUBRIP.example}",
            place.at_line(stray),
        )
