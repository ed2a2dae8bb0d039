"""When each word of a caption is spoken: as its file says, and between what it says by syllables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from finish.stages.captions.typesetting.words import CaptionWord

_VOWELS: Final = re.compile(r"[aeiouyаеёиоуыэюяіїєαεηιουω]+")
_LETTERS_A_SYLLABLE: Final = (
    2  # house, of scripts that write few vowels or none (Arabic, Hebrew, those of India, Thai)
)


def word_starts(words: Sequence[CaptionWord], begin: Fraction, end: Fraction) -> list[Fraction]:
    """When each word begins, ascending from `begin`, all before `end` (s): where the file says it, then; others share what is between."""
    known = {0: begin, len(words): end}
    latest = begin
    for number, word in enumerate(words):
        if word.time is not None and latest <= word.time < end and (number == 0 or word.time > begin):
            known[number] = latest = word.time
    found: list[Fraction] = []
    for (first, start), (last, stop) in pairwise(sorted(known.items())):
        weights = [syllables(word.text) for word in words[first:last]]
        reached = accumulate(weights[:-1], initial=0)
        found += [start + (stop - start) * each / max(1, sum(weights)) for each in reached][: last - first]
    return found


def syllables(text: str) -> int:
    """About how many syllables a word has: groups of vowels in scripts that write them, each digit, each character of Chinese,
    Japanese and Korean."""
    plain = "".join(
        each for each in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(each)
    )
    letters = [each for each in plain if each.isalnum()]
    whole = sum(each.isdigit() or unicodedata.east_asian_width(each) in ("W", "F") for each in letters)
    cased = any(each.upper() != each for each in letters)
    return max(
        1, whole + (len(_VOWELS.findall(plain)) if cased else (len(letters) - whole) // _LETTERS_A_SYLLABLE)
    )
