"""Words wider than a line: set smaller, or divided where their language allows it, never just anywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from finish.stages.captions.cues import StyledRun
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.hyphenation import Division, divisions
from finish.stages.captions.typesetting.line_breaking import parted
from finish.stages.captions.typesetting.words import CaptionWord, advance, cut_runs, in_case

# House values. A cue may be set this much smaller than its style, which doesn't look like another style yet;
# and no smaller than 36 px at 1080, below which labels aren't read on a phone.
_LEAST_SCALE, _LEAST_EM = 0.7, 1 / 30
# House value: type that is at least this large against that of the cues before and after it looks the same.
_STEADY: Final = 0.85


@dataclass(frozen=True)
class FittedWords:
    """The words of a cue at a `scale` of their style, of which the widest one fits a line.

    `divided` is set if a word is divided, `small` if the scale is below the least one.
    """

    words: list[CaptionWord]
    scale: float = 1.0
    divided: bool = False
    small: bool = False


@dataclass(frozen=True)
class WordFitting:
    """How words are fitted: the style, the longest line (em), the language, and names that stay whole.

    `size` is the type's size against that of the style.
    """

    style: CaptionStyle
    limit: float
    language: str = ""
    names: Collection[str] = ()
    size: float = 1.0

    @property
    def least(self) -> float:
        """The least scale of a cue."""
        return min(1.0, max(_LEAST_SCALE, _LEAST_EM / (self.style.size * self.size)))

    def fitted(self, words: Sequence[CaptionWord]) -> FittedWords:
        """The words: smaller, then divided, and smaller still only where no word can be divided."""
        whole = FittedWords(list(words), self._scale(words))
        if whole.scale >= self.least or self.style.lines == 1:
            return replace(whole, small=whole.scale < self.least)
        pieces = [piece for group in _groups(words, lines=self.style.lines) for piece in self._pieces(group)]
        scale = self._scale(pieces)
        return FittedWords(pieces, scale, len(pieces) > len(words), scale < self.least)

    def steady(self, scales: Sequence[float]) -> list[float]:
        """The scales of cues in order, each near to those beside it; none is raised.

        A cue that is below the least scale takes no other there.
        """
        forward = list(accumulate(scales, self._near))
        return list(accumulate(forward[::-1], self._near))[::-1]

    def _near(self, beside: float, scale: float) -> float:
        return min(scale, max(self.least, beside / _STEADY))

    def _scale(self, words: Sequence[CaptionWord]) -> float:
        """The largest scale, up to 1, at which a line holds every word, or a card its parts."""
        widest = max(map(self._widest, _groups(words, lines=self.style.lines)), default=0.0)
        return min(1.0, self.limit / widest) if widest else 1.0

    def _widest(self, parts: Sequence[CaptionWord]) -> float:
        """The widest line of a word on one card, in em."""
        if len(parts) == 1:
            return self._width(parts[0])
        widths = [advance(part, self.style) for part in parts]
        if self.style.lines == 1:
            return sum(widths[:-1]) + self._width(parts[-1])
        sums, total = list(accumulate(widths, initial=0.0)), sum(widths[:-1]) + self._width(parts[-1])
        tails = [self._width(part) - width for part, width in zip(parts, widths, strict=True)]
        return min(max(sums[at] + tails[at - 1], total - sums[at]) for at in range(1, len(parts)))

    def _width(self, word: CaptionWord) -> float:
        tail = advance(CaptionWord((StyledRun(word.tail),)), self.style) if word.tail else 0.0
        return advance(word, self.style) + tail

    def _pieces(self, parts: Sequence[CaptionWord]) -> Sequence[CaptionWord]:
        """A word that is too wide even at the least scale, in the two parts that are widest least.

        A word that its file divides is divided only there.
        """
        word = parts[0]
        if len(parts) > 1 or self._width(word) * self.least <= self.limit:
            return parts
        options = [
            (division, *self._divided(word, division))
            for division in divisions(word.written or word.text, self.language, self.names)
        ]
        options = [option for option in options if option[1].text and option[2].text]
        best = min(options, key=lambda option: self._badness(*option), default=None)
        return best[1:] if best else parts

    def _badness(self, division: Division, *parts: CaptionWord) -> tuple[bool, float]:
        """Whether a part is too wide at the least scale; and its width, less at a good place.

        Where no place holds the least scale, the place matters half as much.
        """
        widest = max(map(self._width, parts))
        wide = widest * self.least > self.limit
        return wide, widest * ((1 + division.weight) / 2 if wide else division.weight)

    def _divided(self, word: CaptionWord, division: Division) -> tuple[CaptionWord, CaptionWord]:
        """The parts of a word, of which the first ends its line with the division's mark."""
        written = word.written or word.text
        before, after = written[: division.at], written[division.at :]
        at = len(in_case(before, self.style, self.language)) if word.written else division.at
        first = replace(word, runs=cut_runs(word.runs, 0, at), tail=division.mark, written=before)
        rest = cut_runs(word.runs, at, len(word.text))
        return first, CaptionWord(rest, "", word.tail, written=after, bound=True)


def _groups(words: Sequence[CaptionWord], *, lines: int) -> Iterator[list[CaptionWord]]:
    """The words, each with its parts; on cards of one line, those of a hyphenated word stay together, too."""
    group: list[CaptionWord] = []
    for word in words:
        together = group and lines == 1 and parted(group[-1], word)
        if group and not (word.bound or together):
            yield group
            group = []
        group.append(word)
    if group:
        yield group
