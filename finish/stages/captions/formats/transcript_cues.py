"""Transcripts as JSON, as recognisers write them (Whisper and its kin): words with their times → cues."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from finish.model.transcripts import WRITTEN, SpokenWord, segments
from finish.stages.captions.cues import Cue, StyledRun, caption_error
from finish.stages.captions.formats.markup import TURNING, check

PAUSE: Final = Fraction(
    6, 10
)  # s; house: as long a silence between words ends a cue, and so does the end of a sentence …
LONGEST: Final = 84  # … or as many characters: two lines of 42 (Netflix TTSG)
_STOPS: Final = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।")
_JOINED: Final = ("THAI", "LAO", "KHMER", "MYANMAR")


def read_transcript(text: str, path: str) -> tuple[Cue, ...]:
    """The cues of a transcript: its segments, or its words in sentences; FinishError naming what of it is not understood."""
    told, parted = segments(text, path)
    groups = [_clean(group, f"{path}, segment {number}") for number, group in enumerate(told, 1)]
    groups = groups if parted else list(speech_sentences(groups[0]))
    said_something = (
        (number, group) for number, group in enumerate(groups, 1) if any(word.text.strip() for word in group)
    )
    found = [spoken_cue(number, group, f"{path}, segment {number}") for number, group in said_something]
    return tuple(sorted((cue for cue in found if not cue.empty), key=lambda cue: (cue.start, cue.number)))


def _clean(words: Sequence[SpokenWord], where: str) -> list[SpokenWord]:
    """Words without marks that turn the direction of writing; control characters are refused."""
    for word in words:
        check(word.text.replace("\n", " "), where)
    return [replace(word, text=TURNING.sub("", word.text)) for word in words]


def speech_sentences(words: Sequence[SpokenWord], longest: int = LONGEST) -> Iterator[list[SpokenWord]]:
    """The words by sentences: ended by a stop, a pause, or as many letters."""
    group: list[SpokenWord] = []
    for word in words:
        last = group[-1] if group else None
        paused = (
            last is not None
            and last.end is not None
            and word.start is not None
            and word.start - last.end >= PAUSE
        )
        full = sum(len(each.text) + 1 for each in group) + len(word.text) > longest
        if last is not None and (paused or full or last.text.strip().endswith(_STOPS)):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def spoken_cue(number: int, words: Sequence[SpokenWord], where: str) -> Cue:
    """A cue of words; recognisers write the blank before a word, or none at all."""
    spaced = any(word.text.startswith(" ") for word in words[1:])
    runs: list[StyledRun] = []
    for word in (each for each in words if each.text.strip()):
        text = word.text.strip()
        blank = runs and (
            word.text.startswith(" ") if spaced else not (_unspaced(runs[-1].text[-1]) and _unspaced(text[0]))
        )
        runs.append(StyledRun(f" {text}" if blank else text, time=word.start))
    starts = [word.start for word in words if word.start is not None]
    ends = [word.end for word in words if word.end is not None]
    if not starts or not ends or max(ends) <= min(starts):
        raise caption_error("a segment without a start, or one that ends before it starts", WRITTEN, where)
    timed = tuple(runs) if len(words) > 1 else tuple(StyledRun(run.text) for run in runs)
    return Cue(min(starts), max(ends), timed, number, number)


def _unspaced(letter: str) -> bool:
    """Whether a letter is of a script that is written without blanks: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""
    korean = "\uac00" <= letter <= "\ud7a3"
    return (unicodedata.east_asian_width(letter) in ("W", "F") and not korean) or unicodedata.name(
        letter, ""
    ).startswith(_JOINED)
