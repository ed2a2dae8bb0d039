"""The frames of a title, drawn from its layers: only what moves is drawn anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from finish.stages.composite.picture_file import Floats
from finish.stages.composite.titles.title_layers import TitleClock, TitleLayer, union
from finish.units import Box, Size

_BLEED: Final = 8  # px that colours are carried under transparent pixels, as on every canvas
_NONE: Final = 1e-6
Pixels = NDArray[np.uint8]


@dataclass
class TitleDrawing:
    """Draws the frames of a title one after the other; what has settled is kept from frame to frame."""

    size: Size
    layers: tuple[TitleLayer, ...]
    _settled: int = -1
    _base: Floats = field(default_factory=lambda: np.zeros((0, 0, 4), np.float32))
    _still: Pixels = field(default_factory=lambda: np.zeros((0, 0, 4), np.uint8))

    def frame(self, clock: TitleClock) -> Pixels:
        """The frame at a time: RGBA of 8 bits, straight alpha."""
        settled = next(
            (number for number, layer in enumerate(self.layers) if not layer.is_settled(clock)),
            len(self.layers),
        )
        if settled != self._settled:
            self._settle(settled, clock)
        moving = self.layers[settled:]
        if not moving:
            return self._still
        box = self._around(union([layer.box for layer in moving]))
        canvas = self._base.copy()
        for layer in moving:
            layer.onto(canvas, clock)
        frame = self._still.copy()
        rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
        frame[rows, columns] = straight(canvas[rows, columns])
        return frame

    def _settle(self, count: int, clock: TitleClock) -> None:
        """Keep the first layers as one picture."""
        self._settled = count
        self._base = np.zeros((self.size.height, self.size.width, 4), np.float32)
        for layer in self.layers[:count]:
            layer.onto(self._base, clock)
        self._still = straight(self._base)

    def _around(self, box: Box) -> Box:
        """A box with what its colours are carried to, on the canvas."""
        return Box(
            max(0, box.left - _BLEED),
            max(0, box.top - _BLEED),
            min(self.size.width, box.right + _BLEED),
            min(self.size.height, box.bottom + _BLEED),
        )


def straight(canvas: Floats) -> Pixels:
    """A canvas as RGBA of 8 bits with straight alpha; transparent pixels take the colours nearby.

    Halved chroma must not find black there.
    """
    import cv2

    colours, alpha = np.ascontiguousarray(canvas[:, :, :3]), np.ascontiguousarray(canvas[:, :, 3])
    around = (2 * _BLEED + 1, 2 * _BLEED + 1)
    ink: Any = (alpha > 1 / 512).astype(np.uint8)
    near, weight = cv2.blur(colours, around), cv2.blur(alpha, around)
    near = cv2.copyTo(colours, ink, near)
    weight = cv2.max(cv2.copyTo(alpha, ink, weight), _NONE)
    plain = cv2.convertScaleAbs(cv2.divide(near, cv2.merge([weight, weight, weight])), alpha=255)
    return np.asarray(cv2.merge([*cv2.split(plain), cv2.convertScaleAbs(alpha, alpha=255)]), np.uint8)
