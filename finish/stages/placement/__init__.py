"""Placement: one planner decides where all graphics stand on the picture, and has them drawn there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.placement.placement_settings import NAME, PlacementSettings

if TYPE_CHECKING:
    from finish.stages.placement.placement_planning import plan, questions

__all__ = ["PlacementSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("video",)
scope: Final = "programme"
Settings = PlacementSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.placement.placement_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
