"""Small RGBA canvases: scaled, their colours carried under what is transparent, written as PNG."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import Document
from finish.stages.composite.picture_file import Floats, read, trimmed
from finish.units import Size, digest

# Bumped whenever the same settings would be drawn otherwise: a payload is known by its settings, not by its
# pixels.
DRAWN: Final = "1"

# How far colours are carried under transparent pixels: chroma of 4:2:0, scaled by a bicubic of four taps, is
# mixed from 8 px.
_BLEED: Final = 8
_ROUND: Final = 0.6  # house value: the radius of a plate's corners, in its padding


@dataclass(frozen=True)
class ScaledPicture:
    """A document's picture without its empty border, at a size; the payload of an image node.

    `opacity` is in its alpha.
    """

    document: Document
    size: Size
    opacity: float = 1

    suffix = ".png"

    @cached_property
    def digest(self) -> str:
        return digest("stamp", DRAWN, self.document.digest, str(self.size), repr(self.opacity))

    @property
    def scaled(self) -> Floats:
        """The picture before its `opacity` applies."""
        return fitted(trimmed(read(self.document)), self.size)

    def content(self) -> bytes:
        data = self.scaled
        data[:, :, 3] *= self.opacity
        return png(data)


@dataclass(frozen=True)
class PlatedPicture:
    """A picture on a plate with round corners; the payload of an image node.

    The plate extends `around` px beyond the picture.
    """

    picture: ScaledPicture
    around: int
    colour: str

    suffix = ".png"

    @property
    def size(self) -> Size:
        own = self.picture.size
        return Size(own.width + 2 * self.around, own.height + 2 * self.around)

    @cached_property
    def digest(self) -> str:
        return digest("plate", DRAWN, self.picture.digest, str(self.around), self.colour)

    def content(self) -> bytes:
        data = flat(self.size, self.colour)
        data[:, :, 3] = rounded(self.size, self.around * _ROUND) * self.picture.opacity
        return png(over(data, self.picture.scaled, self.around, self.around))


def fitted(data: Floats, size: Size) -> Floats:
    """An RGBA picture at another size.

    Its colours are filtered multiplied by its alpha, so that no hidden colour shows at edges.
    """
    import cv2

    multiplied = data.copy()
    multiplied[:, :, :3] *= data[:, :, 3:]
    height, width = data.shape[:2]
    # Shrinking averages areas; enlarging is Lanczos, which overshoots.
    way = cv2.INTER_AREA if size.width <= width and size.height <= height else cv2.INTER_LANCZOS4
    scaled = cv2.resize(multiplied, (size.width, size.height), interpolation=way)
    # Colour and alpha overshoot alike: their ratio is right, so it is taken before either is clipped.
    inked = scaled[:, :, 3] > 1 / 255
    colour = np.clip(scaled[:, :, :3] / np.where(inked, scaled[:, :, 3], 1)[:, :, None], 0, 1)
    alpha = np.where(inked, np.minimum(scaled[:, :, 3], 1), 0).astype(np.float32)
    return bled(colour * alpha[:, :, None], alpha)


def bled(multiplied: Floats, alpha: Floats) -> Floats:
    """Straight alpha of colours that were multiplied by it.

    Transparent pixels take the colours nearby, because halved chroma must not find black there.
    """
    import cv2

    around = (2 * _BLEED + 1, 2 * _BLEED + 1)
    weight, near = cv2.blur(alpha, around)[:, :, None], cv2.blur(multiplied, around)
    overall = multiplied.sum((0, 1)) / max(float(alpha.sum()), 1e-6)
    colour = np.where(weight > 1e-4, near / np.maximum(weight, 1e-4), overall)
    straight = np.where(alpha[:, :, None] > 0, multiplied / np.maximum(alpha, 1e-6)[:, :, None], colour)
    return np.dstack([np.clip(straight, 0, 1), alpha]).astype(np.float32)


def over(below: Floats, above: Floats, left: int = 0, top: int = 0) -> Floats:
    """`above`, composed onto an opaque `below` that is large enough for it."""
    height, width = above.shape[:2]
    composed = below.copy()
    part = composed[top : top + height, left : left + width, :3]
    part += above[:, :, 3:] * (above[:, :, :3] - part)
    return composed


def flat(size: Size, colour: str) -> Floats:
    """An opaque canvas of one colour (#rrggbb)."""
    return np.full((size.height, size.width, 4), (*rgb(colour), 1), np.float32)


def rgb(colour: str) -> tuple[float, float, float]:
    """#rrggbb as numbers of 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def png(data: Floats) -> bytes:
    """An RGBA canvas as PNG of 8 bits."""
    return coded_png(np.rint(data * 255).astype(np.uint8))


def coded_png(codes: NDArray[np.uint8]) -> bytes:
    """RGBA of 8 bits as PNG; level 1 is fast, and the file is read once."""
    import cv2

    good, coded = cv2.imencode(
        ".png", cv2.cvtColor(codes, cv2.COLOR_RGBA2BGRA), [cv2.IMWRITE_PNG_COMPRESSION, 1]
    )
    assert good
    return bytes(coded.tobytes())


def rounded(size: Size, radius: float) -> Floats:
    """How much of each pixel is in a rectangle with round corners."""
    x = np.abs(np.arange(size.width) + 0.5 - size.width / 2) - (size.width / 2 - radius)
    y = np.abs(np.arange(size.height) + 0.5 - size.height / 2) - (size.height / 2 - radius)
    across, down = x[None, :], y[:, None]
    far = np.hypot(np.maximum(across, 0), np.maximum(down, 0)) + np.minimum(np.maximum(across, down), 0)
    return np.asarray(np.clip(radius - far + 0.5, 0, 1), np.float32)
