"""A plain text → sentences; and sentences → cues, by the time that there is speech."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.timing.timing_rules import character_layout
from finish.stages.captions.timing.word_timing import syllables
from finish.stages.captions.typesetting.words import split_words
from finish.units import Span

# A sentence ends at its stop, quotes and brackets behind it included; in scripts without blanks the next follows at once.
_END: Final = re.compile(r"(?<=[.!?…؟۔।])[\"'”’»)\]]*\s+(?=\S)|(?<=[。！？])[」』）”’]*(?=\S)|\n+")
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Sra|M|Mme|Hr|Fr|z\.\s?B|e\.g|i\.e|etc|ca|vs|No|Nr)\.$"
)

_LOOKED_AT: Final = 40  # characters before a stop; no abbreviation has as many
# House: the fastest speakers reach 12 syllables a second, and some of a text may stay unsaid; of a word that is longer than any, letters
# count as syllables.
_FASTEST, _ALWAYS, _LETTERS = 16, 40, 8


def text_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order; a line of its own is one too. Nothing but blanks is left out."""
    found: list[str] = []
    at = 0
    for stop, end in [*(match.span() for match in _END.finditer(text)), (len(text), len(text))]:
        last = text[max(at, stop - _LOOKED_AT) : end]
        if "\n" not in text[stop:end] and _ABBREVIATED.search(last.rstrip()) and end < len(text):
            continue
        if words := text[at:end].split():
            found.append(" ".join(words))
        at = end
    return tuple(found)


def too_long(texts: Sequence[str], seconds: Fraction) -> bool:
    """Whether texts have more words than anybody speaks in so many seconds; looked at until they do."""
    left = _ALWAYS + _FASTEST * seconds
    for text in texts:
        for word in text.split():
            left -= max(syllables(word[:_LOOKED_AT]), len(word) // _LETTERS)
            if left < 0:
                return True
    return False


def spread_by_syllables(texts: Sequence[str], spoken: Sequence[Span], language: str) -> tuple[Cue, ...]:
    """The sentences as cues, in parts of two lines at most, spread by syllables over the spans in which there is speech (s, ascending)."""
    pieces = [(number, piece) for number, text in enumerate(texts, 1) for piece in _pieces(text, language)]
    weights = [max(1, sum(map(syllables, piece.split()))) for _, piece in pieces]
    whole = sum((span.end - span.start for span in spoken), Fraction(0))
    joints = [whole * reached / max(1, sum(weights)) for reached in accumulate(weights, initial=0)]
    return tuple(
        Cue(
            _when(start, spoken, late=True), _when(end, spoken, late=False), (StyledRun(piece),), number, line
        )
        for number, ((line, piece), (start, end)) in enumerate(zip(pieces, pairwise(joints), strict=True), 1)
    )


def _when(amount: Fraction, spoken: Sequence[Span], *, late: bool) -> Fraction:
    """The moment by which there has been so much speech: of a pause there, its end where `late`, else its beginning."""
    for span in spoken:
        length = span.end - span.start
        if amount < length or (amount == length and not late):
            return span.start + amount
        amount -= length
    return spoken[-1].end


def _pieces(text: str, language: str) -> Iterator[str]:
    """A sentence in as few parts as its lines fit in."""
    words = split_words(Cue(Fraction(0), Fraction(1), (StyledRun(text),), 1, 1), language)
    for rows in character_layout(words, language).recut():
        yield "".join(
            (word.glue if number else "") + word.text
            for number, word in enumerate(words[rows[0][0] : rows[-1][1]])
        )
