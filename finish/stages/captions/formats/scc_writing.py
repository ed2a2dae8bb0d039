"""Cues → a Scenarist SCC file: CEA-608 pop-on captions on the clock of 29.97 frames per second.

Each screen is loaded into the hidden memory before it shows, at two bytes per frame, and appears whole at its
first frame (EOC); it's erased (EDM) at the frame where it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish.errors import FinishError, several
from finish.stages.captions.cues import Cue
from finish.stages.captions.formats import line21_codes
from finish.stages.captions.formats.caption_screens import (
    CaptionScreen,
    NoCodeError,
    Row,
    StyledWord,
    first_column,
    first_row,
    rows,
    screens,
    spelled,
    stacked,
    width,
)
from finish.stages.captions.formats.frame_timecode import FrameClock
from finish.stages.captions.formats.line21_codes import Unit
from finish.stages.captions.messages import counted
from finish.stages.captions.source_place import caption_error

_DOUBLED: Final = 2  # frames of a control code
_HEAD: Final = "Scenarist_SCC V1.0\n\n"
# House value: a screen that loads so late that it would show for less than half of its time is refused.
_LEAST: Final = Fraction(1, 2)


@dataclass(frozen=True)
class LoadedScreen:
    """A screen with its codes: frames and words of the load, the frame at which it shows, and its end.

    `late` is by how many frames it shows after its own start, because its letters need time.
    """

    loads: tuple[tuple[int, tuple[int, ...]], ...]
    first: int
    end: int
    late: int


def scc(cues: tuple[Cue, ...], clock: FrameClock) -> Iterator[str]:
    """The file's text; FinishError with every cue that CEA-608 can't show."""
    yield _HEAD
    loaded = scheduled(cues, clock)
    for screen, later in zip(loaded, (*loaded[1:], None), strict=True):
        for frame, words in screen.loads:
            yield _line(clock, frame, words)
        yield _line(clock, screen.first, line21_codes.doubled(line21_codes.SHOW))
        if later is None:
            yield _line(clock, screen.end, line21_codes.doubled(line21_codes.ERASE_SHOWN))


def scheduled(cues: tuple[Cue, ...], clock: FrameClock) -> tuple[LoadedScreen, ...]:
    """Every screen with the frames at which it's loaded and shown; FinishError as for `scc`."""
    loaded: list[LoadedScreen] = []
    errors: list[FinishError] = []
    free, last = 0, None
    for screen in screens(cues, clock.frame):
        try:
            units = _load(screen)
        except FinishError as error:
            errors.append(error)
            continue
        ready = _scheduled(screen, units, free, last)
        if (screen.end - ready.first) < _LEAST * (screen.end - screen.start):
            errors.append(_too_fast(screen, ready, clock))
        loaded.append(ready)
        free, last = ready.first + _DOUBLED, ready.end
    if errors:
        raise several(tuple(errors))
    return tuple(loaded)


def _scheduled(screen: CaptionScreen, units: Sequence[Unit], free: int, last: int | None) -> LoadedScreen:
    """The screen loaded as late as it can be, from frame `free` on; the one before ends at frame `last`."""
    size = sum(map(len, units))
    last = None if last is None else max(last, free)
    erase = last if last is not None and last <= screen.start - _DOUBLED else None
    starts = range(screen.start - size, screen.start - size - 8, -1)
    for begin in (begin for begin in starts if begin >= free):
        loads, ready = _placed(units, begin, erase)
        if ready <= screen.start:
            return LoadedScreen(loads, screen.start, screen.end, 0)
    erase = last if last is not None and last < free + size else erase
    loads, ready = _placed(units, free, erase)
    first = max(screen.start, ready)
    return LoadedScreen(loads, first, screen.end, first - screen.start)


def _placed(
    units: Sequence[Unit], begin: int, erase: int | None
) -> tuple[tuple[tuple[int, tuple[int, ...]], ...], int]:
    """Units from frame `begin` on, around the code that erases what shows; and the first frame after them."""
    parts: list[tuple[int, tuple[int, ...]]] = []
    erased, frame = erase is None, begin
    erasure = line21_codes.doubled(line21_codes.ERASE_SHOWN)
    if erase is not None and erase + _DOUBLED <= begin:
        parts, erased = [(erase, erasure)], True
    for unit in units:
        if not erased and erase is not None and frame + len(unit) > erase:
            parts.append((erase, erasure))
            erased, frame = True, erase + _DOUBLED
        if parts and parts[-1][0] + len(parts[-1][1]) == frame and parts[-1][1] != erasure:
            parts[-1] = parts[-1][0], parts[-1][1] + unit
        else:
            parts.append((frame, unit))
        frame += len(unit)
    if not erased and erase is not None:
        parts.append((erase, erasure))
        frame = max(frame, erase + _DOUBLED)
    return tuple(parts), frame


def _line(clock: FrameClock, frame: int, words: Sequence[int]) -> str:
    return f"{clock.label(frame)}\t{' '.join(map(line21_codes.with_parity, words))}\n\n"


def _load(screen: CaptionScreen) -> list[Unit]:
    """The codes that load a screen; FinishError for one that CEA-608 can't show."""
    blocks = [(cue, _rows(cue)) for cue in screen.cues]
    count = sum(len(block) for _, block in blocks)
    if count > line21_codes.SHOWN_ROWS:
        message = f"{counted(count, 'row')} of {line21_codes.COLUMNS} characters at one time; SCC shows 4"
        raise caption_error(message, "divide the cue, or leave scc out of `sidecar`", screen.cues[-1].place)
    preferred = [
        (first_row(cue.position, len(block), line21_codes.ROWS), len(block)) for cue, block in blocks
    ]
    units = [
        line21_codes.doubled(line21_codes.RESUME_LOADING),
        line21_codes.doubled(line21_codes.ERASE_HIDDEN),
    ]
    for (cue, block), first in zip(blocks, stacked(preferred, line21_codes.ROWS), strict=True):
        for number, row in enumerate(block):
            column = first_column(cue.position, width(row), line21_codes.COLUMNS)
            units += _row(row, first + number, column)
    return line21_codes.without_repeats(units)


def _rows(cue: Cue) -> tuple[Row, ...]:
    try:
        block = rows(cue, line21_codes.COLUMNS, spelled_in_608)
    except NoCodeError as error:
        message = f"CEA-608 has no code for {error.letter!r}"
        hint = "write TTML or VTT for this language, and leave scc out of `sidecar`"
        raise caption_error(message, hint, cue.place) from error
    widest = max((word.text for row in block for word in row), key=len, default="")
    if len(widest) > line21_codes.COLUMNS:
        message = f"{widest!r} is wider than the {line21_codes.COLUMNS} columns of SCC"
        raise caption_error(message, "shorten it, or leave scc out of `sidecar`", cue.place)
    if not block:
        message = "CEA-608 has a code for no character of the cue"
        raise caption_error(message, "describe it in words, or leave scc out of `sidecar`", cue.place)
    return block


def spelled_in_608(text: str) -> str:
    """Text in the characters of CEA-608; NoCodeError for a letter that it doesn't have."""
    return spelled(text, line21_codes.has_code)


def _row(row: Row, number: int, column: int) -> Iterator[Unit]:
    """The codes of a row: its place and first styling, then words, with a blank or a change between two."""
    current = row[0]
    yield from line21_codes.preamble(number, column, current.colour, current.italic, current.underline)
    text = ""
    for place, word in enumerate(row):
        if place and not _same_style(current, word):
            yield from line21_codes.letters(text)
            yield line21_codes.doubled(line21_codes.mid_row(word.colour, word.italic, word.underline))
            text = ""
        elif place:
            text += " "
        text, current = text + word.text, word
    yield from line21_codes.letters(text)


def _same_style(one: StyledWord, other: StyledWord) -> bool:
    return replace(one, text="", colour=line21_codes.nearest_colour(one.colour)) == replace(
        other, text="", colour=line21_codes.nearest_colour(other.colour)
    )


def _too_fast(screen: CaptionScreen, ready: LoadedScreen, clock: FrameClock) -> FinishError:
    late, length = (float(frames / clock.rate) for frames in (ready.late, screen.end - screen.start))
    message = f"SCC sends two bytes per frame: the cue would show {late:.1f} s late, of {length:.1f} s"
    hint = "join it with the next cue, or leave scc out of `sidecar`"
    return caption_error(message, hint, screen.cues[-1].place)
