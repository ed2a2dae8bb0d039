"""Parts of a clip by the words that are spoken in them, from a transcript or recognised."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction

from finish import resources
from finish.analysis.transcription import Transcription
from finish.model import Ask, ClipProgramme, ClipRange, Measure, TimeRange
from finish.model.transcripts import SpokenWord, segments
from finish.stages.pacing import messages
from finish.stages.pacing.pacing_settings import PacingSettings, SpokenPassage


def words_of(settings: PacingSettings, programme: ClipProgramme, ask: Ask) -> list[SpokenWord]:
    """Every word with its times, in order, from the transcript or recognised; none without a need."""
    if not settings.by_words:
        return []
    if settings.transcript is not None:
        return _written(settings, str(settings.transcript.path))
    if programme.content_sound is None:
        raise messages.no_sound_for_words()
    facts = ask(Measure(Transcription("", resources.speech_model().digest), programme.content_sound))
    return [SpokenWord(word.text, word.start, word.end) for word in facts.words]


def _written(settings: PacingSettings, path: str) -> list[SpokenWord]:
    """The words of a transcript, in order of time. SpecError if it isn't UTF-8 or lacks word times."""
    document = settings.transcript
    assert document is not None
    try:
        text = document.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise messages.transcript_not_utf8(path) from error
    words = [word for group in segments(text, path)[0] for word in group if letters(word.text)]
    if any(word.start is None or word.end is None or word.end <= word.start for word in words):
        raise messages.transcript_without_times(path)
    return sorted(words, key=lambda word: word.start or Fraction(0))


def letters(text: str) -> str:
    """A word for comparison: its letters and digits, in lower case."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum())


def ranges(
    parts: Sequence[TimeRange | SpokenPassage], words: Sequence[SpokenWord], key: str
) -> tuple[ClipRange, ...]:
    """The ranges of the parts; SpecError for words that aren't found. `key` is the setting."""
    clip_ranges: list[ClipRange] = []
    for part in parts:
        if isinstance(part, SpokenPassage):
            passages = list(_passages(part.text, words))
            if not passages:
                raise messages.words_not_found(key, part.text)
            clip_ranges += passages
        else:
            clip_ranges.append(part)
    return tuple(clip_ranges)


def _passages(text: str, words: Sequence[SpokenWord]) -> Iterator[ClipRange]:
    """The ranges in which the words of `text` are spoken in a row."""
    sought = [word for part in text.split() if (word := letters(part))]
    spoken = [letters(word.text) for word in words]
    index = 0
    while sought and index + len(sought) <= len(spoken):
        if spoken[index : index + len(sought)] == sought:
            yield _range(words[index], words[index + len(sought) - 1])
            index += len(sought)
        else:
            index += 1


def fillers(meant: frozenset[str], words: Sequence[SpokenWord]) -> tuple[ClipRange, ...]:
    """The ranges in which one of the words to leave out is spoken."""
    compared = {letters(word) for word in meant}
    return tuple(_range(word, word) for word in words if letters(word.text) in compared)


def _range(first: SpokenWord, last: SpokenWord) -> ClipRange:
    assert first.start is not None and last.end is not None
    return ClipRange(first.start, last.end)
