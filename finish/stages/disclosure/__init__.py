"""Disclosure: how a deliverable was made, as IPTC's digital source type, and what uploads must state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.disclosure.disclosure_settings import NAME, DisclosureSettings

if TYPE_CHECKING:
    from finish.stages.disclosure.disclosure_planning import plan, questions

__all__ = ["DisclosureSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("audio",)  # nothing of the picture: it plans after everything else
scope: Final = "programme"
Settings = DisclosureSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.disclosure.disclosure_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
