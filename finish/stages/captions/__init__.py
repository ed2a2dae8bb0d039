"""Captions: read, fitted into the safe area, burned in, and written as sidecars.

Promises state that they show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.captions.caption_settings import NAME, CaptionSettings

if TYPE_CHECKING:
    from finish.stages.captions.caption_planning import plan, questions

__all__ = ["CaptionSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("video",)
scope: Final = "programme"
Settings = CaptionSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.captions.caption_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
