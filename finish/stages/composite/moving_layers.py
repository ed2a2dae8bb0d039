"""Layers of a small canvas that come in and go out, as MoviePy moves them; and letters on a canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from finish.stages.composite.picture_file import Floats

# Seconds (house values). Rules and bars grow, plates come out, and words appear last; all of it goes the same
# way back, quicker.
IN, OUT = Fraction(3, 5), Fraction(2, 5)
GROWS: Final = (0.0, 0.3)
SLIDES: Final = (0.12, 0.55)
FADES: Final = (0.25, 0.6)


@dataclass(frozen=True)
class MovingLayer:
    """When a layer moves, and its place at a progress of 0 to 1.

    `fades` is when it appears, if it does so gradually.
    """

    moves: tuple[float, float]
    where: Callable[[float], tuple[int, int]]
    fades: tuple[float, float] | None = None

    def position(self, time: float) -> tuple[int, int]:
        return self.where(_progress(time, self.moves))

    def strength(self, time: float) -> float:
        """How opaque it is; a layer that has not set out is not there."""
        return _progress(time, self.fades) if self.fades else float(_progress(time, self.moves) > 0)


def _progress(time: float, between: tuple[float, float]) -> float:
    """From 0 to 1, slower towards the end; on the way out in reverse, in the time that is left."""
    if time > IN:
        time = float(IN) * (1 - (time - float(IN)) / float(OUT))
    share = min(1.0, max(0.0, (time - between[0]) / (between[1] - between[0])))
    return 1 - (1 - share) ** 3


def layer(data: Floats, part: MovingLayer) -> Any:
    from moviepy import ImageClip

    colours = np.rint(data[:, :, :3] * 255).astype(np.uint8)
    mask: Any = ImageClip(data[:, :, 3], is_mask=True).transform(
        lambda frame, time: frame(time) * part.strength(time)
    )
    return ImageClip(colours).with_mask(mask).with_position(part.position).with_duration(float(IN + OUT) + 1)


def add_letters(cover: Floats, letters: Floats, left: int, top: int) -> None:
    """Letters onto a canvas, what leaves it cut off: their own margin does."""
    height, width = cover.shape
    rows = slice(max(0, top), min(height, top + letters.shape[0]))
    columns = slice(max(0, left), min(width, left + letters.shape[1]))
    part = letters[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    np.maximum(cover[rows, columns], part, out=cover[rows, columns])
