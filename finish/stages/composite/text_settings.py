"""The settings that every drawn text of the composite stage has: its words, its size and its font."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from finish.model import File
from finish.model.drawn_text import DRAWN

Words = Annotated[str, DRAWN, Field(min_length=1, max_length=120)]  # house value: longer lines aren't read
# Of the frame's short side: the first line of a card, larger than any caption. House value: 81 px of 1080.
HEADING: Final = 0.075
# House value: from letters that can just be read to a word that fills a frame.
TextSize = Annotated[
    float, Field(ge=0.01, le=0.3, description="the em, as a share of the frame's short side")
]
FontFile = Annotated[
    File | None, Field(description="a .ttf or .otf file; a packaged font draws lines with letters it lacks")
]


def one_line(text: str | None) -> str | None:
    """One line of printable text."""
    if text is not None and not (text.strip() and text.isprintable()):
        raise ValueError(
            "the text is empty, or has line breaks or control characters — write one line of text"
        )
    return text
