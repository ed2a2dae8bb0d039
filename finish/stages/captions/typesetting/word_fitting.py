"""Words wider than a line: set smaller, or divided where their language allows it, never just anywhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from finish.stages.captions.cues import StyledRun
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.hyphenation import at_joint, divisions
from finish.stages.captions.typesetting.words import CaptionWord, advance, cut_runs

# House values. A cue may be set this much smaller than its style, which doesn't look like another style yet;
# and no smaller than 36 px at 1080, below which labels aren't read on a phone.
_LEAST_SCALE, _LEAST_EM = 0.7, 1 / 30
_JOINT: Final = (
    0.75  # house value: how much wider a part may be if the division is between parts of a compound
)


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
    """How words are fitted: the style, the longest line (em), the language, and names that stay whole."""

    style: CaptionStyle
    limit: float
    language: str = ""
    names: Collection[str] = ()

    @property
    def least(self) -> float:
        """The least scale of a cue."""
        return min(1.0, max(_LEAST_SCALE, _LEAST_EM / self.style.size))

    def fitted(self, words: Sequence[CaptionWord]) -> FittedWords:
        """The words: smaller, then divided, and smaller still only where no word can be divided."""
        whole = FittedWords(list(words), self._scale(words))
        if whole.scale >= self.least or self.style.lines == 1:
            return replace(whole, small=whole.scale < self.least)
        pieces = [piece for word in words for piece in self._pieces(word)]
        scale = self._scale(pieces)
        return FittedWords(pieces, scale, len(pieces) > len(words), scale < self.least)

    def _scale(self, words: Sequence[CaptionWord]) -> float:
        """The largest scale, up to 1, at which every word fits a line."""
        widest = max((self._width(word) for word in words), default=0.0)
        return min(1.0, self.limit / widest) if widest else 1.0

    def _width(self, word: CaptionWord) -> float:
        tail = advance(CaptionWord((StyledRun(word.tail),)), self.style) if word.tail else 0.0
        return advance(word, self.style) + tail

    def _pieces(self, word: CaptionWord) -> Sequence[CaptionWord]:
        """A word that is too wide even at the least scale, in the two parts that are widest least."""
        if self._width(word) * self.least <= self.limit:
            return (word,)
        places = divisions(word.text, word.written or word.text, self.language, self.names)
        options = [self._divided(word, at, mark) for at, mark in places]
        return min(options, key=self._badness, default=(word,))

    def _badness(self, parts: Sequence[CaptionWord]) -> float:
        """The width of the wider part, less where a compound is divided between its parts."""
        joint = at_joint(parts[0].text, self.language)
        return max(map(self._width, parts)) * (_JOINT if joint else 1.0)

    @staticmethod
    def _divided(word: CaptionWord, at: int, mark: str) -> tuple[CaptionWord, CaptionWord]:
        """The parts of a word before and from a letter, of which the first ends its line with a mark."""
        first = replace(word, runs=cut_runs(word.runs, 0, at), tail=mark, written=word.text[:at])
        rest = cut_runs(word.runs, at, len(word.text))
        return first, CaptionWord(rest, "", word.tail, written=word.text[at:], bound=True)
