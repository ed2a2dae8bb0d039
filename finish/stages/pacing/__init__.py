"""Pacing: which parts of a clip are kept, by range, by words and without long pauses, and at which speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.pacing.pacing_settings import NAME, PacingSettings

if TYPE_CHECKING:
    from finish.stages.pacing.pacing_planning import plan, questions

__all__ = ["PacingSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("video", "audio")
scope: Final = "timing"
Settings = PacingSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.pacing.pacing_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
