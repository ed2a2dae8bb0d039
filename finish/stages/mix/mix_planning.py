"""Plans the clip's own sound with a voice-over, a music bed that makes room for speech, and effects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from finish.analysis.loudness import Loudness
from finish.checks import mono_compatibility
from finish.checks.mono_compatibility import LOST
from finish.model import Analyser, Ask, Delivery, Measure, Programme
from finish.stages.mix import messages, mix_tracks
from finish.stages.mix.mix_settings import MixSettings
from finish.stages.mix.mixing import MixBuilder

ROOM: Final = -60.0  # LUFS; house value: a quiet room, far below any programme, but not digital silence


def questions(settings: MixSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None about the picture."""
    return ()


def plan(
    settings: MixSettings,
    programme: Programme,
    delivery: Delivery,  # noqa: ARG001 (the protocol of a stage)
    ask: Ask,
) -> Programme:
    """The programme with all its tracks in one stereo sound, exactly as long as before.

    The times of speech are a decision.

    SpecError for a track that begins after the end, is silent, or is too far from its level.
    """
    mixing = MixBuilder(settings, programme, ask)
    mixed = mixing.mixed()
    if not mixing.audible:
        return programme if mixing.faint else _quiet(settings, programme)
    facts = ask(Measure(Loudness(), mixed.sound))
    warned = facts.fold < LOST and settings.mono == "note"
    promised = mixed.add_promises(
        *(promise for need in settings.requirements for promise in mono_compatibility.promises(need))
    )
    return promised.add_notes(messages.mono_loss(-facts.fold)) if warned else promised


def _quiet(settings: MixSettings, programme: Programme) -> Programme:
    """A programme in which nothing is audible, with room tone, or with silence if the job requests it."""
    if settings.room == "none":
        return programme.add_notes(messages.silence())
    tone = mix_tracks.room_tone(ROOM, programme.duration)
    return replace(programme, sound=tone, quiet=True).add_notes(messages.room_tone(ROOM))
