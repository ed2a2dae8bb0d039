"""Animations with known truth: frame n is grey `grey(n)`, for its stated time, with an optional hole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

SIZE, HOLE = (64, 48), (16, 12, 32, 24)  # the hole: left, top, right, bottom
GIF, APNG, WEBP = ".gif", ".png", ".webp"


def grey(number: int) -> int:
    """The grey of frame n: steps that none of the encoders blurs."""
    return 20 + 24 * number


def animated(path: Path, delays: Sequence[int], *, hole: bool = False, **options: Any) -> Path:
    """An animation whose frames show for `delays` (ms); its format follows from the path's suffix.

    `options` are Pillow's.
    """
    frames = [Image.new("RGBA", SIZE, (grey(number),) * 3 + (255,)) for number in range(len(delays))]
    for frame in frames if hole else ():
        frame.paste((255, 0, 255, 0), HOLE)
    also = (
        {"lossless": True} if path.suffix == WEBP else {"disposal": 2} if hole and path.suffix == GIF else {}
    )
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=list(delays), loop=0, **also, **options
    )
    return path
