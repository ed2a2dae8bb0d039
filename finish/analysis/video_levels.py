"""Video levels by EBU R 103: how much of each frame is beyond the tolerance, and how much is clipped."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import Analyser, Array, Frames

# EBU R 103 v3.0 (May 2020): 5 % beyond black and white in integer codes (5 to 246), for Y, R, G and B.
TOLERANCE: Final = 11 / 219
AREA: Final = 1.0  # % of the picture that may be beyond it (EBU R 103)
# EBU R 103: what a monitor wouldn't show is filtered out first.
_ACROSS: Final = np.array((1, 2, 3, 4, 3, 2, 1), np.float32) / 16
_DOWN: Final = np.array((1, 2, 1), np.float32) / 4
# In 16 bits: black, the range from black to white, no colour, and the range of a colour difference (BT.709,
# 8-bit codes × 256).
_BLACK, _WHITE, _MIDDLE, _COLOUR = 16 * 256, 219 * 256, 128 * 256, 224 * 256
_SLACK: Final = 1e-5  # of the range: rounding of float sums
_END: Final = 0.004  # of the range: an 8-bit code; values this near to an end of a channel count as clipped
# The weights of Cb and Cr in R, G and B: BT.709-6 items 3.4 and 3.5, solved.
_RED, _GREEN, _BLUE = (0.0, 1.5748), (-0.187324, -0.468124), (1.8556, 0.0)
Plane = NDArray[np.float32]


@dataclass(frozen=True)
class LevelFacts:
    """The levels of all `frames`.

    `outside` is the largest share (%) of a frame beyond the tolerated levels, and `worst` the time of that
    frame (s). `low` and `high` are the most extreme filtered values (% of the range). `clipped` is the mean
    share (%) of pixels with a channel at either end, without black pixels.
    """

    outside: float
    worst: Fraction
    low: float
    high: float
    clipped: float
    frames: int


@dataclass(frozen=True)
class Levels(Analyser[LevelFacts]):
    """The levels of a BT.709 picture of limited range."""

    version = 1
    wants = Frames("yuv444p16le")

    def begin(self) -> LevelMeter:
        return LevelMeter()


class LevelMeter:
    """The worst frame so far."""

    def __init__(self) -> None:
        self._outside, self._worst = 0.0, Fraction(0)
        self._low = self._high = self._clipped = 0.0
        self._frames = 0

    def add(self, time: Fraction, data: Array) -> None:
        """One frame of Y, Cb, Cr: uint16, either planar (3, height, width) or packed (height, width, 3)."""
        import cv2

        planar = data if data.shape[0] == 3 else data.transpose(2, 0, 1)
        planes = [
            (plane.astype(np.float32) - zero) * (1 / span)
            for plane, (zero, span) in zip(
                planar, ((_BLACK, _WHITE), (_MIDDLE, _COLOUR), (_MIDDLE, _COLOUR)), strict=True
            )
        ]
        low, high = _ends(_rgb(*planes))
        self._clipped += _share(((low <= _END) | (high >= 1 - _END)) & (high > _END))
        filtered = [
            cv2.sepFilter2D(plane, -1, _ACROSS, _DOWN, borderType=cv2.BORDER_REPLICATE) for plane in planes
        ]
        low, high = _ends([filtered[0], *_rgb(*filtered)])
        outside = _share((low < -TOLERANCE - _SLACK) | (high > 1 + TOLERANCE + _SLACK))
        if outside > self._outside:
            self._outside, self._worst = outside, time
        self._low = min(self._low, float(low.min())) if self._frames else float(low.min())
        self._high = max(self._high, float(high.max())) if self._frames else float(high.max())
        self._frames += 1

    def result(self) -> LevelFacts:
        low, high = round(100 * self._low, 2), round(100 * self._high, 2)
        return LevelFacts(
            round(self._outside, 4),
            self._worst,
            low,
            high,
            round(self._clipped / max(1, self._frames), 4),
            self._frames,
        )


def _rgb(luma: Plane, blueness: Plane, redness: Plane) -> list[Plane]:
    return [luma + blue * blueness + red * redness for blue, red in (_RED, _GREEN, _BLUE)]


def _ends(channels: list[Plane]) -> tuple[Plane, Plane]:
    """The lowest and the highest value of the channels at every pixel."""
    low, high = channels[0].copy(), channels[0].copy()
    for channel in channels[1:]:
        np.minimum(low, channel, out=low)
        np.maximum(high, channel, out=high)
    return low, high


def _share(pixels: NDArray[np.bool_]) -> float:
    """The share of pixels that are true (%)."""
    return 100 * float(np.count_nonzero(pixels)) / pixels.size
