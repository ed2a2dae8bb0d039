"""Reframe: the destination's frame and rate, with the picture cropped around its subject or padded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.reframe.settings import NAME, ReframeSettings

if TYPE_CHECKING:
    from finish.stages.reframe.reframe_planning import plan, questions

__all__ = ["ReframeSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("video",)
scope: Final = "clip"
Settings = ReframeSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.reframe.reframe_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
