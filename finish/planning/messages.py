"""The notes of planning, one function for each code."""

from __future__ import annotations

from finish.model import Note, know
from finish.units import Size


def still_enlarged(name: str, size: Size, scale: float) -> Note:
    """A still is shown larger than it is."""
    text = f"{name} of {size} px is enlarged {scale:.2g}×: use a larger picture, or a smaller move"
    return know("still-enlarged", text)
