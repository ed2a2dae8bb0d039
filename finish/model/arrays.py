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
