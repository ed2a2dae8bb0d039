"""Hald CLUT pictures (.png): a cube of L² points an axis, laid out in L³ × L³ pixels, red fastest."""

from __future__ import annotations

from typing import Final

import numpy as np

from finish.errors import LutError
from finish.stages.colour.table import Table

LEVELS: Final = range(2, 13)  # 12: 144 points an axis, 1728 px a side
_HINT: Final = "export it as PNG, 8 or 16 bits of RGB, of 64×64, 512×512 or another L³×L³ pixels"


def read(data: bytes, name: str) -> Table:
    """The table in a picture. LutError if it isn't a Hald CLUT."""
    import cv2

    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 33:
        raise LutError("the file isn't a PNG picture", _HINT, where=name)
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    level = round(width ** (1 / 3))
    if width != height or level**3 != width or level not in LEVELS:
        raise LutError(f"a picture of {width}×{height} px isn't a Hald CLUT", _HINT, where=name)
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3 or picture.shape[2] != 3:
        raise LutError("the picture is damaged, is greyscale or has an alpha channel", _HINT, where=name)
    size = level**2
    values = picture[..., ::-1].reshape(size, size, size, 3) / float(np.iinfo(picture.dtype).max)
    return Table(
        values, np.zeros(3), np.ones(3), f"Hald CLUT of level {level}, {picture.dtype.itemsize * 8} bits"
    )
