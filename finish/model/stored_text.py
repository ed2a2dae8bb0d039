"""Values as the text that decisions in lock files are keyed by.

The key of a decision contains the repr of what it is about. A class or a field that gets a new name keeps its
old one here: otherwise every decision that people have approved or edited would count as one about something
else.
"""

from __future__ import annotations

import re
from typing import Final

_CLASS: Final = re.compile(r"\b([A-Z][A-Za-z]+)\(")
_FIELD: Final = re.compile(r"\b([a-z_]+)=")
_STORED_NAMES: Final = {
    "CaptionArea": "Room",
    "CaptionStyle": "Style",
    "ChosenRanges": "_Chosen",
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
_STORED_FIELDS: Final = {
    "crop_box": "shown",  # of FramePane
    "playing_time": "shown",  # of SpeedSpan
    "range_notes": "told",  # of ChosenRanges
}


def stored_text(value: object) -> str:
    """The repr of a value, with the names of classes and fields under which decisions were first stored."""
    text = _CLASS.sub(lambda match: _STORED_NAMES.get(match[1], match[1]) + "(", repr(value))
    return _FIELD.sub(lambda match: _STORED_FIELDS.get(match[1], match[1]) + "=", text)
