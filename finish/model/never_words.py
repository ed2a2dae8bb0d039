"""Words that a brand never draws, found in texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_IGNORED = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))  # invisible inside of words


def never_words_in(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """The `words` that a text contains as whole words, whatever their case and line breaks.

    In scripts without spaces, such as Chinese and Thai, any occurrence counts.
    """
    plain = _folded(text)
    return tuple(word for word in words if _pattern(word).search(plain))


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_IGNORED)
    return " ".join(folded.split())


@lru_cache(maxsize=2000)
def _pattern(word: str) -> re.Pattern[str]:
    folded = _folded(word)
    before = r"(?<!\w)" if folded and _in_words(folded[0]) else ""
    after = r"(?!\w)" if folded and _in_words(folded[-1]) else ""
    return re.compile(before + re.escape(folded) + after) if folded else re.compile(r"(?!)")


def _in_words(letter: str) -> bool:
    """Whether spaces part the words of a letter's script."""
    spaceless = (
        "\u0e00" <= letter <= "\u0eff" or "\u1000" <= letter <= "\u109f" or "\u1780" <= letter <= "\u17ff"
    )
    wide = unicodedata.east_asian_width(letter) in ("W", "F") and not "\uac00" <= letter <= "\ud7a3"
    return (letter.isalnum() or letter == "_") and not spaceless and not wide
