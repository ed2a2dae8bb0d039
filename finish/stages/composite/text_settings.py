"""The settings that every drawn text of the composite stage has: its words, its size and its font."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from finish.errors import FinishError
from finish.model import Document, File
from finish.model.drawn_text import DRAWN

_REGULAR: Final = 400  # the weight of a font's upright, regular cut
Words = Annotated[str, DRAWN, Field(min_length=1, max_length=120)]  # house value: longer lines aren't read
# House value: from letters that can just be read to a word that fills a frame.
TextSize = Annotated[
    float, Field(ge=0.01, le=0.3, description="the em, as a share of the frame's short side")
]
FontFile = Annotated[
    File | None, Field(description="a .ttf or .otf file; a packaged font draws lines with letters it lacks")
]


def readable_font(document: Document | None) -> Document | None:
    """A font that can't be used is reported with every other mistake of the job spec."""
    if document is None:
        return None
    from finish.model.font_files import font_at  # fonts are read only where there is one

    try:
        font_at(document, _REGULAR)
    except FinishError as error:
        raise ValueError(str(error)) from error
    return document


def one_line(text: str | None) -> str | None:
    """One line of printable text."""
    if text is not None and not (text.strip() and text.isprintable()):
        raise ValueError(
            "the text is empty, or has line breaks or control characters — write one line of text"
        )
    return text
