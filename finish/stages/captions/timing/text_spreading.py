"""Sentences without times → cues, spread over the speech of a clip by syllables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.source_place import SourcePlace
from finish.stages.captions.timing.cue_repair import character_layout
from finish.stages.captions.timing.word_timing import syllables
from finish.stages.captions.typesetting.words import split_words
from finish.units import Span

_EXAMINED: Final = 40  # characters of a word; no word that people speak is longer
# House value: the fastest speakers reach 12 syllables per second, and some of a text may stay unspoken. In
# a word that is longer than any, letters count as syllables.
_FASTEST, _ALWAYS, _LETTERS = 16, 40, 8


def too_long(texts: Sequence[str], seconds: Fraction) -> bool:
    """Whether texts have more words than anybody speaks in this time; reads only as far as necessary."""
    left = _ALWAYS + _FASTEST * seconds
    for text in texts:
        for word in text.split():
            left -= max(syllables(word[:_EXAMINED]), len(word) // _LETTERS)
            if left < 0:
                return True
    return False


def spread_by_syllables(
    texts: Sequence[str], spoken: Sequence[Span], language: str, place: SourcePlace
) -> tuple[Cue, ...]:
    """The sentences as cues of at most two lines, spread by syllables over speech (spans in s, ascending)."""
    pieces = [(number, piece) for number, text in enumerate(texts, 1) for piece in _pieces(text, language)]
    weights = [max(1, sum(map(syllables, piece.split()))) for _, piece in pieces]
    speech = sum((span.end - span.start for span in spoken), Fraction(0))
    joints = [speech * reached / max(1, sum(weights)) for reached in accumulate(weights, initial=0)]
    return tuple(
        Cue(
            _moment(start, spoken, late=True),
            _moment(end, spoken, late=False),
            (StyledRun(piece),),
            number,
            place.at_part(f"sentence {sentence}"),
        )
        for number, ((sentence, piece), (start, end)) in enumerate(
            zip(pieces, pairwise(joints), strict=True), 1
        )
    )


def _moment(amount: Fraction, spoken: Sequence[Span], *, late: bool) -> Fraction:
    """When this amount of speech (s) is reached; in a pause, its end if `late`, else its start."""
    for span in spoken:
        length = span.end - span.start
        if amount < length or (amount == length and not late):
            return span.start + amount
        amount -= length
    return spoken[-1].end


def _pieces(text: str, language: str) -> Iterator[str]:
    """A sentence in the fewest parts of at most two lines each."""
    words = split_words(Cue(Fraction(0), Fraction(1), (StyledRun(text),), 1), language)
    for rows in character_layout(words, language).recut():
        piece = words[rows[0][0] : rows[-1][1]]
        yield "".join((word.lead if number else "") + word.text for number, word in enumerate(piece))
