"""The content of a review sheet, before it is a picture or a web page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from finish.model import SafeZone
from finish.review.small_frames import Pixels
from finish.units import Size


@dataclass(frozen=True)
class SafeZoneShares:
    """A safe area as shares (0 to 1) of the frame, from its left and its top."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class PageCell:
    """One frame with its caption: a head, and words in a quieter ink."""

    picture: Pixels
    head: str
    words: str = ""


@dataclass(frozen=True)
class PageRow:
    """Frames that belong together, under a title.

    `zone` is drawn on each frame. `trouble` says why there are no frames.
    """

    title: str
    facts: tuple[str, ...] = ()
    cells: tuple[PageCell, ...] = ()
    zone: SafeZoneShares | None = None
    trouble: str = ""


@dataclass(frozen=True)
class PageSection:
    """Rows of one clip."""

    title: str
    facts: tuple[str, ...]
    rows: tuple[PageRow, ...]


@dataclass(frozen=True)
class SheetPage:
    """A complete sheet; `kind` is its kind, such as "Looks"."""

    kind: str
    title: str
    facts: tuple[str, ...]
    sections: tuple[PageSection, ...]

    @property
    def rows(self) -> Iterator[PageRow]:
        return (row for section in self.sections for row in section.rows)


def zone(safe: SafeZone, frame: Size) -> SafeZoneShares | None:
    """The safe area of a frame; None if all of it is safe."""
    box = safe.within(frame)
    if box.size == frame:
        return None
    return SafeZoneShares(
        box.left / frame.width, box.top / frame.height, box.right / frame.width, box.bottom / frame.height
    )
