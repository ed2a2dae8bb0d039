"""What is drawn around a picture-in-picture: its mask with rounded corners, its border and its shadow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from finish.stages.composite.canvas import DRAWN, bled, flat, png, rounded
from finish.stages.composite.picture_file import Floats
from finish.units import Size, digest

# House values, as shares of the frame's short side: soft enough that only the picture has an edge.
_BLUR, _DOWN = 0.014, 0.006
_DARK: Final = 0.5  # the shadow's opacity before it is blurred
_REACH: Final = 2.6  # times the blur: beyond it, the shadow is less than one code of 255


@dataclass(frozen=True)
class InsetShape:
    """A picture of `size` (px) with a `border` around it, rounded by `radius` (px) at the outer edge.

    `short` is the frame's short side (px); 0 for no shadow. It appears in `fade` frames before it's opaque.
    """

    size: Size
    border: int = 0
    radius: int = 0
    short: int = 0
    fade: int = 0

    @property
    def margin(self) -> int:
        """How far the border and the shadow reach on every side (px, even)."""
        reach = self.short * (_REACH * _BLUR + _DOWN)
        return 2 * math.ceil((self.border + reach) / 2)

    @property
    def plate_size(self) -> Size:
        return Size(self.size.width + 2 * self.margin, self.size.height + 2 * self.margin)

    @property
    def opacities(self) -> tuple[float, ...]:
        """The opacity of each drawn frame: N frames are at 1/(N+1) to N/(N+1), as in a dissolve."""
        return tuple((number + 1) / (self.fade + 1) for number in range(self.fade + 1))

    @property
    def inner_radius(self) -> int:
        """The radius of the picture's own corners."""
        return max(0, self.radius - self.border)

    @cached_property
    def key(self) -> str:
        return digest("inset", DRAWN, repr(self))


@dataclass(frozen=True)
class InsetMask:
    """The alpha of the picture, one PNG for each opacity; the payload of an image node."""

    shape: InsetShape

    suffix = ".png"

    @property
    def digest(self) -> str:
        return digest("mask", self.shape.key)

    def content(self) -> bytes:
        mask = flat(self.shape.size, "#000000")
        mask[:, :, 3] = rounded(self.shape.size, self.shape.inner_radius)
        return b"".join(_faded(mask, self.shape))


@dataclass(frozen=True)
class InsetPlate:
    """The white border and the shadow under the picture, likewise."""

    shape: InsetShape

    suffix = ".png"

    @property
    def digest(self) -> str:
        return digest("plate", self.shape.key)

    def content(self) -> bytes:
        import cv2

        shape, size = self.shape, self.shape.plate_size
        outer = _outer(shape)
        border = outer if shape.border else np.zeros_like(outer)
        shadow = np.zeros_like(outer)
        if shape.short:
            moved = np.roll(outer, round(_DOWN * shape.short), axis=0)
            shadow = _DARK * cv2.GaussianBlur(moved, (0, 0), _BLUR * shape.short)
        alpha = border + shadow * (1 - border)
        colours = np.repeat(border[:, :, None], 3, axis=2)
        assert alpha.shape == (size.height, size.width)
        return b"".join(_faded(bled(colours, alpha.astype(np.float32)), shape))


def _outer(shape: InsetShape) -> Floats:
    """How much of each pixel of the plate is in the border's outer edge."""
    size, inset = shape.plate_size, shape.margin - shape.border
    cover = np.zeros((size.height, size.width), np.float32)
    inner = Size(size.width - 2 * inset, size.height - 2 * inset)
    cover[inset : inset + inner.height, inset : inset + inner.width] = rounded(inner, shape.radius)
    return cover


def _faded(canvas: Floats, shape: InsetShape) -> Iterator[bytes]:
    for opacity in shape.opacities:
        frame = canvas.copy()
        frame[:, :, 3] *= opacity
        yield png(frame)
