"""Mix: the clip's own sound with a voice-over, a music bed that makes room for speech, and effects.

Digital silence is delivered only on request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.graph import Kind
from finish.lazy_names import lazy_names
from finish.stages.mix.mix_settings import NAME, MixSettings

if TYPE_CHECKING:
    from finish.stages.mix.mix_planning import plan, questions

__all__ = ["MixSettings", "Settings", "name", "plan", "questions", "scope", "touches"]

name: Final = NAME
touches: Final[tuple[Kind, ...]] = ("audio",)
scope: Final = "programme"
Settings = MixSettings  # the name by which every stage's settings are reached (model.Stage)

_MODULES: Final = {"finish.stages.mix.mix_planning": ("plan", "questions")}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
