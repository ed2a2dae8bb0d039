"""What a caption file contains, in any format: cues with styled text and exact times."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, zip_longest
from typing import Final, Literal

from finish.model import Note
from finish.stages.captions import messages
from finish.stages.captions.source_place import NOWHERE, SourcePlace
from finish.units import rate

# A cue may stay up to half a second after its last word (Netflix TTSG). A cue that runs into the next one by
# no more than that is inexact timing, not two people talking at once.
LARGEST_OVERLAP: Final = Fraction(1, 2)  # s
SHORTEST_CUE: Final = Fraction(5, 6)  # s; Netflix TTSG
LONGEST_CUE: Final = Fraction(7)  # s; Netflix TTSG
# Characters per second at which a cue without a duration shows (Netflix TTSG, English).
_SPEED: Final = 20


@dataclass(frozen=True)
class StyledRun:
    """Text of one styling; a line break is `\\n`. Text is literal: a brace in it is a brace on the screen.

    `time` is when its first word is spoken (s), and `colour` its colour (#RRGGBB), where the file states it.
    """

    text: str
    italic: bool = False
    bold: bool = False
    underline: bool = False
    time: Fraction | None = None
    colour: str = ""

    def but(self, text: str) -> StyledRun:
        """The same styling and time with another text."""
        return replace(self, text=text)

    def follows(self, other: StyledRun) -> bool:
        """Whether this run continues `other`: it has the same styling and no time of its own."""
        return self.time is None and self.styling == other.styling

    @property
    def styling(self) -> tuple[bool, bool, bool, str]:
        """Italic, bold, underlined, and the colour."""
        return self.italic, self.bold, self.underline, self.colour


@dataclass(frozen=True)
class CuePosition:
    """Where a file puts a cue on the picture; None for what it leaves to the player.

    `down` is the share (0 to 1) of the picture's height at which the cue's `edge` is; `across` is the share
    of the width at which its `align` side is. `vertical` is text in columns.
    """

    down: float | None = None
    edge: Literal["top", "middle", "bottom"] = "bottom"
    across: float | None = None
    align: Literal["left", "centre", "right"] = "centre"
    vertical: bool = False


@dataclass(frozen=True)
class Cue:
    """One caption: from `start` until `end` (s, half-open), its text, number and place in the file.

    `position` is where the file puts it on the picture, and `speaker` who says it, where the file states it.
    `open_end` is set if the file states no end: it shows until the clip ends.
    """

    start: Fraction
    end: Fraction
    runs: tuple[StyledRun, ...]
    number: int
    place: SourcePlace = NOWHERE
    position: CuePosition | None = None
    speaker: str = ""
    open_end: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def timed(self) -> bool:
        """Whether the file states when words are spoken."""
        return any(run.time is not None for run in self.runs)

    @property
    def empty(self) -> bool:
        """Whether nothing is visible: only blanks and invisible marks."""
        return all(letter.isspace() or unicodedata.category(letter) == "Cf" for letter in self.text)


def overlap_count(cues: tuple[Cue, ...]) -> int:
    """How many cues of a sorted sequence start before the previous one ends."""
    return sum(later.start < earlier.end for earlier, later in pairwise(cues))


def without_small_overlaps(cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """The cues, each ended where the next one starts when the overlap is small.

    Stacking two cues for a moment would make both jump.
    """
    pairs = zip(cues, (*cues[1:], None), strict=True)
    return tuple(
        replace(cue, end=later.start) if later and _small_overlap(cue, later) else cue for cue, later in pairs
    )


def _small_overlap(cue: Cue, later: Cue) -> bool:
    overlap = cue.end - later.start
    return 0 < overlap <= min(LARGEST_OVERLAP, (cue.end - cue.start) / 4) and later.end > cue.end


def with_durations(cues: tuple[Cue, ...]) -> tuple[tuple[Cue, ...], list[Note]]:
    """The sorted cues, those without a duration with their reading time up to the next cue's start.

    A note reports them.
    """
    timed, instant = [], []
    for cue, later in zip_longest(cues, cues[1:]):
        if cue.end > cue.start:
            timed.append(cue)
            continue
        reading = cue.start + min(max(SHORTEST_CUE, Fraction(len(cue.text), _SPEED)), LONGEST_CUE)
        limit = later.start if later is not None and later.start > cue.start else reading
        timed.append(replace(cue, end=min(reading, limit)))
        instant.append(cue)
    notes = [messages.cues_without_length(len(instant), instant[0].place)] if instant else []
    return tuple(timed), notes


def without_hour_offset(cues: tuple[Cue, ...], length: Fraction) -> tuple[tuple[Cue, ...], list[Note]]:
    """The cues counted from the hour at which their timecode starts, and a note about it.

    Unchanged unless only that brings all of them into a clip of this length (s).
    """
    hours = int(cues[0].start // 3600) if cues else 0
    if not hours or cues[0].start < length or max(cue.end for cue in cues) - 3600 * hours > length + 1:
        return cues, []
    note = messages.caption_times(f"{hours:02d}:00:00:00", "as broadcast timecode does")
    return tuple(retimed(cue, lambda time: time - 3600 * hours) for cue in cues), [note]


def ended(cues: tuple[Cue, ...], length: Fraction) -> tuple[Cue, ...]:
    """The cues, those without an end in the file until the clip ends, after `length` (s)."""
    return tuple(replace(cue, end=length) if cue.open_end and cue.start < length else cue for cue in cues)


def stretch_factor(stretch: str) -> Fraction:
    """The factor on times for captions made for one frame rate and played at another; 25:23.976 delays them.

    "" is 1. ValueError for anything but two rates, and for a factor outside 1/2 to 2.
    """
    if not stretch:
        return Fraction(1)
    made, _, played = stretch.partition(":")
    factor = rate(made.strip()) / rate(played.strip())
    if not Fraction(1, 2) <= factor <= 2:
        raise ValueError(
            f"{stretch!r} changes the speed more than twofold — "
            "write the captions' frame rate and the clip's, such as 25:23.976"
        )
    return factor


def stretched(cues: tuple[Cue, ...], factor: Fraction) -> tuple[Cue, ...]:
    """The cues with their times multiplied by `factor`."""
    return cues if factor == 1 else tuple(retimed(cue, lambda time: time * factor) for cue in cues)


def retimed(cue: Cue, to: Callable[[Fraction], Fraction]) -> Cue:
    """The cue with `to` applied to its times and to those of its words."""
    runs = tuple(run if run.time is None else replace(run, time=to(run.time)) for run in cue.runs)
    return replace(cue, start=to(cue.start), end=to(cue.end), runs=runs)


def emphasised(cue: Cue, phrases: Sequence[str]) -> Cue:
    """The cue with these words or phrases in bold, wherever they occur as whole words, in any case."""
    literals = (re.escape(phrase.strip()) for phrase in phrases if phrase.strip())
    choice = "|".join(sorted(literals, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{choice})(?!\w)", re.IGNORECASE) if choice else None
    runs: list[StyledRun] = []
    for run in cue.runs:
        at = 0
        for match in pattern.finditer(run.text) if pattern else ():
            runs += [run.but(run.text[at : match.start()]), replace(run, text=match[0], bold=True)]
            at = match.end()
        runs.append(run.but(run.text[at:]))
    return replace(cue, runs=tuple(_first_times(run for run in runs if run.text)))


def _first_times(runs: Iterable[StyledRun]) -> Iterator[StyledRun]:
    """The runs: of neighbours that a run was cut into, only the first keeps its time."""
    last: Fraction | None = None
    for run in runs:
        yield replace(run, time=None) if run.time is not None and run.time == last else run
        last = run.time if run.time is not None else last
