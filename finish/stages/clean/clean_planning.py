"""Plans the cleaning of the clip's own sound: rumble, noise, sibilants, level differences, channels."""

from __future__ import annotations

from typing import Any, Final

from finish.analysis.noise_floor import NoiseFacts, NoiseFloor
from finish.analysis.speech_detection import Voice
from finish.graph import Stream
from finish.model import Analyser, Ask, ClipProgramme, Delivery, Measure, Note
from finish.stages.clean import channel_repair, clean_steps, messages
from finish.stages.clean.clean_settings import CleanSettings
from finish.units import Span

_WORSE: Final = 0.5  # dB of speech above noise; house value: less is inaudible


def questions(settings: CleanSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None about the picture."""
    return ()


def plan(
    settings: CleanSettings,
    programme: ClipProgramme,
    delivery: Delivery,  # noqa: ARG001 (the protocol of a stage)
    ask: Ask,
) -> ClipProgramme:
    """The programme with its own sound cleaned, without delay; the effect is measured and noted."""
    if programme.content_sound is None:
        return programme.add_notes(messages.nothing_to_clean()) if settings.steps else programme
    sound, faults = channel_repair.repaired(programme.sound, ask, repair=settings.channels == "mend")
    offset = () if settings.highpass else channel_repair.offset(programme.sound, ask)
    programme = programme.with_sound(sound).add_notes(*faults, *offset)
    return _cleaned(settings, programme, ask) if settings.steps else programme


def _cleaned(settings: CleanSettings, programme: ClipProgramme, ask: Ask) -> ClipProgramme:
    sound = programme.sound
    speech = ask(Measure(Voice(), sound)).spans
    floor = NoiseFloor(tuple(Span(span.start, span.end) for span in speech))
    before = ask(Measure(floor, sound))
    cleaned = _steps(settings, sound, before, programme)
    after = ask(Measure(floor, cleaned))
    return programme.with_sound(cleaned).add_notes(*_notes(settings, before, after))


def _steps(settings: CleanSettings, sound: Stream, noise: NoiseFacts, programme: ClipProgramme) -> Stream:
    if settings.highpass:
        sound = clean_steps.highpassed(sound, settings.highpass)
    if settings.denoise:
        sound = clean_steps.denoised(sound, settings.denoise, noise, programme.duration)
    if settings.deess:
        sound = clean_steps.deessed(sound, settings.deess)
    if settings.compress:
        sound = clean_steps.compressed(sound, settings.compress, noise)
    return sound


def _notes(settings: CleanSettings, before: NoiseFacts, after: NoiseFacts) -> tuple[Note, ...]:
    """What cleaning did; where speech is less clear than before, that too."""
    cleaned = messages.cleaned(before, after, bool(settings.deess))
    loss = 0.0 if before.above is None or after.above is None else before.above - after.above
    if loss > _WORSE:
        return (cleaned, messages.cleaned_worse(loss, bool(settings.compress)))
    return (cleaned,)
