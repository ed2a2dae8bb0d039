"""Arrays of samples and pictures; apart from the rest of the model, so that only those who compute need
NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]

# ImageNet's mean and deviation, which the networks that grew from it are given their pictures by.
_MEAN, _DEVIATION = np.array((0.485, 0.456, 0.406), np.float32), np.array((0.229, 0.224, 0.225), np.float32)


def normalised(picture: Array) -> NDArray[np.float32]:
    """A picture of codes, (height, width, 3), as such a network takes it: (1, 3, height, width)."""
    shares = np.asarray(picture.astype(np.float32) / 255, np.float32)
    scaled: NDArray[np.float32] = ((shares - _MEAN) / _DEVIATION).transpose(2, 0, 1)[np.newaxis]
    return scaled
