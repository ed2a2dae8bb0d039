"""Words with widths → lines and cards: the fewest that hold them, balanced, ended where the sense allows.

Widths can have any unit; em is the usual one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from finish.stages.captions.typesetting import break_points
from finish.stages.captions.typesetting.words import CaptionWord

# House value: the cost, in em of imbalance (as all costs of `break_points`), of a line with one word of many.
_ORPHAN: Final = 2.5

_INNER: Final = ("-", "‐", "–", "/")  # marks inside a word after which a line can end

# A card: its lines as half-open ranges of words.
Rows = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Space:
    """What a card can hold: `lines` of `limit` em and `words` (None: any number).

    A hyphen takes `hyphen` em.
    """

    limit: float
    lines: int
    words: int | None = None
    hyphen: float = 0.0


class CueLayout:
    """The words of one cue and the ways to set them. `widths` and the `blanks` before each word are in em."""

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
        """One card with the line breaks of the file; None if it doesn't fit."""
        starts = [at for at, word in enumerate(self._words) if word.fresh]
        rows = tuple(pairwise([*starts, len(self._words)]))
        few = self._space.words is None or self._count(0, len(self._words)) <= self._space.words
        fits = len(rows) <= self._space.lines and all(self._width(*row) <= self._space.limit for row in rows)
        return [rows] if few and fits else None

    def recut(self) -> list[Rows]:
        """The fewest cards that hold the words, and among those the best balanced.

        One more card for each pair of words that a line end would otherwise separate, and for each word that
        would be on two cards. A single word can be wider than a line.
        """
        count = len(self._words)
        best: list[tuple[int, float, int, Rows]] = [(0, 0.0, 0, ())]
        for end in range(1, count + 1):
            choices = []
            for start in range(end - 1, -1, -1):
                alone = self._count(start, end) <= 1
                rows = self._rows(start, end) or (((start, end),) if alone else None)
                if rows is None:
                    break
                worst, cost, *_ = best[start]
                torn = sum(self._breaks[at] >= break_points.NEVER for _, at in rows if at < count)
                torn += count if self._inside(end) else 0  # a card ends inside a word only if it must
                choices.append((worst + 1 + torn, cost + self._card_cost(start, end, rows), start, rows))
            best.append(min(choices))
        cards, at = [], count
        while at:
            cards.append(best[at][3])
            at = best[at][2]
        return cards[::-1]

    def _inside(self, at: int) -> bool:
        """Whether a place is between two parts of one word."""
        return 0 < at < len(self._words) and parted(self._words[at - 1], self._words[at])

    def _count(self, start: int, end: int) -> int:
        """How many words start from start to end; the parts of a divided or hyphenated one are one."""
        return sum(not self._inside(at) for at in range(start, end))

    def _width(self, start: int, end: int) -> float:
        tail = self._space.hyphen if self._words[end - 1].tail else 0.0
        return self._sums[end] - self._sums[start] - self._blanks[start] + tail

    def _rows(self, start: int, end: int) -> Rows | None:
        """The words from start to end as one or two lines; None if they don't fit."""
        if self._count(start, end) > (self._space.words or end - start):
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
        # The sum of squares is smallest when all cards are equally full.
        return (
            (self._width(start, end) / self._space.limit) ** 2 * 4
            + orphan
            + lines
            + (self._breaks[end] if end < count else 0.0)
        )


def _break_costs(words: Sequence[CaptionWord], language: str) -> Iterator[float]:
    """The cost of a line end between each word and the next."""
    first = True
    for before, after in pairwise(words):
        yield _break_cost(before, after, language, first=first)
        first = break_points.cost(before.written, "", language) == break_points.SENTENCE


def _break_cost(before: CaptionWord, after: CaptionWord, language: str, *, first: bool) -> float:
    """The cost of a line end between two words; `first` states that `before` starts a sentence."""
    if after.turn:
        return break_points.SENTENCE
    if parted(before, after) or not any(letter.isalnum() for letter in after.text):
        return break_points.INSIDE
    return break_points.cost(before.written, after.written, language, first=first)


def parted(before: CaptionWord, after: CaptionWord) -> bool:
    """Whether two words are parts of one: at a division, or after a hyphen or slash."""
    return after.bound or (not after.glue and before.written.endswith(_INNER))
