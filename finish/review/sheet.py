"""A contact sheet: frames of every delivered file beside each other, with the destination's safe zone drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finish import resources
from finish.effects.publish import write_whole
from finish.model import Frames, Reader, SafeZone, Source
from finish.units import Size, even

HEIGHT, GAP, LABEL = 360, 12, 40
PAPER, INK, ZONE = (24, 24, 26), "white", (255, 64, 160)
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Row:
    """One delivered file on the sheet: what it is called, the times of its frames, and its safe zone."""

    label: str
    delivered: Source
    times: tuple[Fraction, ...]
    safe: SafeZone


def sheet(rows: Sequence[Row], reader: Reader, target: Path) -> Path:
    """Write the sheet as PNG, one row a file."""
    strips = [_strip(row, reader) for row in rows]
    width = max(strip.shape[1] for strip in strips)
    page = np.concatenate([_widened(strip, width) for strip in strips])
    write_whole(target, _png(page))
    return target


def evenly(duration: Fraction, rate: Fraction, count: int) -> tuple[Fraction, ...]:
    """`count` frame times in the middles of equal parts of a programme, on its frame grid."""
    return tuple(dict.fromkeys(int(duration * (2 * each + 1) / (2 * count) * rate) / rate for each in range(count)))


def _strip(row: Row, reader: Reader) -> Pixels:
    video = row.delivered.video
    assert video is not None
    wants = Frames("rgb24", box=Size(even(HEIGHT * video.size.aspect), HEIGHT), at=row.times)
    scale = Fraction(HEIGHT, video.size.height)
    pictures = [_zoned(np.asarray(data, np.uint8), row.safe, scale) for _, data in reader.frames(row.delivered.picture, wants)]
    gap = np.full((HEIGHT, GAP, 3), PAPER, np.uint8)
    frames = np.concatenate([part for picture in pictures for part in (gap, picture)] + [gap], axis=1)
    return np.concatenate([_label(row.label, frames.shape[1]), frames, np.full((GAP, frames.shape[1], 3), PAPER, np.uint8)])


def _zoned(picture: Pixels, safe: SafeZone, scale: Fraction) -> Pixels:
    height, width = picture.shape[:2]
    left, top = int(safe.left * scale), int(safe.top * scale)
    right, bottom = width - 1 - int(safe.right * scale), height - 1 - int(safe.bottom * scale)
    shown = picture.copy()
    for line in (shown[top, left:right:4], shown[bottom, left:right:4], shown[top:bottom:4, left], shown[top:bottom:4, right]):
        line[:] = ZONE
    return shown


def _widened(strip: Pixels, width: int) -> Pixels:
    space = np.full((strip.shape[0], width - strip.shape[1], 3), PAPER, np.uint8)
    return np.concatenate([strip, space], axis=1)


def _label(text: str, width: int) -> Pixels:
    """The label as a small canvas drawn by MoviePy; its margin keeps descenders from being cropped."""
    from moviepy import TextClip

    font = str(resources.font_folder() / "NotoSans[wght].ttf")
    drawn: Any = TextClip(font=font, text=text, font_size=18, color=INK, bg_color=PAPER, margin=(GAP, 8)).get_frame(0)
    canvas = np.full((LABEL, width, 3), PAPER, np.uint8)
    height, length = min(LABEL, drawn.shape[0]), min(width, drawn.shape[1])
    canvas[:height, :length] = drawn[:height, :length, :3]
    return canvas


def _png(page: Pixels) -> bytes:
    import cv2

    good, data = cv2.imencode(".png", page[:, :, ::-1])
    assert good
    return bytes(data.tobytes())
