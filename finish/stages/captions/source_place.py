"""Where something is in a caption file, as errors and reports name it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from finish.errors import CaptionError, FinishError
from finish.model import Document


@dataclass(frozen=True)
class SourcePlace:
    """A place in a file: a line and a column from 1, or a part such as "block 3" where there are no lines.

    0 and "" mean that the place has none. Text that is in no file has the empty place.
    """

    path: str = ""
    line: int = 0
    part: str = ""
    column: int = 0

    @classmethod
    def of(cls, document: Document | None) -> SourcePlace:
        """The place of a whole document."""
        return cls(str(document.path)) if document else cls()

    def at_line(self, line: int) -> SourcePlace:
        return replace(self, line=line)

    def at_part(self, part: str) -> SourcePlace:
        return replace(self, part=part)

    def at_column(self, column: int) -> SourcePlace:
        return replace(self, column=column)

    @property
    def within(self) -> str:
        """The place inside its file, as a sentence names it: "line 3", "block 3"."""
        return self.part or f"line {self.line}"

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        part = f", {self.part}" if self.part else ""
        column = f":{self.column}" if self.column else ""
        return f"{self.path}{line}{part}{column}"


NOWHERE: Final = SourcePlace()


def caption_error(message: str, hint: str, place: SourcePlace) -> FinishError:
    """Something in a caption file that can't be understood or shown, at its place."""
    return CaptionError(message, hint, where=str(place))
