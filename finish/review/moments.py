"""Which moments of a clip people should see before they deliver: every cue, every overlay, every shot."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Final

from finish.errors import LimitError
from finish.model import Programme
from finish.units import Span, clock

FRAMES: Final = 240  # frames on one sheet; house policy: an 8 K square of a picture, 10 MB of a page
MOST: Final = (
    24  # frames of a deliverable on one sheet; house policy: three lines of verticals, seen at a glance
)
NEAR: Final = Fraction(
    3, 10
)  # s; house policy: moments this near show the same, and a flash of a cue is shorter than any reader
LONGEST: Final = Fraction(
    6
)  # s of a shot that one frame stands for; house policy: a crop that follows has moved by then


@dataclass(frozen=True)
class Moments:
    """The chosen times (s), ascending, of `total` that there were; `bounds` (s) are where shots begin, and where the last ends."""

    times: tuple[Fraction, ...]
    total: int
    bounds: tuple[Fraction, ...]

    def head(self, time: Fraction) -> str:
        """As "0:03.20", and where there are several shots "0:03.20 · shot 2"; an end card is in none."""
        shot = bisect_right(self.bounds, time)
        return (
            f"{clock(time)} · shot {shot}"
            if len(self.bounds) > 2 and shot < len(self.bounds)
            else clock(time)
        )

    def words(self, time: Fraction, programme: Programme) -> str:
        """What the programme's own marks say of a moment: the words of a cue, the name of an overlay."""
        near = (
            mark.label
            for mark in sorted(programme.marks, key=lambda mark: mark.time)
            if time <= mark.time < time + NEAR
        )
        return " + ".join(dict.fromkeys(tidy(label) for label in near))


def moments(programmes: Sequence[Programme], cuts: Sequence[Fraction], most: int = MOST) -> Moments:
    """The moments of one clip, the same for all its deliverables, so that they can be compared: at most `most`, evenly chosen.

    Marks less than `NEAR` apart are one moment. A shot without a mark is seen in the middle, a long one every `LONGEST` s.
    """
    first = programmes[0]
    video, longest = first.source.video, max(each.duration for each in programmes)
    over = first.timeline.end if first.timeline else video.end - video.start if video else longest
    end = min(longest, over)
    changes = sorted(
        {
            shot.start
            for one, other in pairwise((Fraction(0), *cuts, max(end, *cuts, first.where(end)) + 1))
            if (shot := first.shown(Span(one, other)))
        }
        - {Fraction(0)}
    )
    bounds = (Fraction(0), *(change for change in changes if change < end), end)
    marked = _apart(
        sorted({mark.time for each in programmes for mark in each.marks if 0 <= mark.time < each.duration})
    )
    times = sorted([*marked, *_unmarked(marked, bounds)])
    return Moments(tuple(_evenly(times, most)), len(times), bounds)


def share(rows: int) -> int:
    """How many moments each of `rows` deliverables gets, so that a sheet of a large batch can still be opened."""
    if rows > FRAMES:
        raise LimitError(f"{rows} deliverables, and a sheet holds {FRAMES}", "--only names those to see")
    return min(MOST, FRAMES // max(1, rows))


def tidy(text: str) -> str:
    """A label on one line, without characters that don't print: it may come from any file."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def _apart(times: Sequence[Fraction]) -> list[Fraction]:
    kept: list[Fraction] = []
    for time in times:
        if not kept or time - kept[-1] >= NEAR:
            kept.append(time)
    return kept


def _unmarked(marked: Sequence[Fraction], bounds: Sequence[Fraction]) -> Iterator[Fraction]:
    """The middles of all pieces of shots in which nothing is marked."""
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
    return [times[(2 * each + 1) * len(times) // (2 * most)] for each in range(most)]
