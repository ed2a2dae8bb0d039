"""The layers of a title: what each shows, and how it comes in and goes out.

Pictures of layers are RGBA (float32, 0 to 1) whose colours are multiplied by their alpha.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from finish.stages.composite.picture_file import Floats
from finish.stages.composite.titles.title_template import TitleMotion
from finish.units import Box

_OVERSHOOT: Final = 1.70158  # of the ease "back": 10 % beyond the end (Penner 2001)
_SMALL: Final = 0.6  # the scale from which a layer pops up; house value
_QUICK: Final = 2.0  # what moves is opaque after half of its way; house value


@dataclass(frozen=True)
class TitleClock:
    """The time of a title, and how long it shows and goes out (s)."""

    now: float
    length: float
    out: float

    def progress(self, motion: TitleMotion) -> float:
        """How much of a motion is done: from 0 to 1, slower towards its end, and back on the way out."""
        entered = _share(self.now - motion.after, motion.seconds)
        left = _share(self.length - self.now, self.out) if self.out else 1.0
        return min(1 - (1 - entered) ** 3, 1 - (1 - left) ** 3)


def _share(seconds: float, of: float) -> float:
    return min(1.0, max(0.0, seconds / of))


@dataclass(frozen=True)
class TitleLayer:
    """A part of a title: its box on the canvas (px), its motion, and its picture at a time (s).

    The picture is as large as the box. `side` is where it comes from when it slides or is wiped: -1 left, 0
    the middle, 1 right. The picture of a `running` layer changes all the time.
    """

    box: Box
    motion: TitleMotion
    picture: Callable[[float], Floats]
    side: int = 0
    running: bool = False

    def is_settled(self, clock: TitleClock) -> bool:
        """Whether it is in, and doesn't change."""
        return not self.running and clock.progress(self.motion) >= 1

    def onto(self, canvas: Floats, clock: TitleClock) -> None:
        """Compose it onto a canvas of the title."""
        progress = clock.progress(self.motion)
        if progress <= 0:
            return
        picture = self.picture(clock.now)
        if progress < 1:
            picture = self._moved(picture, progress)
        box = self.box
        part = canvas[box.top : box.bottom, box.left : box.right]
        part *= 1 - picture[:, :, 3:]
        part += picture

    def _moved(self, picture: Floats, progress: float) -> Floats:
        how = self.motion.how
        if how in ("none", "fade"):
            return picture * np.float32(1.0 if how == "none" else progress)
        if how == "wipe":
            return picture * _wipe(picture.shape[1], progress, self.side)
        if how == "pop":
            return _scaled(picture, progress)
        height, width = picture.shape[:2]
        across = (1 - progress) * (self.side or -1) * width if how == "slide" else 0.0
        down = {"rise": 1, "drop": -1}.get(how, 0) * (1 - progress) * height
        return _warped(picture, 1, across, down) * np.float32(min(1.0, _QUICK * progress))


def _wipe(width: int, progress: float, side: int) -> Floats:
    """How much of each column shows; its edge is one pixel wide."""
    x = np.arange(width, dtype=np.float32) + 0.5
    from_edge = {-1: x, 1: width - x, 0: 2 * np.abs(x - width / 2)}[side]
    mask = np.clip(progress * width - from_edge + 0.5, 0, 1)
    return np.asarray(mask[None, :, None], np.float32)


def _scaled(picture: Floats, progress: float) -> Floats:
    """A picture that grows about its middle, a little too far at first."""
    rest = (1 - progress) ** (1 / 3) - 1  # the time of the ease, from -1 to 0
    back = 1 + rest * rest * ((_OVERSHOOT + 1) * rest + _OVERSHOOT)
    scale = _SMALL + (1 - _SMALL) * back
    return _warped(picture, scale, 0, 0) * np.float32(min(1.0, _QUICK * progress))


def _warped(picture: Floats, scale: float, across: float, down: float) -> Floats:
    import cv2

    height, width = picture.shape[:2]
    left, top = (1 - scale) * (width - 1) / 2 + across, (1 - scale) * (height - 1) / 2 + down
    matrix = np.array([[scale, 0, left], [0, scale, top]], np.float64)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)


def premultiplied(picture: Floats) -> Floats:
    """A picture with straight alpha, as layers have it."""
    return np.dstack([picture[:, :, :3] * picture[:, :, 3:], picture[:, :, 3]])


def layered(below: Floats, above: Floats) -> Floats:
    """One picture over another one."""
    return np.asarray(above + below * (1 - above[:, :, 3:]), np.float32)


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around some boxes, at least one."""
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
