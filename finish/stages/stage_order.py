"""The stages in their finishing order: the order of this table is part of it. To add one: its module, and its
line here.

The first makes the conformed source; every other may ask questions of it (see `finish.model.Stage`).
"""

from __future__ import annotations

from typing import Final

from finish.model import Stage
from finish.stages import captions, clean, colour, composite, conform, mix, pacing, reframe, sound

STAGES: Final[tuple[Stage, ...]] = (conform, pacing, colour, reframe, composite, captions, clean, mix, sound)
