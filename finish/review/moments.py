"""The moments of a clip that people must see before delivery: every cue, every overlay, every shot."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Final

from finish.errors import LimitError
from finish.model import Programme, SequenceProgramme
from finish.units import Span, clock

FRAMES: Final = 240  # frames on one sheet; house policy: an 8 K square of a picture, 10 MB of a page
# Frames of a deliverable on one sheet; house policy: three lines of vertical frames, which people take in at
# a glance.
MOST: Final = 24
# Seconds; house policy: moments this near show the same, and a shorter cue is unreadable.
NEAR: Final = Fraction(3, 10)
# Seconds of a shot that one frame represents; house policy: a crop that follows has moved by then.
LONGEST: Final = Fraction(6)


@dataclass(frozen=True)
class Moments:
    """The chosen times (s), ascending, out of `total`.

    `bounds` (s) are the starts of shots and the end of the last.
    """

    times: tuple[Fraction, ...]
    total: int
    bounds: tuple[Fraction, ...]

    def head(self, time: Fraction, programme: Programme | None = None) -> str:
        """The time as "0:03.20", or as "0:03.20 · shot 2" if there are several shots; in a timeline, with the
        segment's name.

        An end card belongs to no shot.
        """
        if isinstance(programme, SequenceProgramme):
            return " · ".join(filter(None, (clock(time), tidy(programme.name_at(time)))))
        shot = bisect_right(self.bounds, time)
        return (
            f"{clock(time)} · shot {shot}"
            if len(self.bounds) > 2 and shot < len(self.bounds)
            else clock(time)
        )

    def words(self, time: Fraction, programme: Programme) -> str:
        """The labels of the programme's marks near a time: the words of a cue, the name of an overlay."""
        near = (
            mark.label
            for mark in sorted(programme.marks, key=lambda mark: mark.time)
            if time <= mark.time < time + NEAR
        )
        return " + ".join(dict.fromkeys(tidy(label) for label in near))


def moments(programmes: Sequence[Programme], cuts: Sequence[Fraction], most: int = MOST) -> Moments:
    """At most `most` moments of one clip, evenly chosen, the same for all its deliverables, so that people
    can compare them.

    Marks less than `NEAR` apart are one moment. A shot without a mark has one in its middle, a long shot one
    every `LONGEST` s.
    """
    first = programmes[0]
    end = min(first.content_end, max(programme.duration for programme in programmes))
    changes = sorted(
        {
            shot.start
            for one, other in pairwise((Fraction(0), *cuts, max(end, *cuts, first.where(end)) + 1))
            if (shot := first.programme_span(Span(one, other)))
        }
        - {Fraction(0)}
    )
    bounds = (Fraction(0), *(change for change in changes if change < end), end)
    marked = _apart(
        sorted(
            {
                mark.time
                for programme in programmes
                for mark in programme.marks
                if 0 <= mark.time < programme.duration
            }
        )
    )
    times = sorted([*marked, *_unmarked(marked, bounds)])
    return Moments(tuple(_evenly(times, most)), len(times), bounds)


def share(rows: int) -> int:
    """How many moments each of `rows` deliverables gets on one sheet.

    LimitError for more than `FRAMES` deliverables.
    """
    if rows > FRAMES:
        raise LimitError(
            f"a sheet holds at most {FRAMES} deliverables, not {rows}", "choose some with --only NAME"
        )
    return min(MOST, FRAMES // max(1, rows))


def tidy(text: str) -> str:
    """A label on one line, without characters that don't print, from any file."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def _apart(times: Sequence[Fraction]) -> list[Fraction]:
    kept: list[Fraction] = []
    for time in times:
        if not kept or time - kept[-1] >= NEAR:
            kept.append(time)
    return kept


def _unmarked(marked: Sequence[Fraction], bounds: Sequence[Fraction]) -> Iterator[Fraction]:
    """The middles of all parts of shots that have no mark."""
    for start, end in pairwise(bounds):
        parts = max(1, ceil((end - start) / LONGEST))
        edges = [start + (end - start) * part / parts for part in range(parts + 1)]
        yield from (
            (low + high) / 2
            for low, high in pairwise(edges)
            if bisect_left(marked, low) == bisect_left(marked, high)
        )


def _evenly(times: Sequence[Fraction], most: int) -> Sequence[Fraction]:
    if len(times) <= most:
        return times
    return [times[(2 * number + 1) * len(times) // (2 * most)] for number in range(most)]
