"""Conform: any clip to an upright picture with square pixels and known colour, and to stereo sound.

The sound has 48 kHz and the length of the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.conform.conform_settings import NAME, ConformSettings

if TYPE_CHECKING:
    from finish.stages.conform.conform_planning import plan, questions

__all__ = ["ConformSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("video", "audio")
scope: Final = "timing"
Settings = ConformSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.conform.conform_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
