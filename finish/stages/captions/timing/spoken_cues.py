"""Spoken words with their times → cues, by sentences and pauses."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from finish.model.transcripts import WRITTEN, SpokenWord
from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.source_place import SourcePlace, caption_error

# House value: a cue ends with a sentence, with a silence of this length (s) between words …
PAUSE: Final = Fraction(6, 10)
LONGEST: Final = 84  # … or after this many characters: two lines of 42 (Netflix TTSG)
_STOPS: Final = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।")
_UNSPACED_SCRIPTS: Final = ("THAI", "LAO", "KHMER", "MYANMAR")


def speech_sentences(words: Sequence[SpokenWord], longest: int = LONGEST) -> Iterator[list[SpokenWord]]:
    """The words by sentences: each ends at a stop, a pause, another speaker, or after `longest` letters."""
    sentence: list[SpokenWord] = []
    for word in words:
        last = sentence[-1] if sentence else None
        full = sum(len(other.text) + 1 for other in sentence) + len(word.text) > longest
        ended = last is not None and (last.speaker != word.speaker or last.text.strip().endswith(_STOPS))
        if last is not None and (ended or full or _paused(last, word)):
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence


def _paused(last: SpokenWord, word: SpokenWord) -> bool:
    return last.end is not None and word.start is not None and word.start - last.end >= PAUSE


def spoken_cue(number: int, words: Sequence[SpokenWord], place: SourcePlace) -> Cue:
    """The cue of these words. Recognisers write the blank before a word, or no blanks at all."""
    spaced = any(word.text.startswith(" ") for word in words[1:])
    runs: list[StyledRun] = []
    for word in words:
        if text := word.text.strip():
            joined = (
                not word.text.startswith(" ") if spaced else bool(runs) and _unspaced(runs[-1].text, text)
            )
            runs.append(StyledRun(f" {text}" if runs and not joined else text, time=word.start))
    starts = [word.start for word in words if word.start is not None]
    ends = [word.end for word in words if word.end is not None]
    if not starts or not ends or max(ends) < min(starts):
        raise caption_error("a segment has no start, or ends before it starts", WRITTEN, place)
    timed = tuple(runs) if len(words) > 1 else tuple(StyledRun(run.text) for run in runs)
    speakers = {word.speaker for word in words}
    speaker = next(iter(speakers)) if len(speakers) == 1 else ""
    return Cue(min(starts), max(ends), timed, number, place, speaker=speaker)


def _unspaced(before: str, after: str) -> bool:
    """Whether two words meet in a script without blanks."""
    return _in_unspaced_script(before[-1]) and _in_unspaced_script(after[0])


def _in_unspaced_script(letter: str) -> bool:
    """Whether a letter is Chinese, Japanese, Thai, Lao, Khmer or Burmese."""
    korean = "\uac00" <= letter <= "\ud7a3"
    wide = unicodedata.east_asian_width(letter) in ("W", "F") and not korean
    return wide or unicodedata.name(letter, "").startswith(_UNSPACED_SCRIPTS)
