"""Colour: camera, balance, match and looks, composed into cubes, applied in float, rounded once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.colour.colour_settings import NAME, ColourSettings

if TYPE_CHECKING:
    from finish.stages.colour.colour_planning import grade_note, plan, questions

__all__ = ["ColourSettings", "Settings", "grade_note", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("video",)
scope: Final = "clip"
Settings = ColourSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.colour.colour_planning": ("grade_note", "plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
