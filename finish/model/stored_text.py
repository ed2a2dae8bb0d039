"""Values as the text that decisions in lock files are keyed by.

The key of a decision contains the repr of what it is about. A class that gets a new name keeps its old one here:
otherwise every decision that people have approved or edited would count as one about something else.
"""

from __future__ import annotations

import re
from typing import Final

_CLASS: Final = re.compile(r"\b([A-Z][A-Za-z]+)\(")
_STORED_NAMES: Final = {
    "CaptionArea": "Room",
    "CaptionStyle": "Style",
    "ClipRange": "Range",
    "CoveredArea": "Covered",
    "FramePane": "Pane",
    "LengthFit": "Fit",
    "LoudnessStandard": "Target",
    "OutlineStyle": "Outline",
    "PlateStyle": "Plate",
    "ShadowStyle": "Shadow",
    "SpeedSpan": "Sped",
    "SpokenPassage": "Said",
    "SpokenWordStyle": "Spoken",
}


def stored_text(value: object) -> str:
    """The repr of a value, with the class names under which decisions were first stored."""
    return _CLASS.sub(lambda match: _STORED_NAMES.get(match[1], match[1]) + "(", repr(value))
