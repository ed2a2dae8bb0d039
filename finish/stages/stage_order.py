"""The stages in their finishing order, which is the order of this table.

To add a stage, write its package and add it here. The first makes the conformed source; every other may ask
questions of it (see `finish.model.Stage`).
"""

from __future__ import annotations

from typing import Final

from finish.model import Stage
from finish.stages import (
    captions,
    clean,
    colour,
    composite,
    conform,
    disclosure,
    mix,
    pacing,
    placement,
    provenance,
    reframe,
    sound,
)

STAGES: Final[tuple[Stage, ...]] = (
    conform,
    pacing,
    colour,
    reframe,
    composite,
    captions,
    placement,
    clean,
    mix,
    sound,
    disclosure,
    provenance,
)
