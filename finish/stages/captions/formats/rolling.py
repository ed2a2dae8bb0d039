"""Rolling captions, as live captions and YouTube write them, → cues that show every line once.

In such a file a cue repeats the lines above its new one, so that text seems to roll up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish.model import Note
from finish.stages.captions import messages
from finish.stages.captions.cues import Cue, StyledRun

_APART: Final = Fraction(1, 5)  # s; house value: cues that roll follow each other at once
_OFTEN: Final = 0.6  # house value: in this share of such pairs lines repeat, or the captions don't roll

_Lines = list[list[StyledRun]]


def merged_rolling(
    cues: tuple[Cue, ...], notes: tuple[Note, ...]
) -> tuple[tuple[Cue, ...], tuple[Note, ...]]:
    """The cues of rolling captions with every line once, and a note; other cues are unchanged."""
    if not _rolls(cues):
        return cues, notes
    merged = tuple(_once(cues))
    return merged, (*notes, messages.captions_rolling(len(cues), len(merged)))


def _rolls(cues: Sequence[Cue]) -> bool:
    """Whether most cues repeat lines of the one before, and one of these has more."""
    close = [(one, other) for one, other in pairwise(cues) if other.start - one.end <= _APART]
    repeats = [(one, other) for one, other in close if _repeated(one, other)]
    rolling = any(_repeated(one, other) < len(_texts(other)) for one, other in repeats)
    return rolling and len(repeats) >= _OFTEN * len(close)


def _repeated(one: Cue, other: Cue) -> int:
    """How many of the last lines of a cue are the first ones of another."""
    above, below = _texts(one), _texts(other)
    counts = range(min(len(above), len(below)), 0, -1)
    return next((count for count in counts if above[-count:] == below[:count]), 0)


def _texts(cue: Cue) -> list[str]:
    return [" ".join(line.split()) for line in cue.text.split("\n")]


def _once(cues: Sequence[Cue]) -> list[Cue]:
    """The cues with their new lines only, each until the next one starts or its text is gone."""
    merged: list[Cue] = []
    before: Cue | None = None
    for cue in cues:
        repeated = _repeated(before, cue) if before and cue.start - before.end <= _APART else 0
        new = _lines(cue)[repeated:]
        if repeated:
            # The text before is visible as long as this cue repeats it, unless new text replaces it.
            merged[-1] = replace(merged[-1], end=cue.start if new else cue.end)
        if new:
            merged.append(replace(cue, runs=_joined(new), number=len(merged) + 1))
        before = cue
    return [cue for cue in merged if cue.end > cue.start]


def _lines(cue: Cue) -> _Lines:
    """The runs of each line of a cue."""
    lines: _Lines = [[]]
    for run in cue.runs:
        first, *others = run.text.split("\n")
        for number, text in enumerate([first, *others]):
            if number:
                lines.append([])
            if text:
                lines[-1].append(run.but(text))
    return lines


def _joined(lines: _Lines) -> tuple[StyledRun, ...]:
    runs: list[StyledRun] = []
    for line in lines:
        if runs:
            runs[-1] = runs[-1].but(f"{runs[-1].text}\n")
        runs += line
    return tuple(runs)
