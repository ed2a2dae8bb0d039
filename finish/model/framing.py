"""Where things that were seen in a clip stand on the delivered frame."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from finish.units import Box, Size


@dataclass(frozen=True)
class Pane:
    """A box of the picture (px) that fills a box of the frame (px)."""

    shown: Box
    target: Box


@dataclass(frozen=True)
class Framing:
    """From frame `runs[k][0]` of the programme on, a `picture` (px) fills the frame as `runs[k][1]` says."""

    picture: Size
    runs: tuple[tuple[int, Pane], ...]

    def box(self, frame: int, left: float, top: float, right: float, bottom: float) -> Box | None:
        """Where a box, in shares of the picture's sides, stands in a frame; None where it is not seen."""
        pane = self.pane(frame)
        shown, target = pane.shown, pane.target
        wide, high = target.size.width / shown.size.width, target.size.height / shown.size.height
        edges = (
            max(target.left, target.left + (left * self.picture.width - shown.left) * wide),
            max(target.top, target.top + (top * self.picture.height - shown.top) * high),
            min(target.right, target.left + (right * self.picture.width - shown.left) * wide),
            min(target.bottom, target.top + (bottom * self.picture.height - shown.top) * high),
        )
        found = Box(*(round(each) for each in edges))
        return found if found.left < found.right and found.top < found.bottom else None

    def shares(self, frame: int, box: Box) -> tuple[float, float, float, float] | None:
        """What of the picture stands in a box of a frame (px): left, top, right, bottom in shares of its sides; None where none does."""
        pane = self.pane(frame)
        shown, target = pane.shown, pane.target
        wide, high = shown.size.width / target.size.width, shown.size.height / target.size.height
        left, right = (shown.left + (min(max(x, target.left), target.right) - target.left) * wide for x in (box.left, box.right))
        top, bottom = (shown.top + (min(max(y, target.top), target.bottom) - target.top) * high for y in (box.top, box.bottom))
        if left >= right or top >= bottom:
            return None
        return left / self.picture.width, top / self.picture.height, right / self.picture.width, bottom / self.picture.height

    def pane(self, frame: int) -> Pane:
        """What shows in a frame, and where."""
        return self.runs[max(0, bisect_right(self.runs, frame, key=lambda run: run[0]) - 1)][1]
