"""The stages of finishing, each a package: its name, its settings, and its planning.

Settings validate job specs; planning is imported when a clip is planned. `STAGES` has the stages in their
order (see `stage_order`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finish.lazy_names import lazy_names

if TYPE_CHECKING:
    from finish.stages.stage_order import STAGES

__all__ = ["STAGES"]

_MODULES: Final = {"finish.stages.stage_order": ("STAGES",)}
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
