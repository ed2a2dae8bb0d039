"""Transcripts as JSON, as recognisers write them (Whisper and its kin): words with their times."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from finish.errors import CaptionError, FinishError

WRITTEN: Final = (
    'write words as {"word": "Hello", "start": 1.5, "end": 1.9}, in a list or in the `words` of `segments`'
)


@dataclass(frozen=True)
class SpokenWord:
    """A word with the blank before it, and when it is spoken (s); None where the recogniser did not say."""

    text: str
    start: Fraction | None
    end: Fraction | None


def segments(text: str, path: str) -> tuple[list[list[SpokenWord]], bool]:
    """The words of a transcript by its segments, and whether it has any; all as one where it has none.
    CaptionError naming what of it is not understood."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        line = getattr(wrong, "lineno", 0)
        raise _mistake("no JSON", WRITTEN, f"{path}:{line}" if line else path) from wrong
    parts = said.get("segments") if isinstance(said, Mapping) else None
    if isinstance(parts, list):
        return [_segment(each, f"{path}, segment {number}") for number, each in enumerate(parts, 1)], True
    words = said.get("words") if isinstance(said, Mapping) else said
    if not isinstance(words, list):
        raise _mistake("neither segments nor words", WRITTEN, path)
    return [[_word(each, f"{path}, word {number}") for number, each in enumerate(words, 1)]], False


def _segment(said: Any, where: str) -> list[SpokenWord]:
    """A segment's words; all its text as one where it has none."""
    if not isinstance(said, Mapping):
        raise _mistake("no segment", WRITTEN, where)
    words = said.get("words")
    if isinstance(words, list) and words:
        return [_word(each, where) for each in words]
    return [
        SpokenWord(
            _text(said.get("text"), where), _time(said.get("start"), where), _time(said.get("end"), where)
        )
    ]


def _word(said: Any, where: str) -> SpokenWord:
    if not isinstance(said, Mapping):
        raise _mistake("no word", WRITTEN, where)
    text = _text(said.get("word", said.get("text")), where)
    return SpokenWord(
        text, *(None if said.get(name) is None else _time(said[name], where) for name in ("start", "end"))
    )


def _text(said: Any, where: str) -> str:
    if not isinstance(said, str):
        raise _mistake(f"no text but {said!r}"[:80], WRITTEN, where)
    return said


def _time(said: Any, where: str) -> Fraction:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said < 36_000:
        raise _mistake(f"no time but {said!r}"[:80], "times are seconds from 0, the first frame", where)
    return Fraction(said).limit_denominator(1000)


def _mistake(what: str, hint: str, where: str) -> FinishError:
    return CaptionError(what, hint, where=where)
