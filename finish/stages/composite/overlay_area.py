"""Where graphics may be on the frame, and when they show, in whole frames."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from finish.graph import OVERLAID, EnableSpan, Stream
from finish.model import BREATH, GRAPHICS_SAFE, Delivery
from finish.stages.composite import messages
from finish.units import Box, Size, Span


@dataclass(frozen=True)
class FrameWindow:
    """The frames from `start` until `end` (half-open) of a programme at `rate` Hz."""

    start: int
    end: int
    rate: Fraction

    @property
    def span(self) -> Span:
        return Span(self.start / self.rate, self.end / self.rate)

    @property
    def middle(self) -> Fraction:
        """The time of the frame in the middle."""
        return self.at(Fraction(1, 2))

    def at(self, share: Fraction) -> Fraction:
        """The time of the frame at a share of its length."""
        return (self.start + int((self.end - self.start) * share)) / self.rate

    @property
    def shows(self) -> EnableSpan:
        """Its frames, as the value of a filter's `enable` option."""
        return EnableSpan(self.span.start, self.span.end, early=Fraction(1, 2) / self.rate)


@dataclass(frozen=True)
class OverlayArea:
    """The frame, its safe area, and the programme's frames before any end card."""

    frame: Size
    safe: Box
    pix_fmt: str
    rate: Fraction
    frames: int

    @classmethod
    def of(cls, delivery: Delivery, rate: Fraction, frames: int) -> OverlayArea:
        return cls(
            delivery.frame, delivery.safe.within(delivery.frame), delivery.picture.pix_fmt, rate, frames
        )

    @property
    def short(self) -> int:
        """The frame's short side in px; sizes are shares of it."""
        return min(self.frame.width, self.frame.height)

    @property
    def breath(self) -> int:
        """The distance from the safe area's edge (px)."""
        return math.ceil(BREATH * self.short)

    @property
    def box(self) -> Box:
        """The area for graphics, its edges on even pixels, between which 4:2:0 keeps its chroma."""
        x, y = GRAPHICS_SAFE * self.frame.width, GRAPHICS_SAFE * self.frame.height
        left, top = (
            2 * math.ceil(max(edge + self.breath, least) / 2)
            for edge, least in ((self.safe.left, x), (self.safe.top, y))
        )
        right = 2 * math.floor(min(self.safe.right - self.breath, self.frame.width - x) / 2)
        bottom = 2 * math.floor(min(self.safe.bottom - self.breath, self.frame.height - y) / 2)
        return Box(left, top, right, bottom)

    @property
    def middle(self) -> Box:
        """The part of the area that is centred on the frame, so that a card's content looks centred."""
        box = self.box
        side = max(box.left, self.frame.width - box.right)
        return Box(side, box.top, self.frame.width - side, box.bottom)

    def corner(self, size: Size, corner: str) -> Box:
        """A box of this size in a corner of the area; on the right if only an edge is named."""
        box = self.box
        left = box.left if corner.endswith("left") else box.right - size.width
        top = box.top if corner.startswith("top") else box.bottom - size.height
        return Box(left, top, left + size.width, top + size.height)

    def holds(self, box: Box) -> bool:
        room = self.box
        return (
            box.left >= room.left
            and box.top >= room.top
            and box.right <= room.right
            and box.bottom <= room.bottom
        )

    def window(self, start: Fraction, end: Fraction | None, what: str) -> FrameWindow:
        """From `start` until `end` (s), at most until the programme's end; None: until then.

        SpecError if that is empty.
        """
        first, last = (
            round(start * self.rate),
            self.frames if end is None else min(round(end * self.rate), self.frames),
        )
        if first >= self.frames:
            raise messages.starts_after_end(what, start, self.frames / self.rate)
        return FrameWindow(first, max(last, first + 1), self.rate)

    def overlaid(self, picture: Stream, image: Stream, box: Box, window: FrameWindow) -> Stream:
        """`image` (RGBA, straight alpha, timed) over the picture during a window.

        Where it is transparent, no pixel changes.
        """
        return self.laid(picture, self.coloured(image), box, window)

    def laid(self, picture: Stream, image: Stream, box: Box, window: FrameWindow) -> Stream:
        """The same for an image in the delivery's own colours.

        `overlay` shows the second input's frame at the same or the nearest earlier time, and its last one
        forever.
        """
        enabled: dict[str, Any] = (
            {} if window.start == 0 and window.end >= self.frames else {"enable": window.shows}
        )
        return picture.filter(
            "overlay", image, x=box.left, y=box.top, format=self._formats()[0], alpha="straight", **enabled
        )

    def coloured(self, image: Stream) -> Stream:
        """RGBA as the delivery's Y'CbCr: BT.709, limited range, chroma at the left."""
        converted = image.filter(
            "scale",
            out_color_matrix="bt709",
            out_range="tv",
            out_chroma_loc="left",
            flags="accurate_rnd+full_chroma_int+full_chroma_inp",
        )
        return converted.filter("format", pix_fmts=self._formats()[1])

    def opaque(self, picture: Stream) -> Stream:
        """A picture in the delivery's own colours with an opaque alpha, so that a filter can change that."""
        return picture.filter("format", pix_fmts=self._formats()[1])

    def _formats(self) -> tuple[str, str]:
        """`overlay`'s name of the delivery's pixel format, and that format with alpha."""
        if self.pix_fmt not in OVERLAID:
            raise messages.pixel_format(self.pix_fmt, ", ".join(OVERLAID))
        return OVERLAID[self.pix_fmt], f"yuva{self.pix_fmt.removeprefix('yuv')}"
