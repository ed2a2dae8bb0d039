"""Where things that were seen in a clip stand on the delivered frame."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from finish.units import Box, Size, common

Shares = tuple[float, float, float, float]  # left, top, right, bottom, in shares of the picture's sides


@dataclass(frozen=True)
class FramePane:
    """A box of the picture (px) that fills a box of the frame (px)."""

    shown: Box
    target: Box

    def box(self, picture: Size, shares: Shares) -> Box | None:
        """Where a box of the picture stands in the frame; None where it is not seen."""
        shown, target = self.shown, self.target
        wide, high = target.size.width / shown.size.width, target.size.height / shown.size.height
        left, top, right, bottom = shares
        edges = (
            max(target.left, target.left + (left * picture.width - shown.left) * wide),
            max(target.top, target.top + (top * picture.height - shown.top) * high),
            min(target.right, target.left + (right * picture.width - shown.left) * wide),
            min(target.bottom, target.top + (bottom * picture.height - shown.top) * high),
        )
        found = Box(*(round(each) for each in edges))
        return found if found.left < found.right and found.top < found.bottom else None

    def shares(self, picture: Size, box: Box) -> Shares | None:
        """What of the picture stands in a box of the frame (px); None where none does."""
        shown, target = self.shown, self.target
        wide, high = shown.size.width / target.size.width, shown.size.height / target.size.height
        left, right = (
            shown.left + (min(max(x, target.left), target.right) - target.left) * wide
            for x in (box.left, box.right)
        )
        top, bottom = (
            shown.top + (min(max(y, target.top), target.bottom) - target.top) * high
            for y in (box.top, box.bottom)
        )
        if left >= right or top >= bottom:
            return None
        return left / picture.width, top / picture.height, right / picture.width, bottom / picture.height


@dataclass(frozen=True)
class Framing:
    """From frame `runs[k][0]` of the programme on, a `picture` (px) fills the frame by the panes
    `runs[k][1]`."""

    picture: Size
    runs: tuple[tuple[int, tuple[FramePane, ...]], ...]

    def box(self, frame: int, left: float, top: float, right: float, bottom: float) -> Box | None:
        """Where a box, in shares of the picture's sides, is seen largest in a frame; None where it is not
        seen."""
        seen = (pane.box(self.picture, (left, top, right, bottom)) for pane in self.panes(frame))
        return max((box for box in seen if box), key=lambda box: box.size.pixels, default=None)

    def shares(self, frame: int, box: Box) -> Shares | None:
        """What of the picture stands in a box of a frame (px), of the pane that fills most of it; None where
        none does."""
        seen = [(pane, shares) for pane in self.panes(frame) if (shares := pane.shares(self.picture, box))]
        return max(seen, key=lambda each: common(each[0].target, box))[1] if seen else None

    def panes(self, frame: int) -> tuple[FramePane, ...]:
        """What shows in a frame, and where."""
        return self.runs[max(0, bisect_right(self.runs, frame, key=lambda run: run[0]) - 1)][1]
