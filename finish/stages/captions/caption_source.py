"""The captions of a clip: from its file or from recognised speech, on the clip's clock, with masked words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from finish import resources
from finish.analysis.speech_detection import Voice
from finish.analysis.transcription import RecognizedWord, Transcription, TranscriptionFacts
from finish.model import Ask, Document, Measure, Note, Programme, WrittenOnce
from finish.stages.captions import messages
from finish.stages.captions.caption_settings import CaptionSettings
from finish.stages.captions.cues import Cue, ended, stretch_factor, stretched, without_hour_offset
from finish.stages.captions.formats.caption_formats import CaptionFile, read
from finish.stages.captions.formats.sidecar import FORMS, SidecarOptions, sidecar
from finish.stages.captions.masking import mask_words
from finish.stages.captions.source_place import SourcePlace, caption_error
from finish.stages.captions.timing.alignment import cues_from_words, timed_by_speech, with_recognised_times
from finish.stages.captions.timing.cue_repair import repaired
from finish.stages.captions.timing.name_glossary import with_glossary
from finish.stages.captions.timing.shot_snapping import ShotTimes
from finish.stages.captions.timing.text_spreading import spread_by_syllables, too_long
from finish.units import Span, tongue

# Frame rates that are often confused (Hz). House values: with fewer cues or less time, another rate can fit
# by chance.
_STRETCHES: Final = ("25:23.976", "23.976:25", "24:23.976", "23.976:24", "25:24", "24:25")
_CUES, _LENGTH, _BETTER = 8, Fraction(60), 0.12
_WELL_RECOGNISED: Final = 0.5  # share of the words: below this, the text belongs to another clip


def load_captions(
    settings: CaptionSettings, programme: Programme, ask: Ask
) -> tuple[CaptionFile, tuple[WrittenOnce, ...]]:
    """The captions of a clip, and the file to write of recognised speech.

    FinishError for a file that can't be understood, and for a clip without speech to recognise.
    """
    document = settings.file
    assert document is not None
    recognised, notes = (
        _recognised_words(settings, programme, ask)
        if settings.recognise or settings.words == "speech"
        else (None, [])
    )
    drafts: tuple[WrittenOnce, ...] = ()
    if document.absent and recognised is not None:
        document, note = _recognised_file(settings, document, recognised, programme)
        drafts, notes = (WrittenOnce(document.path, document.data),), [*notes, note]
    captions = read(document, settings.encoding, settings.lang, settings.fonts)
    if captions.script is not None:
        return _accepted_script(captions, settings), drafts
    if captions.untimed:
        captions = _timed_text(captions, settings, programme, recognised, ask)
    captions = replace(captions, notes=(*notes, *captions.notes))
    return _processed(captions, settings, programme, recognised, ask), drafts


def _processed(
    captions: CaptionFile,
    settings: CaptionSettings,
    programme: Programme,
    recognised: Sequence[RecognizedWord] | None,
    ask: Ask,
) -> CaptionFile:
    """The captions on the clip's clock, with recognised word times and masked words as the settings say."""
    cues, offset = without_hour_offset(captions.cues, programme.content_length)
    cues = ended(stretched(cues, stretch_factor(settings.stretch)), programme.content_length)
    notes = [*captions.notes, *offset, *_speed_note(cues, settings, programme, ask)]
    if recognised is not None and not captions.untimed:
        cues, share = with_recognised_times(cues, recognised)
        notes += [messages.captions_unheard(share)] if share < _WELL_RECOGNISED else []
    if settings.mask:
        words = (settings.mask,) if isinstance(settings.mask, str) else settings.mask
        cues, masked = mask_words(cues, words, settings.lang)
        notes += masked
    return replace(captions, cues=cues, notes=tuple(notes))


def _accepted_script(captions: CaptionFile, settings: CaptionSettings) -> CaptionFile:
    """An ASS file unchanged; FinishError for settings that would change it."""
    refused = {
        "stretch": settings.stretch,
        "mask": settings.mask,
        "{words: speech}": settings.words == "speech",
    }
    setting = next((name for name, on in refused.items() if on), "")
    if setting:
        message = f"`captions: {setting}` can't change an ASS file"
        hint = "save the file as .srt, or change it in a subtitle editor"
        raise caption_error(message, hint, SourcePlace.of(settings.file))
    return captions


def _recognised_words(
    settings: CaptionSettings, programme: Programme, ask: Ask
) -> tuple[tuple[RecognizedWord, ...], list[Note]]:
    """The words of the clip's sound, with names spelt as in the glossary; and notes."""
    place = SourcePlace.of(settings.file)
    if programme.content_sound is None:
        raise caption_error("the clip has no sound to recognise", "name a caption file", place)
    language = tongue(settings.lang)
    question = Transcription(language, resources.speech_model().digest)
    facts: TranscriptionFacts = ask(Measure(question, programme.content_sound))
    if language and (other := facts.other_language(language)):
        message = f"detected speech is {other!r}, but `lang` is {language!r}"
        raise caption_error(message, f"set `lang: {other}`, or name a translated file", place)
    words, changes = with_glossary(facts.words, settings.glossary)
    return words, [*changes, *([messages.words_dropped(facts.dropped)] if facts.dropped else [])]


def _recognised_file(
    settings: CaptionSettings, document: Document, recognised: Sequence[RecognizedWord], programme: Programme
) -> tuple[Document, Note]:
    """The recognised speech as the file that `settings` name, within the reading rules.

    It is read like any other.
    """
    place = SourcePlace.of(document)
    if not recognised:
        hint = "name a caption file, or omit the captions"
        raise caption_error("no speech recognised in the clip", hint, place)
    cues, _ = repaired(cues_from_words(recognised), settings.lang, ShotTimes(programme.rate))
    form = FORMS.get(document.suffix)
    if form is None:
        message = f"recognised captions can't be written as {document.suffix!r}"
        raise caption_error(message, f"use one of {', '.join(FORMS)}", place)
    options = SidecarOptions(settings.lang, programme.rate, place=place)
    content = sidecar(cues, form, options).content
    return Document(document.path, content), messages.recognised(document.path.name, len(cues))


def _timed_text(
    captions: CaptionFile,
    settings: CaptionSettings,
    programme: Programme,
    recognised: Sequence[RecognizedWord] | None,
    ask: Ask,
) -> CaptionFile:
    """A text without times as cues: timed by recognised words, else by syllables over the detected speech."""
    length, place = programme.content_length, SourcePlace.of(settings.file)
    if too_long(captions.untimed, length):
        words = sum(len(sentence.split()) for sentence in captions.untimed)
        text = f"a text of {words:,} word{'' if words == 1 else 's'}"
        message = f"{text} is too long to speak in the clip's {float(length):.1f} s"
        raise caption_error(message, "name the text of this clip, or captions with times", place)
    voice = (
        ask(Measure(Voice(), programme.content_sound)).spans if programme.content_sound is not None else ()
    )
    spoken = [Span(span.start, min(span.end, length)) for span in voice if span.start < length]
    cues = spread_by_syllables(captions.untimed, spoken or [Span(Fraction(0), length)], settings.lang, place)
    if recognised is None:
        return replace(captions, cues=cues, notes=(*captions.notes, messages.text_spread()))
    cues, share = timed_by_speech(cues, recognised)
    return replace(captions, cues=cues, notes=(*captions.notes, messages.text_heard(share)))


def _speed_note(
    cues: tuple[Cue, ...], settings: CaptionSettings, programme: Programme, ask: Ask
) -> list[Note]:
    """A note if the captions fit the speech much better at another speed."""
    brief = len(cues) < _CUES or programme.content_length < _LENGTH
    if settings.stretch or brief or programme.content_sound is None:
        return []
    voice = [Span(span.start, span.end) for span in ask(Measure(Voice(), programme.content_sound)).spans]
    current = agreement(cues, voice)
    candidates = [(agreement(stretched(cues, stretch_factor(way)), voice), way) for way in _STRETCHES]
    best, stretch = max(candidates, key=lambda candidate: candidate[0])
    return [messages.captions_speed(current, best, stretch)] if best >= current + _BETTER else []


def agreement(cues: Sequence[Cue], voice: Sequence[Span]) -> float:
    """The share (0 to 1) of the time of captions or speech in which there are both.

    The spans of speech are separate and ascending.
    """
    captioned = _union([Span(cue.start, cue.end) for cue in cues])
    shared = _shared(captioned, voice)
    either = sum((span.end - span.start for span in (*captioned, *voice)), Fraction(0)) - shared
    return float(shared / either) if either else 0.0


def _shared(ours: Sequence[Span], theirs: Sequence[Span]) -> Fraction:
    """The time (s) in which both have a span; each has them separate and ascending."""
    total, at, other = Fraction(0), 0, 0
    while at < len(ours) and other < len(theirs):
        one, two = ours[at], theirs[other]
        total += max(Fraction(0), min(one.end, two.end) - max(one.start, two.start))
        at, other = (at + 1, other) if one.end <= two.end else (at, other + 1)
    return total


def _union(spans: Sequence[Span]) -> list[Span]:
    """The same time as separate spans, ascending."""
    union: list[Span] = []
    for span in sorted(spans):
        if union and span.start <= union[-1].end:
            union[-1] = Span(union[-1].start, max(union[-1].end, span.end))
        else:
            union.append(span)
    return union
