"""Transcripts in JSON, as speech recognisers such as Whisper write them: words with their times."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from finish.errors import CaptionError, FinishError

WRITTEN: Final = (
    'write words as {"word": "Hello", "start": 1.5, "end": 1.9}, in a list or in the `words` of `segments`'
)


@dataclass(frozen=True)
class SpokenWord:
    """A word with the space before it, and when it is spoken (s); None if the recogniser gives no time."""

    text: str
    start: Fraction | None
    end: Fraction | None


def segments(text: str, path: str) -> tuple[list[list[SpokenWord]], bool]:
    """The words of a transcript by segment, and whether it has segments; without them, all words are one
    segment.

    CaptionError for the part that can't be read.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        place = f"{path}:{line}" if line else path
        raise _mistake("the transcript isn't JSON", WRITTEN, place) from error
    named = value if isinstance(value, Mapping) else {}
    parts = named.get("segments", named.get("transcription"))
    if isinstance(parts, list):
        return [_segment(part, f"{path}, segment {number}") for number, part in enumerate(parts, 1)], True
    words = value.get("words") if isinstance(value, Mapping) else value
    if not isinstance(words, list):
        raise _mistake("the transcript has neither segments nor words", WRITTEN, path)
    return [[_word(word, f"{path}, word {number}") for number, word in enumerate(words, 1)]], False


def _segment(value: Any, where: str) -> list[SpokenWord]:
    """A segment's words; its complete text as one word if it has none."""
    if not isinstance(value, Mapping):
        raise _mistake("the segment isn't an object", WRITTEN, where)
    words = value.get("words")
    if isinstance(words, list) and words:
        return _within([_word(word, where) for word in words], value, where)
    if isinstance(value.get("offsets"), Mapping):
        return [_by_offsets(value, where)]
    return [
        SpokenWord(
            _text(value.get("text"), where), _time(value.get("start"), where), _time(value.get("end"), where)
        )
    ]


def _within(words: list[SpokenWord], segment: Mapping[str, Any], where: str) -> list[SpokenWord]:
    """The words of a segment; where aligners give its first or last word no time, the segment's counts."""
    start, end = (
        None if segment.get(name) is None else _time(segment[name], where) for name in ("start", "end")
    )
    if words[0].start is None and start is not None:
        words[0] = replace(words[0], start=start)
    if words[-1].end is None and end is not None:
        words[-1] = replace(words[-1], end=end)
    return words


def _by_offsets(value: Mapping[str, Any], where: str) -> SpokenWord:
    """A segment of whisper.cpp: its text, from and to milliseconds."""
    times = [value["offsets"].get(name) for name in ("from", "to")]
    if not all(isinstance(time, int) and not isinstance(time, bool) for time in times):
        raise _mistake("the offsets aren't milliseconds", WRITTEN, where)
    start, end = (_time(time / 1000, where) for time in times)
    return SpokenWord(_text(value.get("text"), where), start, end)


def _word(value: Any, where: str) -> SpokenWord:
    if not isinstance(value, Mapping):
        raise _mistake("the word isn't an object", WRITTEN, where)
    text = _text(value.get("word", value.get("text")), where)
    return SpokenWord(
        text, *(None if value.get(name) is None else _time(value[name], where) for name in ("start", "end"))
    )


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _mistake(f"the text must be a string, not {value!r}"[:80], WRITTEN, where)
    return value


def _time(value: Any, where: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 36_000:
        message = f"the time must be a number of seconds, not {value!r}"[:80]
        raise _mistake(message, "times are seconds from 0, the first frame", where)
    return Fraction(value).limit_denominator(1000)


def _mistake(what: str, hint: str, where: str) -> FinishError:
    return CaptionError(what, hint, where=where)
