"""Words with their widths → lines and cards: the fewest that hold them, balanced, ended at sense. Whatever a width is measured in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from finish.stages.captions.typesetting import break_points, phrases
from finish.stages.captions.typesetting.words import CaptionWord

# House: what it costs, in em of imbalance (as everything in `sense`), when a line is left with one word of many.
_ORPHAN: Final = 2.5

Rows = tuple[tuple[int, int], ...]  # a card: its lines as half-open ranges of words


@dataclass(frozen=True)
class Space:
    """What a card may hold: lines of `limit` em, so many `lines`, so many `words` (None: any number); a hyphen takes `hyphen` em."""

    limit: float
    lines: int
    words: int | None = None
    hyphen: float = 0.0


class CueLayout:
    """The words of one cue, and the ways to set them: `widths`, and the `blanks` before each, in em."""

    def __init__(
        self,
        words: Sequence[CaptionWord],
        widths: Sequence[float],
        blanks: Sequence[float],
        space: Space,
        language: str,
    ) -> None:
        self._words, self._space, self._blanks = words, space, blanks
        self._breaks = [0.0, *_break_costs(words, language)]
        self._sums = [0.0, *accumulate(width + blank for width, blank in zip(widths, blanks, strict=True))]

    def as_written(self) -> list[Rows] | None:
        """One card with the file's own line breaks, where they fit."""
        starts = [at for at, word in enumerate(self._words) if word.fresh]
        rows = tuple(pairwise([*starts, len(self._words)]))
        few = self._space.words is None or len(self._words) <= self._space.words
        fits = len(rows) <= self._space.lines and all(self._width(*row) <= self._space.limit for row in rows)
        return [rows] if few and fits else None

    def recut(self) -> list[Rows]:
        """The fewest cards that hold the words, and among those the best balanced; one more for each pair that would else be torn.

        A single word may be wider than a line.
        """
        count = len(self._words)
        best: list[tuple[int, float, int, Rows]] = [(0, 0.0, 0, ())]
        for end in range(1, count + 1):
            choices = []
            for start in range(end - 1, -1, -1):
                rows = self._rows(start, end) or (((start, end),) if start == end - 1 else None)
                if rows is None:
                    break
                worst, cost, *_ = best[start]
                torn = sum(self._breaks[at] >= break_points.NEVER for _, at in rows if at < count)
                choices.append((worst + 1 + torn, cost + self._card_cost(start, end, rows), start, rows))
            best.append(min(choices))
        found, at = [], count
        while at:
            found.append(best[at][3])
            at = best[at][2]
        return found[::-1]

    def _width(self, start: int, end: int) -> float:
        tail = self._space.hyphen if self._words[end - 1].tail else 0.0
        return self._sums[end] - self._sums[start] - self._blanks[start] + tail

    def _rows(self, start: int, end: int) -> Rows | None:
        """The words from start to end as one or two lines; None where they don't fit."""
        if end - start > (self._space.words or end - start):
            return None
        turns = [at for at in range(start + 1, end) if self._words[at].turn]
        if not turns and self._width(start, end) <= self._space.limit:
            return ((start, end),)
        if self._space.lines == 1 or len(turns) > 1:
            return None
        breaks = turns or range(start + 1, end)
        fits = [at for at in breaks if max(self._width(start, at), self._width(at, end)) <= self._space.limit]
        if not fits:
            return None
        at = min(fits, key=lambda at: self._line_cost(start, at, end))
        return ((start, at), (at, end))

    def _line_cost(self, start: int, at: int, end: int) -> float:
        orphan = _ORPHAN if min(at - start, end - at) == 1 and end - start > 3 else 0.0
        return abs(self._width(start, at) - self._width(at, end)) + self._breaks[at] + orphan

    def _card_cost(self, start: int, end: int, rows: Rows) -> float:
        count = len(self._words)
        lines = self._line_cost(start, rows[0][1], end) / 8 if len(rows) > 1 else 0.0
        orphan = _ORPHAN if end - start == 1 and count > 1 else 0.0
        # The sum of squares is least when all cards are equally full.
        return (
            (self._width(start, end) / self._space.limit) ** 2 * 4
            + orphan
            + lines
            + (self._breaks[end] if end < count else 0.0)
        )


def _break_costs(words: Sequence[CaptionWord], language: str) -> Iterator[float]:
    """What it costs to end a line between each word and the next."""
    first = True
    for before, after in pairwise(words):
        yield _break_cost(before, after, language, first=first)
        first = break_points.cost(before.written, "", language) == break_points.SENTENCE


def _break_cost(before: CaptionWord, after: CaptionWord, language: str, *, first: bool) -> float:
    if after.turn:
        return break_points.SENTENCE
    inside = (
        not after.glue
        and not phrases.unspaced(after.written[:1])
        and not phrases.unspaced(before.written[-1:])
    )
    if inside or not any(each.isalnum() for each in after.text):
        return break_points.INSIDE
    return break_points.cost(before.written, after.written, language, first=first)
