"""Loudness: one static gain, and a true-peak limiter if needed, both judged after encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.sound.sound_settings import NAME, SoundSettings

if TYPE_CHECKING:
    from finish.stages.sound.sound_planning import plan, questions, shaped

__all__ = ["Settings", "SoundSettings", "name", "plan", "questions", "scope", "shaped", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("audio",)
scope: Final = "programme"
Settings = SoundSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.sound.sound_planning": ("plan", "questions", "shaped")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
