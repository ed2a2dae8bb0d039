"""Composite: a logo, a lower third and an end card, inside the safe area; captions keep clear of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.composite.composite_settings import NAME, CompositeSettings

if TYPE_CHECKING:
    from finish.stages.composite.composite_planning import plan, questions

__all__ = ["CompositeSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("video", "audio")
scope: Final = "programme"
Settings = CompositeSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.composite.composite_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
