"""Clean: rumble, noise, sibilants and level differences of the clip's own sound, and its channels.

It reduces each only on request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.clean.clean_settings import NAME, CleanSettings

if TYPE_CHECKING:
    from finish.stages.clean.clean_planning import plan, questions

__all__ = ["CleanSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("audio",)
scope: Final = "clip"
Settings = CleanSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.clean.clean_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
