"""Windows in a picture: the largest of a frame's aspect, its positions, and the nearest even pixels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.units import Box, Size, even

SAME: Final = Fraction(1, 200)  # of an aspect: a difference that scaling can hide


@dataclass(frozen=True)
class CropWindow:
    """The largest window of a `frame`'s aspect in a `picture`; it can move along one axis only."""

    picture: Size
    frame: Size

    @property
    def across(self) -> bool:
        """Whether it moves left and right; otherwise up and down."""
        return self.picture.aspect > self.frame.aspect

    @property
    def whole(self) -> bool:
        """Whether the picture needs no crop."""
        return abs(self.picture.aspect / self.frame.aspect - 1) <= SAME

    @property
    def share(self) -> Fraction:
        """The share of the picture that it shows, along the axis on which it moves."""
        ratio = self.frame.aspect / self.picture.aspect
        return ratio if self.across else 1 / ratio

    @property
    def half(self) -> float:
        """Half of `share`."""
        return float(self.share) / 2

    @property
    def scale(self) -> Fraction:
        """Frame pixels per picture pixel."""
        return (
            Fraction(self.frame.height, self.picture.height)
            if self.across
            else Fraction(self.frame.width, self.picture.width)
        )

    @property
    def fit(self) -> Fraction:
        """Frame pixels per picture pixel if the whole picture is shown."""
        return min(
            Fraction(self.frame.width, self.picture.width), Fraction(self.frame.height, self.picture.height)
        )

    @property
    def fitted(self) -> Size:
        """The size in frame pixels at which the whole picture is shown."""
        width, height = even(self.picture.width * self.fit), even(self.picture.height * self.fit)
        return Size(min(self.frame.width, width), min(self.frame.height, height))

    @property
    def nominal(self) -> Size:
        """Its size in whole picture pixels, for messages."""
        return Size(round(self.frame.width / self.scale), round(self.frame.height / self.scale))

    @property
    def length(self) -> int:
        """The length of the picture along the axis on which it moves, in pixels."""
        return self.picture.width if self.across else self.picture.height

    @property
    def pixels(self) -> Size:
        """Its size in even picture pixels: the short side rounded down, then the long side by the aspect."""
        if self.across:
            width = max(2, _down(self.picture.height * self.frame.aspect))
            return Size(width, min(_down(self.picture.height), even(width / self.frame.aspect)))
        height = max(2, _down(self.picture.width / self.frame.aspect))
        return Size(min(_down(self.picture.width), even(height * self.frame.aspect)), height)

    def box(self, position: float) -> Box:
        """The window with its centre as near to `position` as even pixels inside the picture allow.

        `position` is a share of the axis on which it moves.
        """
        size = self.pixels
        along, over = (size.width, size.height) if self.across else (size.height, size.width)
        breadth = self.picture.height if self.across else self.picture.width
        start = min(max(0, 2 * round((position * self.length - along / 2) / 2)), _down(self.length) - along)
        side = (breadth - over) // 4 * 2
        left, top = (start, side) if self.across else (side, start)
        return Box(left, top, left + size.width, top + size.height)

    def reach(self, low: float, high: float) -> Box:
        """The part of the picture that windows with centres from `low` to `high` show, in even pixels."""
        extent = float(self.share) * self.length / 2
        start = max(0, _down(low * self.length - extent))
        end = min(_down(self.length), _down(high * self.length + extent) + 2)
        if self.across:
            return Box(start, 0, end, _down(self.picture.height))
        return Box(0, start, _down(self.picture.width), end)


def _down(value: Fraction | float) -> int:
    """The largest even number that isn't above the value."""
    return int(value // 2) * 2
