"""Blocks of a timing line and text, as in SRT and WebVTT → cues.

The limits for cues hold for every format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.errors import FinishError, several
from finish.model import Note
from finish.stages.captions.cues import Cue, overlap_count, with_durations
from finish.stages.captions.formats import messages
from finish.stages.captions.formats.markup import TURNING, CueText, check
from finish.stages.captions.source_place import SourcePlace, caption_error
from finish.units import clock

# A two-hour film has about 1,500 cues of at most 84 characters (standards: caption style).
CHARACTERS: Final = 2_000  # of one cue, its markup and the blank lines after it included
HOURS: Final = 24  # timecodes of a programme start at 1 or at 10 hours, and none runs past midnight

_NEGATIVE: Final = re.compile(r"^-\s*\d|-->\s*-\s*\d")


@dataclass(frozen=True)
class TimedBlock:
    """A timing line and the text lines under it, with the timing line's number in the file."""

    line: int
    timing: str
    text: str


@dataclass(frozen=True)
class BlockDialect:
    """How a format writes a block: its timing line, its markup, and an example of a timing line.

    The groups of `timing` are hours, minutes, seconds, and decimals of the start and of the end; then
    settings. `read` takes a block's text and settings.
    """

    timing: re.Pattern[str]
    read: Callable[[str, str], CueText]
    example: str


def block_cues(
    blocks: Sequence[TimedBlock], dialect: BlockDialect, place: SourcePlace
) -> tuple[tuple[Cue, ...], list[Note]]:
    """The cues of blocks in order of time, and notes. FinishError with every mistake, each at its line."""
    cues: list[Cue] = []
    mistakes: list[FinishError] = []
    lost: dict[str, list[int]] = {}
    for number, block in enumerate(blocks, 1):
        try:
            cue, missing = _cue(number, block, dialect, place.at_line(block.line))
        except FinishError as error:
            mistakes.append(error)
            continue
        cues.append(cue)
        for name in missing:
            lost.setdefault(name, []).append(block.line)
    if mistakes:
        raise several(tuple(mistakes))
    timed, notes = with_durations(sorted_cues(cues))
    marks = any(TURNING.search(block.text) for block in blocks)
    notes = [
        *_losses(lost),
        *oddities(cues, timed),
        *([messages.captions_odd_marks()] if marks else []),
        *notes,
    ]
    return timed, notes


def _losses(lost: Mapping[str, Sequence[int]]) -> Iterator[Note]:
    """A note for each kind of markup that captions can't show, with the lines of it."""
    if "tags" in lost:
        yield messages.captions_tags(lost["tags"][0], len(lost["tags"]))
    if "ruby" in lost:
        yield messages.captions_ruby(len(lost["ruby"]))
    if "unknown tags" in lost:
        yield messages.captions_unknown_tags(lost["unknown tags"][0], len(lost["unknown tags"]))
    if "voices" in lost:
        yield messages.captions_voices(lost["voices"][0], len(lost["voices"]))


def sorted_cues(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """The cues that show something, in order of time."""
    return tuple(sorted((cue for cue in cues if not cue.empty), key=lambda cue: (cue.start, cue.number)))


def oddities(cues: Sequence[Cue], kept: tuple[Cue, ...]) -> Iterator[Note]:
    """Notes about the `cues` of a file, of which the sorted ones are `kept`."""
    empty = [cue for cue in cues if cue.empty]
    if empty:
        yield messages.captions_odd_empty(len(empty), empty[0].place)
    if [cue.number for cue in kept] != sorted(cue.number for cue in kept):
        yield messages.captions_odd_order()
    if overlaps := overlap_count(kept):
        yield messages.captions_odd_overlap(overlaps)


def check_length(text: str, place: SourcePlace) -> None:
    """Refuse a cue that is longer than any caption."""
    if len(text) > CHARACTERS:
        message = f"a cue of {len(text):,} characters; the limit is {CHARACTERS:,}"
        raise caption_error(message, "split the cue", place)


def check_hours(end: Fraction, place: SourcePlace) -> None:
    """Refuse a time that no programme reaches."""
    if end >= HOURS * 3600:
        hint = "count times from 0 at the first frame, or use timecodes of one day"
        raise caption_error(f"the time {clock(end)} is past {HOURS} hours", hint, place)


def _cue(
    number: int, block: TimedBlock, dialect: BlockDialect, place: SourcePlace
) -> tuple[Cue, frozenset[str]]:
    """The cue of a block, and the names of what is lost of its markup."""
    start, end, settings = _times(block, dialect, place)
    check_length(block.text, place)
    read = dialect.read(block.text, settings)
    cue = Cue(start, end, read.runs, number, place, read.position, read.speaker)
    check(cue.text, place)
    return cue, read.lost


def _times(block: TimedBlock, dialect: BlockDialect, place: SourcePlace) -> tuple[Fraction, Fraction, str]:
    """The times of a block (s), and the settings after them."""
    timing = block.timing[:60]
    if _NEGATIVE.search(block.timing):
        raise caption_error(f"negative time: {timing}", "count times from 0 at the first frame", place)
    match = dialect.timing.fullmatch(block.timing)
    if match is None:
        raise caption_error(f"invalid cue times: {timing!r}", f"write {dialect.example}", place)
    *parts, settings = match.groups()
    start, end = (_seconds(parts[:4]), _seconds(parts[4:]))
    if end < start:
        raise caption_error(f"the cue ends before it starts: {timing}", "set a later end", place)
    check_hours(end, place)
    return start, end, settings or ""


def _seconds(parts: Sequence[str | None]) -> Fraction:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    return 3600 * hours + 60 * minutes + seconds + Fraction(f"0.{parts[3] or 0}")
