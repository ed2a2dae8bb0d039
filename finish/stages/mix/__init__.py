"""Mix: the clip's own sound with a voice-over, a music bed that makes room for speech, and effects; never digital silence unasked."""

from __future__ import annotations

from typing import Any, Final

from finish.analysis.loudness import Loudness
from finish.graph import Kind
from finish.model import Analyser, Ask, Delivery, Measure, Programme, Promise, Tolerance, act, know
from finish.stages.mix import mix_tracks
from finish.stages.mix.mix_settings import MixSettings
from finish.stages.mix.mixing import MixBuilder

Settings = MixSettings  # the name by which every stage's settings are reached (model.Stage)

__all__ = ["MixSettings", "Settings", "name", "plan", "questions", "standing", "touches"]

name: Final = "mix"
touches: Final[tuple[Kind, ...]] = ("audio",)

ROOM: Final = -60.0  # LUFS; house: a quiet room, far under any programme, and no digital silence
LOST: Final = -6.0  # dB; house: unrelated channels lose 3 when they are heard as one, these as much again


def questions(settings: MixSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None of the picture."""
    return ()


def standing(settings: MixSettings) -> tuple[Promise, ...]:
    """That nothing is lost on one loudspeaker, where that is required."""
    return _mono() if settings.mono == "require" else ()


def plan(settings: MixSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:  # noqa: ARG001
    """The programme with all that is heard in one stereo sound, exactly as long as before; its speech is a decision.

    SpecError for a track that lies behind the end, is silent, or too far from its level.
    """
    mixing = MixBuilder(settings, programme, ask)
    done = mixing.done()
    if not mixing.audible:
        return programme if mixing.faint else _quiet(settings, programme)
    facts = ask(Measure(Loudness(), done.sound))
    warned = facts.fold < LOST and settings.mono == "note"
    lost = f"mix: heard as one, both channels lose {-facts.fold:.1f} dB (is one of them inverted? clean: {{channels: mend}})"
    return done.but(
        notes=(act("mono-loss", lost),) if warned else (),
        promises=_mono() if settings.mono == "require" else (),
    )


def _quiet(settings: MixSettings, programme: Programme) -> Programme:
    if settings.room == "none":
        return programme.but(
            notes=(know("silence", "mix: nothing is heard, and silence is delivered as asked"),)
        )
    tone = mix_tracks.room_tone(ROOM, programme.duration)
    told = f"mix: nothing is heard: room tone of {ROOM:g} LUFS (mix: {{room: none}} for silence)"
    return programme.but(sound=tone, quiet=True, notes=(know("room-tone", told),))


def _mono() -> tuple[Promise, ...]:
    return (
        Promise(
            "mono compatibility",
            "fold",
            Tolerance(low=LOST),
            "dB",
            "house: unrelated channels lose 3 dB",
            part="sound",
            hint="clean: {channels: mend}, or lower a width",
            analyser=Loudness(),
        ),
    )
