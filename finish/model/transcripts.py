"""Transcripts in JSON, as speech recognisers such as Whisper write them: words with their times."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from finish.errors import CaptionError, FinishError

WRITTEN: Final = (
    'write words as {"word": "Hello", "start": 1.5, "end": 1.9}, in a list or in the `words` of `segments`'
)

# House values: in seconds, no word is as long as that; a word without a time takes as long as most do (s).
_LONGEST_WORD: Final = 20
_USUAL_WORD: Final = Fraction(2, 5)
_CLOCK: Final = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)[,.](\d{3})", re.ASCII)


@dataclass(frozen=True)
class SpokenWord:
    """A word with the space before it, and when it is spoken (s); None if the recogniser gives no time.

    `speaker` is who says it, where the recogniser states it.
    """

    text: str
    start: Fraction | None
    end: Fraction | None
    speaker: str = ""


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
    parts, words = named.get("segments", named.get("transcription")), _words(value)
    if isinstance(parts, list):
        segmented = [_segment(part, f"{path}, segment {number}") for number, part in enumerate(parts, 1)]
        timed = _ascending(_read_words(words, path)) if isinstance(words, list) else []
        return [_with_word_times(words, timed) for words in segmented], True
    if not isinstance(words, list):
        raise _mistake("the transcript has neither segments nor words", WRITTEN, path)
    return [_with_all_times(_read_words(words, path))], False


def _words(value: Any) -> Any:
    """The list of words of a transcript, also of Deepgram's, which nests it; None if it has none."""
    if not isinstance(value, Mapping):
        return value
    for name in ("results", "channels", "alternatives"):
        nested = value.get(name)
        value = nested[0] if isinstance(nested, list) and nested else nested or value
        if not isinstance(value, Mapping):
            return None
    return value.get("words")


def _read_words(values: list[Any], path: str) -> list[SpokenWord]:
    scale = 1000 if _in_milliseconds(values) else 1
    return [_word(value, f"{path}, word {number}", scale) for number, value in enumerate(values, 1)]


def _in_milliseconds(values: list[Any]) -> bool:
    """Whether times are whole numbers by which most words would be longer than any word in seconds."""
    times = [
        (value.get("start"), value.get("end"))
        for value in values
        if isinstance(value, Mapping) and value.get("start") is not None
    ]
    lengths = [end - start for start, end in times if type(start) is int and type(end) is int]
    long = sum(length >= _LONGEST_WORD for length in lengths)
    return len(lengths) == len(times) and 2 * long > len(times)


def _with_word_times(words: list[SpokenWord], timed: list[SpokenWord]) -> list[SpokenWord]:
    """A segment with the times of a separate list of words, where it has the same words.

    OpenAI writes such a list, without punctuation. It's ascending.
    """
    if len(words) != 1 or words[0].start is None or words[0].end is None:
        return words
    whole, start, end = words[0], words[0].start, words[0].end
    inside = timed[bisect_left(timed, start, key=_start) : bisect_left(timed, end, key=_start)]
    parts = re.findall(r"\s*\S+", whole.text)
    if not inside or [_letters(part) for part in parts] != [_letters(word.text) for word in inside]:
        return words
    return [replace(word, text=part) for word, part in zip(inside, parts, strict=True)]


def _ascending(words: list[SpokenWord]) -> list[SpokenWord]:
    """The words that have a start, in order of time."""
    return sorted((word for word in words if word.start is not None), key=_start)


def _start(word: SpokenWord) -> Fraction:
    return word.start or Fraction(0)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _with_all_times(words: list[SpokenWord]) -> list[SpokenWord]:
    """The words of a list, those without times spread between their neighbours; unchanged if none has one."""
    filled: list[SpokenWord] = []
    for timed, group in groupby(words, key=lambda word: word.start is not None):
        members = list(group)
        if timed:
            filled += members
            continue
        after = len(filled) + len(members)
        following = words[after : after + 1]
        start = (filled[-1].end or filled[-1].start) if filled else None
        filled += _spread(members, start, following[0].start if following else None)
    return filled


def _spread(words: list[SpokenWord], start: Fraction | None, end: Fraction | None) -> list[SpokenWord]:
    """The words at equal distances between two times (s), of which one can be unknown."""
    if start is None and end is None:
        return words
    room = _USUAL_WORD * len(words)
    start = max(Fraction(0), (end or room) - room) if start is None else start
    end = start + room if end is None else max(start, end)
    step = (end - start) / len(words)
    return [
        replace(word, start=start + step * number, end=start + step * (number + 1))
        for number, word in enumerate(words)
    ]


def _segment(value: Any, where: str) -> list[SpokenWord]:
    """A segment's words; its complete text as one word if it has none."""
    if not isinstance(value, Mapping):
        raise _mistake("the segment isn't an object", WRITTEN, where)
    words, speaker = value.get("words"), _speaker(value)
    if isinstance(words, list) and words:
        read = [_word(word, where) for word in words]
        named = [replace(word, speaker=word.speaker or speaker) for word in read]
        return _within(named, value, where)
    text = _text(value.get("text"), where)
    if isinstance(value.get("offsets"), Mapping) or isinstance(value.get("timestamps"), Mapping):
        start, end = _whisper_cpp_times(value, where)
    else:
        start, end = (_time(value.get(name), where) for name in ("start", "end"))
    return [SpokenWord(text, start, end, speaker)]


def _speaker(value: Mapping[str, Any]) -> str:
    """Who speaks: a name, or the number of a voice; "" if it isn't stated."""
    speaker = value.get("speaker")
    return str(speaker) if isinstance(speaker, str | int) and not isinstance(speaker, bool) else ""


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


def _whisper_cpp_times(value: Mapping[str, Any], where: str) -> list[Fraction]:
    """The start and the end (s) of a segment of whisper.cpp: milliseconds, or clocks such as 00:00:01,500."""
    if not isinstance(value.get("offsets"), Mapping):
        clocks = [_CLOCK.fullmatch(str(value["timestamps"].get(name))) for name in ("from", "to")]
        if not all(clocks):
            raise _mistake("the timestamps aren't clocks such as 00:00:01,500", WRITTEN, where)
        return [
            3600 * int(match[1]) + 60 * int(match[2]) + int(match[3]) + Fraction(int(match[4]), 1000)
            for match in clocks
            if match
        ]
    times = [value["offsets"].get(name) for name in ("from", "to")]
    if not all(isinstance(time, int) and not isinstance(time, bool) for time in times):
        raise _mistake("the offsets aren't milliseconds", WRITTEN, where)
    return [_time(time, where, 1000) for time in times]


def _word(value: Any, where: str, scale: int = 1) -> SpokenWord:
    if not isinstance(value, Mapping):
        raise _mistake("the word isn't an object", WRITTEN, where)
    text = _text(value.get("punctuated_word", value.get("word", value.get("text"))), where)
    start, end = (
        None if value.get(name) is None else _time(value[name], where, scale) for name in ("start", "end")
    )
    return SpokenWord(text, start, end, _speaker(value))


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _mistake(f"the text must be a string, not {value!r}"[:80], WRITTEN, where)
    return value


def _time(value: Any, where: str, scale: int = 1) -> Fraction:
    """A time of which `scale` units are a second, in seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 36_000 * scale:
        message = f"the time must be a number of seconds, not {value!r}"[:80]
        raise _mistake(message, "times are seconds from 0, the first frame", where)
    return Fraction(value).limit_denominator(1000) / scale


def _mistake(what: str, hint: str, where: str) -> FinishError:
    return CaptionError(what, hint, where=where)
