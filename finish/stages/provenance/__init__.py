"""Provenance: what a signature states about a deliverable: its sources, and what was done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.provenance.provenance_settings import NAME, ProvenanceSettings

if TYPE_CHECKING:
    from finish.stages.provenance.provenance_planning import plan, questions

__all__ = ["ProvenanceSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("audio",)  # nothing of the picture: it plans after everything else
scope: Final = "programme"
Settings = ProvenanceSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.provenance.provenance_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
