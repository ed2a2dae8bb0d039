"""Arrays of samples and pictures, in a module of their own: the rest of the model doesn't import NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]

# The mean and the standard deviation of ImageNet, with which the networks trained on it expect their
# pictures.
_MEAN, _DEVIATION = np.array((0.485, 0.456, 0.406), np.float32), np.array((0.229, 0.224, 0.225), np.float32)


def normalised(picture: Array) -> NDArray[np.float32]:
    """A picture of uint8 codes, (height, width, 3), as the input of such a network: (1, 3, height, width)."""
    shares = np.asarray(picture.astype(np.float32) / 255, np.float32)
    scaled: NDArray[np.float32] = ((shares - _MEAN) / _DEVIATION).transpose(2, 0, 1)[np.newaxis]
    return scaled


def squared(picture: Array, side: int, grey: int) -> tuple[NDArray[np.float32], float, float]:
    """A BGR picture of uint8 codes at the top left of a square of `side` px, with `grey` beside it.

    The first value is the input of a network, (1, 3, side, side), RGB 0 to 255; the others are the shares of
    the square that the picture fills across and down.
    """
    import cv2

    height, width = picture.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    square = np.full((side, side, 3), grey, np.uint8)
    square[: size[1], : size[0]] = cv2.resize(
        np.ascontiguousarray(picture), size, interpolation=cv2.INTER_AREA
    )
    planes = np.ascontiguousarray(square[:, :, ::-1].transpose(2, 0, 1)[np.newaxis], np.float32)
    return planes, size[0] / side, size[1] / side
