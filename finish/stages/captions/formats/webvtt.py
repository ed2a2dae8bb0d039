"""WebVTT text → blocks (W3C WebVTT §4, §6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from finish.stages.captions.formats.markup import vtt_runs
from finish.stages.captions.formats.timed_blocks import BlockDialect, TimedBlock
from finish.stages.captions.source_place import SourcePlace, caption_error

_TIME: Final = r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING: Final = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?")

WEBVTT: Final = BlockDialect(_TIMING, vtt_runs, "00:01.500 --> 00:03.000")


def vtt_blocks(text: str, place: SourcePlace) -> Iterator[TimedBlock]:
    """The blocks of a text. Blank lines separate them; NOTE, STYLE and REGION blocks are skipped.

    A cue can have an identifier above its timing line.
    """
    lines = text.split("\n")
    head = _header_end(lines, place)
    for first, block in _paragraphs(lines, head):
        if re.match(r"(NOTE|STYLE|REGION)(?:[ \t]|$)", block[0]) and "-->" not in block[0]:
            continue
        yield _block(first, block, place)


def _header_end(lines: list[str], place: SourcePlace) -> int:
    """The number of lines in the header, which starts with WEBVTT and has no cue."""
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise caption_error(
            "a WebVTT file must start with the line WEBVTT",
            "add that line, or name the file .srt",
            place.at_line(1),
        )
    head = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    arrow = next((number for number, line in enumerate(lines[:head], 1) if "-->" in line), None)
    if arrow is not None:
        raise caption_error(
            "a cue inside the header", "put a blank line after the line WEBVTT", place.at_line(arrow)
        )
    return head


def _block(first: int, block: list[str], place: SourcePlace) -> TimedBlock:
    """One block of lines, of which the first has number `first`."""
    at = 0 if "-->" in block[0] else 1
    if at >= len(block) or "-->" not in block[at]:
        raise caption_error(
            f"neither a cue nor a NOTE: {block[0][:40]!r}",
            "remove the blank line if it's inside a cue",
            place.at_line(first),
        )
    rest = enumerate(block[at + 1 :], first + at + 1)
    arrow = next((number for number, line in rest if "-->" in line), None)
    if arrow is not None:
        raise caption_error(
            'the arrow "-->" inside a cue\'s text',
            "put a blank line before the next cue, or write --&gt;",
            place.at_line(arrow),
        )
    return TimedBlock(first + at, block[at].strip(), "\n".join(block[at + 1 :]))


def _paragraphs(lines: list[str], start: int) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that aren't blank, each with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*lines[start:], ""], start + 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
