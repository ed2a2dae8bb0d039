"""Transcripts as JSON, as recognisers write them (Whisper and its kin): words with their times → cues."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from finish.stages.captions.cues import Cue, Run, mistake
from finish.stages.captions.text import TURNING, check

PAUSE: Final = Fraction(6, 10)   # s; house: as long a silence between words ends a cue, and so does the end of a sentence …
LONGEST: Final = 84              # … or as many characters: two lines of 42 (Netflix TTSG)
_STOPS: Final = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।")
_JOINED: Final = ("THAI", "LAO", "KHMER", "MYANMAR")
_HINT: Final = "words are written as {\"word\": \"Hello\", \"start\": 1.5, \"end\": 1.9}, in a list or in the `words` of `segments`"


@dataclass(frozen=True)
class Spoken:
    """A word with the blank before it, and when it is spoken (s); None where the recogniser did not say."""

    text: str
    start: Fraction | None
    end: Fraction | None


def cues(text: str, path: str) -> tuple[Cue, ...]:
    """The cues of a transcript: its segments, or its words in sentences; FinishError naming what of it is not understood."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        line = getattr(wrong, "lineno", 0)
        raise mistake("no JSON", _HINT, f"{path}:{line}" if line else path) from wrong
    segments = said.get("segments") if isinstance(said, Mapping) else None
    if isinstance(segments, list):
        groups = [_segment(each, f"{path}, segment {number}") for number, each in enumerate(segments, 1)]
    else:
        words = said.get("words") if isinstance(said, Mapping) else said
        if not isinstance(words, list):
            raise mistake("neither segments nor words", _HINT, path)
        groups = list(sentences([_word(each, f"{path}, word {number}") for number, each in enumerate(words, 1)]))
    said_something = ((number, group) for number, group in enumerate(groups, 1) if any(word.text.strip() for word in group))
    found = [cue_of(number, group, f"{path}, segment {number}") for number, group in said_something]
    return tuple(sorted((cue for cue in found if not cue.empty), key=lambda cue: (cue.start, cue.number)))


def _segment(said: Any, where: str) -> list[Spoken]:
    """A segment's words; all its text as one where it has none."""
    if not isinstance(said, Mapping):
        raise mistake("no segment", _HINT, where)
    words = said.get("words")
    if isinstance(words, list) and words:
        return [_word(each, where) for each in words]
    return [Spoken(_text(said.get("text"), where), _time(said.get("start"), where), _time(said.get("end"), where))]


def _word(said: Any, where: str) -> Spoken:
    if not isinstance(said, Mapping):
        raise mistake("no word", _HINT, where)
    text = _text(said.get("word", said.get("text")), where)
    return Spoken(text, *(None if said.get(name) is None else _time(said[name], where) for name in ("start", "end")))


def _text(said: Any, where: str) -> str:
    if not isinstance(said, str):
        raise mistake(f"no text but {said!r}"[:80], _HINT, where)
    check(said.replace("\n", " "), where)
    return TURNING.sub("", said)


def _time(said: Any, where: str) -> Fraction:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said < 36_000:
        raise mistake(f"no time but {said!r}"[:80], "times are seconds from 0, the first frame", where)
    return Fraction(said).limit_denominator(1000)


def sentences(words: Sequence[Spoken], longest: int = LONGEST) -> Iterator[list[Spoken]]:
    """The words by sentences: ended by a stop, a pause, or as many letters."""
    group: list[Spoken] = []
    for word in words:
        last = group[-1] if group else None
        paused = last is not None and last.end is not None and word.start is not None and word.start - last.end >= PAUSE
        full = sum(len(each.text) + 1 for each in group) + len(word.text) > longest
        if last is not None and (paused or full or last.text.strip().endswith(_STOPS)):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def cue_of(number: int, words: Sequence[Spoken], where: str) -> Cue:
    """A cue of words; recognisers write the blank before a word, or none at all."""
    spaced = any(word.text.startswith(" ") for word in words[1:])
    runs: list[Run] = []
    for word in (each for each in words if each.text.strip()):
        text = word.text.strip()
        blank = runs and (word.text.startswith(" ") if spaced else not (_unspaced(runs[-1].text[-1]) and _unspaced(text[0])))
        runs.append(Run(f" {text}" if blank else text, time=word.start))
    starts = [word.start for word in words if word.start is not None]
    ends = [word.end for word in words if word.end is not None]
    if not starts or not ends or max(ends) <= min(starts):
        raise mistake("a segment without a start, or one that ends before it starts", _HINT, where)
    timed = tuple(runs) if len(words) > 1 else tuple(Run(run.text) for run in runs)
    return Cue(min(starts), max(ends), timed, number, number)


def _unspaced(letter: str) -> bool:
    """Whether a letter is of a script that is written without blanks: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""
    korean = "\uac00" <= letter <= "\ud7a3"
    return (unicodedata.east_asian_width(letter) in ("W", "F") and not korean) or unicodedata.name(letter, "").startswith(_JOINED)
