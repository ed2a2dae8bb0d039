"""What captions a clip has: as its file says, or as they are heard; on the clip's clock, each word as it may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from finish import resources
from finish.analysis.speech_detection import Voice
from finish.analysis.transcription import RecognizedWord, Transcription, TranscriptionFacts
from finish.model import Ask, Document, Measure, Note, Programme, WrittenOnce, act, detail, know
from finish.stages.captions.caption_settings import CaptionSettings
from finish.stages.captions.cues import Cue, caption_error, stretch_factor, stretched, without_hour_offset
from finish.stages.captions.formats import plain_text
from finish.stages.captions.formats.caption_formats import CaptionFile, read
from finish.stages.captions.formats.sidecar import FORMS, sidecar
from finish.stages.captions.masking import masked
from finish.stages.captions.timing.alignment import (
    cues_from_words,
    timed_by_speech,
    with_glossary,
    with_heard_times,
)
from finish.stages.captions.timing.shot_snapping import ShotTimes
from finish.stages.captions.timing.timing_rules import repaired
from finish.units import Span, tongue

# Speeds that films and their captions are mistaken in (Hz), and house limits: with fewer cues or less time chance fits as well.
_FAULTS: Final = ("25:23.976", "23.976:25", "24:23.976", "23.976:24", "25:24", "24:25")
_CUES, _LENGTH, _BETTER = 8, Fraction(60), 0.12
_HEARD_WELL: Final = 0.5  # of the words: below, the text is of another clip


def load_captions(
    settings: CaptionSettings, programme: Programme, ask: Ask
) -> tuple[CaptionFile, tuple[WrittenOnce, ...]]:
    """The captions of a clip, and the file that would be written of what was heard; FinishError for what cannot be understood or heard."""
    document = settings.file
    assert document is not None
    heard, said = (
        _heard(settings, programme, ask) if settings.recognise or settings.words == "speech" else (None, [])
    )
    drafts: tuple[WrittenOnce, ...] = ()
    if document.absent and heard is not None:
        document, notes = _written(settings, document, heard, programme)
        drafts, said = (WrittenOnce(document.path, document.data),), [*said, *notes]
    captions = read(document, settings.encoding, settings.lang, settings.fonts)
    if captions.script is not None:
        return _script(captions, settings), drafts
    if captions.untimed:
        captions = _spread(captions, settings, programme, heard, ask)
    cues, moved = without_hour_offset(captions.cues, _length(programme))
    cues = stretched(cues, stretch_factor(settings.stretch))
    notes = [*said, *captions.notes, *moved, *_wrong_speed(cues, settings, programme, ask)]
    if heard is not None and not captions.untimed:
        cues, share = with_heard_times(cues, heard)
        if share < _HEARD_WELL:
            notes.append(
                act(
                    "captions-unheard",
                    f"only {share:.0%} of the captions' words are heard in the clip: do they belong to it?",
                )
            )
    if settings.mask:
        cues, hidden = masked(
            cues, (settings.mask,) if isinstance(settings.mask, str) else settings.mask, settings.lang
        )
        notes += [know("masked", each) for each in hidden]
    return replace(captions, cues=cues, notes=tuple(notes)), drafts


def _script(captions: CaptionFile, settings: CaptionSettings) -> CaptionFile:
    asked = {
        "stretched": settings.stretch,
        "masked": settings.mask,
        "given words' times from speech": settings.words == "speech",
    }
    wrong = next((what for what, on in asked.items() if on), "")
    if wrong:
        where = str(settings.file.path) if settings.file else ""
        raise caption_error(
            f"an ASS file cannot be {wrong}", "save it as .srt, or do it where it was made", where
        )
    return captions


def _heard(
    settings: CaptionSettings, programme: Programme, ask: Ask
) -> tuple[tuple[RecognizedWord, ...], list[Note]]:
    """The words of the clip's sound, names spelt as the glossary has them."""
    where = str(settings.file.path) if settings.file else ""
    if programme.heard is None:
        raise caption_error("the clip has no sound to be recognised", "name a caption file", where)
    language = tongue(settings.lang)
    facts: TranscriptionFacts = ask(
        Measure(Transcription(language, resources.speech_model().digest), programme.heard)
    )
    if language and (other := facts.another(language)):
        raise caption_error(
            f"the clip speaks {other!r}, not {language!r}",
            f"say `lang: {other}`, or name a translated file",
            where,
        )
    words, changes = with_glossary(facts.words, settings.glossary)
    dropped = (
        [know("words-dropped", f"{facts.dropped} words that nobody seems to have said were left out")]
        if facts.dropped
        else []
    )
    return words, [*(know("glossary", each) for each in changes), *dropped]


def _written(
    settings: CaptionSettings, document: Document, heard: Sequence[RecognizedWord], programme: Programme
) -> tuple[Document, list[Note]]:
    """What was heard as the file that was asked for, within the rules for reading; read again like any other."""
    if not heard:
        raise caption_error(
            "no speech is heard in the clip", "name a caption file, or leave captions out", str(document.path)
        )
    cues, _ = repaired(cues_from_words(heard), settings.lang, ShotTimes(programme.rate))
    form = FORMS.get(document.suffix)
    if form is None:
        found = f"recognised captions are written as {', '.join(FORMS)}, not {document.suffix!r}"
        raise caption_error(found, "name one of these", str(document.path))
    content = sidecar(cues, form, settings.lang, str(document.path)).content
    note = f"{document.path.name}: {len(cues)} cues recognised from speech; read it before delivery"
    return Document(document.path, content), [act("recognised", note)]


def _spread(
    captions: CaptionFile,
    settings: CaptionSettings,
    programme: Programme,
    heard: Sequence[RecognizedWord] | None,
    ask: Ask,
) -> CaptionFile:
    """A text without times as cues: where it is heard, else by syllables over what sounds like speech."""
    length = _length(programme)
    if plain_text.too_long(captions.untimed, length):
        words = sum(len(text.split()) for text in captions.untimed)
        found = f"a text of {words:,} words, and nobody says as many in the {float(length):g} s of this clip"
        raise caption_error(
            found,
            "name the text of this clip, or captions with times",
            str(settings.file.path) if settings.file else "",
        )
    voice = ask(Measure(Voice(), programme.heard)).spans if programme.heard is not None else ()
    spoken = [Span(each.start, min(each.end, length)) for each in voice if each.start < length] or [
        Span(Fraction(0), length)
    ]
    cues = plain_text.spread_by_syllables(captions.untimed, spoken, settings.lang)
    if heard is None:
        note = "the text has no times: its sentences are spread by syllables over the speech (`words: speech` listens to them)"
        return replace(captions, cues=cues, notes=(*captions.notes, know("text-spread", note)))
    cues, share = timed_by_speech(cues, heard)
    note = f"{share:.0%} of the text's words were heard, and have their times from there"
    return replace(captions, cues=cues, notes=(*captions.notes, detail("text-heard", note)))


def _wrong_speed(
    cues: tuple[Cue, ...], settings: CaptionSettings, programme: Programme, ask: Ask
) -> list[Note]:
    """What to say when captions fit the speech better at another speed, by far."""
    if settings.stretch or len(cues) < _CUES or _length(programme) < _LENGTH or programme.heard is None:
        return []
    voice = [Span(each.start, each.end) for each in ask(Measure(Voice(), programme.heard)).spans]
    now = agreement(cues, voice)
    then, best = max(
        ((agreement(stretched(cues, stretch_factor(fault)), voice), fault) for fault in _FAULTS),
        key=lambda pair: pair[0],
    )
    text = f"the captions fit the speech better at another speed ({then:.0%} against {now:.0%}): try `stretch: {best}`"
    return [act("captions-speed", text)] if then >= now + _BETTER else []


def agreement(cues: Sequence[Cue], voice: Sequence[Span]) -> float:
    """How much captions and speech (spans apart, ascending) share of the time that either takes, 0 to 1."""
    shown = _union([Span(cue.start, cue.end) for cue in cues])
    shared = _shared(shown, voice)
    either = sum((span.end - span.start for span in (*shown, *voice)), Fraction(0)) - shared
    return float(shared / either) if either else 0.0


def _shared(one: Sequence[Span], other: Sequence[Span]) -> Fraction:
    """The time (s) in which both have a span; each has them apart, and ascending."""
    found, at, behind = Fraction(0), 0, 0
    while at < len(one) and behind < len(other):
        here, there = one[at], other[behind]
        found += max(Fraction(0), min(here.end, there.end) - max(here.start, there.start))
        at, behind = (at + 1, behind) if here.end <= there.end else (at, behind + 1)
    return found


def _union(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _length(programme: Programme) -> Fraction:
    """Of the clip, s."""
    video = programme.source.video
    return video.end - video.start if video else programme.duration
