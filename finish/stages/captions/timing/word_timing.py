"""When each word of a caption is spoken: as its file states, and between stated times by syllables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from finish.stages.captions.typesetting.words import CaptionWord

_VOWELS: Final = re.compile(r"[aeiouyаеёиоуыэюяіїєαεηιουω]+")
# House; for scripts that write few vowels or none (Arabic, Hebrew, those of India, Thai).
_LETTERS_PER_SYLLABLE: Final = 2


def word_starts(words: Sequence[CaptionWord], begin: Fraction, end: Fraction) -> list[Fraction]:
    """When each word starts (s), ascending from `begin`, all before `end`.

    A word starts when its file states it; syllables share the time between stated words.
    """
    known = {0: begin, len(words): end}
    latest = begin
    for number, word in enumerate(words):
        if word.time is not None and latest <= word.time < end and (number == 0 or word.time > begin):
            known[number] = latest = word.time
    starts: list[Fraction] = []
    for (first, start), (last, stop) in pairwise(sorted(known.items())):
        weights = [syllables(word.text) for word in words[first:last]]
        sums = accumulate(weights[:-1], initial=0)
        starts += [start + (stop - start) * reached / max(1, sum(weights)) for reached in sums][
            : last - first
        ]
    return starts


def syllables(text: str) -> int:
    """About how many syllables a word has, at least 1.

    Groups of vowels in scripts that write them, each digit, each character of Chinese, Japanese and Korean.
    """
    decomposed = unicodedata.normalize("NFD", text.lower())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    letters = [letter for letter in plain if letter.isalnum()]
    whole = sum(letter.isdigit() or unicodedata.east_asian_width(letter) in ("W", "F") for letter in letters)
    cased = any(letter.upper() != letter for letter in letters)
    rest = len(_VOWELS.findall(plain)) if cased else (len(letters) - whole) // _LETTERS_PER_SYLLABLE
    return max(1, whole + rest)
