"""What a caption file says, whatever its format: cues with styled text and exact times."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, zip_longest
from typing import Final

from finish.errors import CaptionError, FinishError
from finish.model import Note, know
from finish.units import rate

# A cue may stay up to half a second after its last word (Netflix TTSG); one that runs into the next by that much is sloppy timing,
# not two people talking at once.
LARGEST_OVERLAP: Final = Fraction(1, 2)
SHORTEST_CUE: Final = Fraction(5, 6)  # s; likewise, and
LONGEST_CUE: Final = Fraction(7)  # s
_SPEED: Final = 20  # characters a second, by which a cue of no length is shown (Netflix TTSG, English)


def caption_error(what: str, remedy: str, where: str) -> FinishError:
    """Something in a caption file that cannot be understood or shown; `where` is file:line."""
    return CaptionError(what, remedy, where=where)


@dataclass(frozen=True)
class StyledRun:
    """Text of one styling; a line break is `\\n`. Never an override: a brace in it is a brace on the screen.

    `time` is when it begins to be spoken (s), where the file says that.
    """

    text: str
    italic: bool = False
    bold: bool = False
    underline: bool = False
    time: Fraction | None = None

    def but(self, text: str) -> StyledRun:
        """The same with another text."""
        return replace(self, text=text)

    def follows(self, other: StyledRun) -> bool:
        """Whether it looks as the one before, and nothing says when it is spoken: then the two are one."""
        return self.time is None and (self.italic, self.bold, self.underline) == (
            other.italic,
            other.bold,
            other.underline,
        )


@dataclass(frozen=True)
class Cue:
    """One caption: from `start` until `end` (seconds, half-open), its text, its number in the file and its line there."""

    start: Fraction
    end: Fraction
    runs: tuple[StyledRun, ...]
    number: int
    line: int

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def timed(self) -> bool:
        """Whether the file says when its words are spoken."""
        return any(run.time is not None for run in self.runs)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see: blanks and invisible marks only."""
        return all(each.isspace() or unicodedata.category(each) == "Cf" for each in self.text)


def overlap_count(cues: tuple[Cue, ...]) -> int:
    """How many cues of a sorted sequence start before the one in front of them has ended."""
    return sum(later.start < earlier.end for earlier, later in pairwise(cues))


def without_small_overlaps(cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """The cues, each ended where the next begins when it runs over by little: stacking the two would make both jump."""
    pairs = zip(cues, (*cues[1:], None), strict=True)
    return tuple(
        replace(cue, end=later.start) if later and _runs_over(cue, later) else cue for cue, later in pairs
    )


def _runs_over(cue: Cue, later: Cue) -> bool:
    over = cue.end - later.start
    return 0 < over <= min(LARGEST_OVERLAP, (cue.end - cue.start) / 4) and later.end > cue.end


def with_durations(cues: tuple[Cue, ...]) -> tuple[tuple[Cue, ...], list[Note]]:
    """The sorted cues, those of no length given the time to be read, but no longer than until the next; and what to say of that."""
    found, given = [], []
    for cue, later in zip_longest(cues, cues[1:]):
        if cue.end > cue.start:
            found.append(cue)
            continue
        reading = cue.start + min(max(SHORTEST_CUE, Fraction(len(cue.text), _SPEED)), LONGEST_CUE)
        free = later.start if later is not None and later.start > cue.start else reading
        found.append(replace(cue, end=min(reading, free)))
        given.append(cue)
    text = (
        f"{len(given)} cues have no length, the first at line {given[0].line}: shown as long as they take to read"
        if given
        else ""
    )
    return tuple(found), [know("cues-without-length", text)] if given else []


def without_hour_offset(cues: tuple[Cue, ...], length: Fraction) -> tuple[tuple[Cue, ...], list[Note]]:
    """The cues counted from the hour at which their timecode begins, where only that brings all of them into a clip of this length (s)."""
    hours = int(cues[0].start // 3600) if cues else 0
    if not hours or cues[0].start < length or max(cue.end for cue in cues) - 3600 * hours > length + 1:
        return cues, []
    said = f"times count from {hours:02d}:00:00:00, as timecodes of programmes do"
    return tuple(retimed(cue, lambda time: time - 3600 * hours) for cue in cues), [
        know("caption-times", said)
    ]


def stretch_factor(stretch: str) -> Fraction:
    """What times are multiplied by when captions for one frame rate go with another: 25:23.976 makes them later; ValueError for no two."""
    if not stretch:
        return Fraction(1)
    made, _, shown = stretch.partition(":")
    found = rate(made.strip()) / rate(shown.strip())
    if not Fraction(1, 2) <= found <= 2:
        raise ValueError(
            f"no stretch {stretch!r}: write the rate they were made for and that of the clip, as 25:23.976"
        )
    return found


def stretched(cues: tuple[Cue, ...], by: Fraction) -> tuple[Cue, ...]:
    """The cues at times multiplied by so much."""
    return cues if by == 1 else tuple(retimed(cue, lambda time: time * by) for cue in cues)


def retimed(cue: Cue, to: Callable[[Fraction], Fraction]) -> Cue:
    """The cue at other times, those of its words too."""
    runs = tuple(run if run.time is None else replace(run, time=to(run.time)) for run in cue.runs)
    return replace(cue, start=to(cue.start), end=to(cue.end), runs=runs)


def emphasised(cue: Cue, words: Sequence[str]) -> Cue:
    """The cue with these words (or several in a row) in bold, wherever they stand whole, in any case."""
    wanted = "|".join(
        sorted((re.escape(each.strip()) for each in words if each.strip()), key=len, reverse=True)
    )
    found = re.compile(rf"(?<!\w)(?:{wanted})(?!\w)", re.IGNORECASE) if wanted else None
    runs: list[StyledRun] = []
    for run in cue.runs:
        at = 0
        for match in found.finditer(run.text) if found else ():
            runs += [run.but(run.text[at : match.start()]), replace(run, text=match[0], bold=True)]
            at = match.end()
        runs.append(run.but(run.text[at:]))
    return replace(cue, runs=tuple(_once(run for run in runs if run.text)))


def _once(runs: Iterable[StyledRun]) -> Iterator[StyledRun]:
    """Of the runs that one was cut into, only the first says when it is spoken."""
    last: Fraction | None = None
    for run in runs:
        yield replace(run, time=None) if run.time is not None and run.time == last else run
        last = run.time if run.time is not None else last
