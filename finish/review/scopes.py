"""Scopes of a frame, as a colourist reads them: waveform, parade, vectorscope and histogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.analysis.video_levels import TOLERANCE
from finish.review.small_frames import Pixels

Floats = NDArray[np.float64]
WIDE, HIGH = 384, 216  # px of a scope, five in a line; a vectorscope is as wide as it is high
_LOW, _HIGH = -0.10, 1.15  # shares of the range: the ends of the scales
_GROUND: Final = 18  # code value
_LINE, _FAINT = (74, 74, 74), (110, 70, 50)
_MARKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
LIMITS: Final = (-TOLERANCE, 1 + TOLERANCE)  # EBU R 103
SKIN: Final = 123.0  # degrees from +Cb: the hue of skin of any colour, the I axis of NTSC
_REACH: Final = 0.6  # colour difference at the vectorscope's edge; a pure primary has 0.5
_INKS: Final = {
    "luma": (225, 235, 225),
    "red": (255, 96, 84),
    "green": (92, 225, 112),
    "blue": (112, 156, 255),
}
# Y′C′bC′r to R′G′B′, BT.709-6 items 3.4 and 3.5.
_RGB: Final = np.array(((1, 0, 1.5748), (1, -0.187324, -0.468124), (1, 1.8556, 0)))


@dataclass(frozen=True)
class ScopedFrame:
    """One frame as shares of the range, with the levels beyond it.

    `luma` is 0 to 1, the colour differences `blue` and `red` are ±0.5; all three (height, width).
    """

    luma: Floats
    blue: Floats
    red: Floats

    @property
    def rgb(self) -> Floats:
        return np.asarray(np.stack([self.luma, self.blue, self.red], -1) @ _RGB.T)

    @classmethod
    def of(cls, codes: NDArray[np.uint16]) -> ScopedFrame:
        """From planes of limited-range BT.709 in 16 bits, (3, height, width)."""
        luma, blue, red = codes / 256.0
        return cls((luma - 16) / 219, (blue - 128) / 224, (red - 128) / 224)


def waveform(frame: ScopedFrame) -> Pixels:
    """Luma, column by column."""
    return _ruled(_trace(frame.luma, WIDE, _INKS["luma"]))


def parade(frame: ScopedFrame) -> Pixels:
    """Red, green and blue, column by column, side by side."""
    traces = [
        _trace(frame.rgb[..., number], WIDE // 3, _INKS[name])
        for number, name in enumerate(("red", "green", "blue"))
    ]
    return _ruled(np.concatenate(traces, axis=1))


def vectorscope(frame: ScopedFrame) -> Pixels:
    """Colour differences around grey, with the primaries of 75 % bars and the line of skin tones."""
    import cv2

    across, down = _place(frame.blue, frame.red)
    counts = np.zeros((HIGH, HIGH))
    np.add.at(counts, (down.clip(0, HIGH - 1), across.clip(0, HIGH - 1)), 1)
    tint = np.clip(0.55 + 1.3 * _wheel(), 0, 1)
    canvas = _lit(counts, tint * 255)
    middle, edge = HIGH // 2, round(0.5 / _REACH * HIGH / 2)
    cv2.circle(canvas, (middle, middle), edge, _LINE, 1, cv2.LINE_AA)
    cv2.line(canvas, (0, middle), (HIGH, middle), _LINE, 1)
    cv2.line(canvas, (middle, 0), (middle, HIGH), _LINE, 1)
    turn = np.radians(SKIN)
    end = (round(middle + edge * np.cos(turn)), round(middle - edge * np.sin(turn)))
    cv2.line(canvas, (middle, middle), end, (190, 150, 110), 1, cv2.LINE_AA)
    for name, (blue, red) in targets().items():
        x, y = (int(place) for place in _place(np.array(blue), np.array(red)))
        cv2.rectangle(canvas, (x - 5, y - 5), (x + 5, y + 5), (150, 150, 150), 1)
        cv2.putText(
            canvas, name, (x + 9, y + 5), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (170, 170, 170), 1, cv2.LINE_AA
        )
    return canvas


def histogram(frame: ScopedFrame) -> Pixels:
    """How often each level of red, green and blue occurs."""
    edges = np.linspace(_LOW, _HIGH, WIDE + 1)
    canvas = np.full((HIGH, WIDE, 3), _GROUND, np.float64)
    rows = np.arange(HIGH)[::-1, None]
    for name, values in zip(("red", "green", "blue"), np.moveaxis(frame.rgb, -1, 0), strict=True):
        counts = np.histogram(values.clip(_LOW, _HIGH), edges)[0]
        height = np.sqrt(counts / max(1, np.sort(counts)[-3])).clip(0, 1) * (HIGH - 24)
        canvas += (rows < height)[..., None] * np.array(_INKS[name]) * 0.42
    return _upright(np.clip(canvas, 0, 255).astype(np.uint8))


def targets() -> dict[str, tuple[float, float]]:
    """The colour differences (Cb, Cr) of 75 % bars."""
    differences = np.linalg.inv(_RGB) @ (
        0.75 * np.array([(1, 0, 0), (1, 0, 1), (0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 1, 0)]).T
    )
    return {
        name: (float(blue), float(red))
        for name, blue, red in zip(("R", "Mg", "B", "Cy", "G", "Yl"), *differences[1:], strict=True)
    }


def _trace(values: Floats, width: int, ink: tuple[int, int, int]) -> Pixels:
    """How often each level occurs in each column."""
    rows = _row(values).clip(0, HIGH - 1)
    columns = values.shape[1]
    used = min(width, columns)  # columns of a narrow picture are drawn as often as the width needs
    counts = np.zeros((HIGH, used))
    np.add.at(counts, (rows, np.broadcast_to(np.arange(columns) * used // columns, values.shape)), 1)
    return _lit((counts * used / columns)[:, np.arange(width) * used // width], np.array(ink, np.float64))


def _lit(counts: Floats, ink: Floats) -> Pixels:
    """Counts as light; a rare level is still visible."""
    light = np.log1p(counts) / max(
        1.0, float(np.log1p(np.percentile(counts[counts > 0], 97)) if counts.any() else 1)
    )
    lit = _GROUND + light.clip(0, 1)[..., None] * (ink - _GROUND)
    codes: Pixels = np.clip(lit, 0, 255).astype(np.uint8)
    return codes


def _row(levels: Floats) -> NDArray[np.intp]:
    return np.asarray(np.rint((_HIGH - levels) / (_HIGH - _LOW) * (HIGH - 1)).astype(np.intp))


def _place(blue: Floats, red: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Column and row of a colour difference on the vectorscope."""
    return _position(blue / _REACH), _position(-red / _REACH)


def _position(share: Floats) -> NDArray[np.intp]:
    """A pixel of the vectorscope for -1 (its first) to 1 (its last)."""
    return np.asarray(np.rint((1 + share) * (HIGH - 1) / 2).astype(np.intp))


def _wheel() -> Floats:
    """The colour of each place of the vectorscope, ±0.5 around grey."""
    axis = np.linspace(-_REACH, _REACH, HIGH)
    blue, red = np.meshgrid(axis, axis[::-1])
    return np.asarray(np.stack([np.zeros_like(blue), blue, red], -1) @ _RGB.T)


def _ruled(canvas: Pixels) -> Pixels:
    """The lines of the levels, over the dark parts of a trace."""
    for levels, ink in ((_MARKS, _LINE), (LIMITS, _FAINT)):
        for row in _row(np.array(levels)).tolist():
            canvas[row] = np.maximum(canvas[row], ink)
    return canvas


def _upright(canvas: Pixels) -> Pixels:
    """The same lines for a scope with its levels across."""
    for levels, ink in ((_MARKS, _LINE), (LIMITS, _FAINT)):
        for level in levels:
            column = round((level - _LOW) / (_HIGH - _LOW) * (WIDE - 1))
            canvas[:, column] = np.maximum(canvas[:, column], ink)
    return canvas
