"""Transcripts as JSON, as speech recognisers such as Whisper write them: words with their times → cues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from finish.model.transcripts import SpokenWord, segments
from finish.stages.captions.cues import Cue
from finish.stages.captions.formats.markup import TURNING, check
from finish.stages.captions.source_place import SourcePlace
from finish.stages.captions.timing.spoken_cues import speech_sentences, spoken_cue


def read_transcript(text: str, place: SourcePlace) -> tuple[Cue, ...]:
    """The cues of a transcript: its segments, or its words by sentences.

    FinishError with the place of a mistake.
    """
    segment_words, segmented = segments(text, place.path)
    groups = [
        _clean(words, place.at_part(f"segment {number}")) for number, words in enumerate(segment_words, 1)
    ]
    groups = groups if segmented else list(speech_sentences(groups[0]))
    cues = [
        spoken_cue(number, words, place.at_part(f"segment {number}"))
        for number, words in enumerate(groups, 1)
        if any(word.text.strip() for word in words)
    ]
    return tuple(sorted((cue for cue in cues if not cue.empty), key=lambda cue: (cue.start, cue.number)))


def _clean(words: Sequence[SpokenWord], place: SourcePlace) -> list[SpokenWord]:
    """The words without marks that change the reading direction; control characters are refused."""
    for word in words:
        check(word.text.replace("\n", " "), place)
    return [replace(word, text=TURNING.sub("", word.text)) for word in words]
