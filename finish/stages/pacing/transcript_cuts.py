"""Parts of a clip told by what is said in them: words found in a transcript, or heard."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction

from finish import resources
from finish.analysis.transcription import Transcription
from finish.errors import SpecError
from finish.model import Ask, ClipRange, Measure, Programme, TimeRange
from finish.model.transcripts import SpokenWord, segments
from finish.stages.pacing.pacing_settings import PacingSettings, SpokenPassage


def words_of(settings: PacingSettings, programme: Programme, ask: Ask) -> list[SpokenWord]:
    """Every word with its times, in order, from the transcript or as heard now; () where nothing is told by words."""
    if not settings.by_words:
        return []
    if settings.transcript is not None:
        return _written(settings, str(settings.transcript.path))
    if programme.heard is None:
        raise SpecError(
            "pacing.words: speech, but the clip has no sound",
            "name a transcript, or remove fillers and {text: …}",
        )
    facts = ask(Measure(Transcription("", resources.speech_model().digest), programme.heard))
    return [SpokenWord(word.text, word.start, word.end) for word in facts.words]


def _written(settings: PacingSettings, path: str) -> list[SpokenWord]:
    document = settings.transcript
    assert document is not None
    try:
        text = document.data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise SpecError("the transcript is no UTF-8", "save it as UTF-8", where=path) from wrong
    found = [word for group in segments(text, path)[0] for word in group if letters(word.text)]
    if any(word.start is None or word.end is None or word.end <= word.start for word in found):
        message = "the transcript does not say when each of its words is spoken"
        raise SpecError(message, "let the recogniser write words' times", where=path)
    return sorted(found, key=lambda word: word.start or Fraction(0))


def letters(text: str) -> str:
    """A word as it is compared: its letters and digits, small."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).lower() if each.isalnum())


def ranges(
    listed: Sequence[TimeRange | SpokenPassage], words: Sequence[SpokenWord], what: str
) -> tuple[ClipRange, ...]:
    """The parts that are meant; SpecError for words that nobody says."""
    found: list[ClipRange] = []
    for each in listed:
        if isinstance(each, SpokenPassage):
            said = list(_said(each.text, words))
            if not said:
                raise SpecError(
                    f"pacing.{what}: nobody says {each.text!r}", "write it as the transcript has it"
                )
            found += said
        else:
            found.append(each)
    return tuple(found)


def _said(text: str, words: Sequence[SpokenWord]) -> Iterator[ClipRange]:
    wanted = [word for each in text.split() if (word := letters(each))]
    spoken = [letters(word.text) for word in words]
    at = 0
    while wanted and at + len(wanted) <= len(spoken):
        if spoken[at : at + len(wanted)] == wanted:
            yield _from(words[at], words[at + len(wanted) - 1])
            at += len(wanted)
        else:
            at += 1


def fillers(meant: frozenset[str], words: Sequence[SpokenWord]) -> tuple[ClipRange, ...]:
    """Where one of the meant words is said."""
    spelt = {letters(each) for each in meant}
    return tuple(_from(word, word) for word in words if letters(word.text) in spelt)


def _from(first: SpokenWord, last: SpokenWord) -> ClipRange:
    assert first.start is not None and last.end is not None
    return ClipRange(first.start, last.end)
