"""Clean: rumble, noise, sibilants and uneven levels of the clip's own sound, each only as asked; and faulty channels."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from finish import model
from finish.analysis.noise_floor import NoiseFacts, NoiseFloor
from finish.analysis.speech_detection import Voice
from finish.graph import Kind, Stream
from finish.model import Analyser, Ask, Delivery, Measure, Note, Programme, act, detail, know
from finish.stages.clean import channel_repair, clean_steps
from finish.units import Span

name: Final = "clean"
touches: Final[tuple[Kind, ...]] = ("audio",)

_WORSE: Final = 0.5  # dB of speech above noise; house: less is nothing that anybody hears


class CleanSettings(model.Settings):
    """What is taken out of the clip's own sound, in this order; each is off unless stated."""

    channels: Annotated[
        Literal["note", "mend"], Field(description="a silent side, or one that is inverted: said, or mended")
    ] = "note"
    highpass: Annotated[
        float | None, Field(ge=20, le=300, description="Hz below which rumble is taken away, 12 dB an octave")
    ] = None
    denoise: Annotated[
        float | None,
        Field(ge=1, le=40, description="dB by which steady noise is lowered at most; 12 is gentle"),
    ] = None
    deess: Annotated[
        float | None, Field(gt=0, le=1, description="how strongly s and sh are held back; 0.5 is gentle")
    ] = None
    compress: Annotated[
        float | None, Field(gt=1, le=4, description="ratio to one above the level of speech; 2 is gentle")
    ] = None

    @property
    def steps(self) -> bool:
        """Whether anything is taken out."""
        return any(each is not None for each in (self.highpass, self.denoise, self.deess, self.compress))


Settings = CleanSettings  # the name by which every stage's settings are reached (model.Stage)


def questions(settings: CleanSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None of the picture."""
    return ()


def plan(settings: CleanSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:  # noqa: ARG001
    """The programme with its own sound cleaned, no sample of it late; what that did is measured and told."""
    if programme.heard is None:
        note = know("nothing-to-clean", "clean: no sound to clean")
        return programme.add_notes(note) if settings.steps else programme
    sound, told = channel_repair.mended(programme.sound, ask, mend=settings.channels == "mend")
    shifted = () if settings.highpass else channel_repair.offset(programme.sound, ask)
    programme = programme.with_sound(sound).add_notes(*told, *shifted)
    return _cleaned(settings, programme, ask) if settings.steps else programme


def _cleaned(settings: CleanSettings, programme: Programme, ask: Ask) -> Programme:
    sound = programme.sound
    spoken = NoiseFloor(tuple(Span(each.start, each.end) for each in ask(Measure(Voice(), sound)).spans))
    before = ask(Measure(spoken, sound))
    cleaned = _steps(settings, sound, before, programme)
    after = ask(Measure(spoken, cleaned))
    return programme.with_sound(cleaned).add_notes(*_told(settings, before, after))


def _steps(settings: CleanSettings, sound: Stream, heard: NoiseFacts, programme: Programme) -> Stream:
    if settings.highpass:
        sound = clean_steps.highpassed(sound, settings.highpass)
    if settings.denoise:
        sound = clean_steps.denoised(sound, settings.denoise, heard, programme.duration)
    if settings.deess:
        sound = clean_steps.deessed(sound, settings.deess)
    if settings.compress:
        sound = clean_steps.compressed(sound, settings.compress, heard)
    return sound


def _told(settings: CleanSettings, before: NoiseFacts, after: NoiseFacts) -> tuple[Note, ...]:
    said = [f"noise floor {before.floor:.1f} → {after.floor:.1f} dBFS"]
    if before.above is not None and after.above is not None:
        said.append(f"speech above it {before.above:.1f} → {after.above:.1f} dB")
    if settings.deess:
        said.append(f"sibilants {before.sibilance:.1f} → {after.sibilance:.1f} dBFS")
    lines = [detail("cleaned", "clean: " + ", ".join(said))]
    if before.above is not None and after.above is not None and after.above < before.above - _WORSE:
        worse = before.above - after.above
        lines.append(
            act(
                "cleaned-worse",
                f"clean: WORSE: speech stands {worse:.1f} dB less above the noise than before; "
                f"{'lower the ratio of compress' if settings.compress else 'take less away'}",
            )
        )
    return tuple(lines)
