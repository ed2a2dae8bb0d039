"""The positions of a clip's content on the delivered frame."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from finish.units import Box, Size, common

Shares = tuple[float, float, float, float]  # left, top, right, bottom, in shares of the picture's sides


@dataclass(frozen=True)
class FramePane:
    """A box of the picture (px) that fills a box of the frame (px)."""

    crop_box: Box
    target: Box

    def box(self, picture: Size, shares: Shares) -> Box | None:
        """Where a box of the picture is in the frame; None if it isn't visible."""
        crop, target = self.crop_box, self.target
        wide, high = target.size.width / crop.size.width, target.size.height / crop.size.height
        left, top, right, bottom = shares
        edges = (
            max(target.left, target.left + (left * picture.width - crop.left) * wide),
            max(target.top, target.top + (top * picture.height - crop.top) * high),
            min(target.right, target.left + (right * picture.width - crop.left) * wide),
            min(target.bottom, target.top + (bottom * picture.height - crop.top) * high),
        )
        box = Box(*(round(edge) for edge in edges))
        return box if box.left < box.right and box.top < box.bottom else None

    def shares(self, picture: Size, box: Box) -> Shares | None:
        """The part of the picture in a box of the frame (px); None if there is none."""
        crop, target = self.crop_box, self.target
        wide, high = crop.size.width / target.size.width, crop.size.height / target.size.height
        left, right = (
            crop.left + (min(max(x, target.left), target.right) - target.left) * wide
            for x in (box.left, box.right)
        )
        top, bottom = (
            crop.top + (min(max(y, target.top), target.bottom) - target.top) * high
            for y in (box.top, box.bottom)
        )
        if left >= right or top >= bottom:
            return None
        return left / picture.width, top / picture.height, right / picture.width, bottom / picture.height


@dataclass(frozen=True)
class Framing:
    """How a `picture` (px) fills the frame: from frame `runs[k][0]` of the programme on, by the panes
    `runs[k][1]`."""

    picture: Size
    runs: tuple[tuple[int, tuple[FramePane, ...]], ...]

    def box(self, frame: int, left: float, top: float, right: float, bottom: float) -> Box | None:
        """The largest area in a frame that shows a box, in shares of the picture's sides; None if it isn't
        visible."""
        boxes = (pane.box(self.picture, (left, top, right, bottom)) for pane in self.panes(frame))
        return max((box for box in boxes if box), key=lambda box: box.size.pixels, default=None)

    def shares(self, frame: int, box: Box) -> Shares | None:
        """The part of the picture in a box of a frame (px), by the pane that fills most of it; None if there
        is none."""
        parts = [(pane, shares) for pane in self.panes(frame) if (shares := pane.shares(self.picture, box))]
        return max(parts, key=lambda part: common(part[0].target, box))[1] if parts else None

    def panes(self, frame: int) -> tuple[FramePane, ...]:
        """The panes of a frame."""
        return self.runs[max(0, bisect_right(self.runs, frame, key=lambda run: run[0]) - 1)][1]
