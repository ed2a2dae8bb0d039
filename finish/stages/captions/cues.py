"""What a caption file says, whatever its format: cues with styled text and exact times."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish.errors import FinishError

# A cue may stay up to half a second after its last word (Netflix TTSG); one that runs into the next by that much is sloppy timing,
# not two people talking at once.
SLOPPY: Final = Fraction(1, 2)


def mistake(what: str, remedy: str, where: str) -> FinishError:
    """Something in a caption file that cannot be understood or shown; `where` is file:line."""
    return FinishError("captions", what, remedy, where=where)


@dataclass(frozen=True)
class Run:
    """Text of one styling; a line break is `\\n`. Never an override: a brace in it is a brace on the screen.

    `time` is when it begins to be spoken (s), where the file says that.
    """

    text: str
    italic: bool = False
    bold: bool = False
    underline: bool = False
    time: Fraction | None = None

    def but(self, text: str) -> Run:
        """The same with another text."""
        return replace(self, text=text)

    def follows(self, other: Run) -> bool:
        """Whether it looks as the one before, and nothing says when it is spoken: then the two are one."""
        return self.time is None and (self.italic, self.bold, self.underline) == (other.italic, other.bold, other.underline)


@dataclass(frozen=True)
class Cue:
    """One caption: from `start` until `end` (seconds, half-open), its text, its number in the file and its line there."""

    start: Fraction
    end: Fraction
    runs: tuple[Run, ...]
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


def overlapping(cues: tuple[Cue, ...]) -> int:
    """How many cues of a sorted sequence start before the one in front of them has ended."""
    return sum(later.start < earlier.end for earlier, later in pairwise(cues))


def chained(cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """The cues, each ended where the next begins when it runs over by little: stacking the two would make both jump."""
    pairs = zip(cues, (*cues[1:], None), strict=True)
    return tuple(replace(cue, end=later.start) if later and _runs_over(cue, later) else cue for cue, later in pairs)


def _runs_over(cue: Cue, later: Cue) -> bool:
    over = cue.end - later.start
    return 0 < over <= min(SLOPPY, (cue.end - cue.start) / 4) and later.end > cue.end


def emphasised(cue: Cue, words: Sequence[str]) -> Cue:
    """The cue with these words (or several in a row) in bold, wherever they stand whole, in any case."""
    wanted = "|".join(sorted((re.escape(each.strip()) for each in words if each.strip()), key=len, reverse=True))
    found = re.compile(rf"(?<!\w)(?:{wanted})(?!\w)", re.IGNORECASE) if wanted else None
    runs: list[Run] = []
    for run in cue.runs:
        at = 0
        for match in found.finditer(run.text) if found else ():
            runs += [run.but(run.text[at:match.start()]), replace(run, text=match[0], bold=True)]
            at = match.end()
        runs.append(run.but(run.text[at:]))
    return replace(cue, runs=tuple(_once(run for run in runs if run.text)))


def _once(runs: Iterable[Run]) -> Iterator[Run]:
    """Of the runs that one was cut into, only the first says when it is spoken."""
    last: Fraction | None = None
    for run in runs:
        yield replace(run, time=None) if run.time is not None and run.time == last else run
        last = run.time if run.time is not None else last
