"""What draws the eye, by UNISAL, which was trained on where people looked, and comes with the package."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from finish import resources
from finish.model import SMALL_PICTURE, Analyser, Array, Spans, Sparse, normalised

# UNISAL (Droste, Jiao and Noble 2020, Apache-2.0), the branch for single pictures. Part of the key of every
# answer. Its last layer, a blur of 41 × 41, is a file of its own: in the network, OpenCV takes longer for it
# than for all other layers; outside, 5 ms.
MODEL: Final = "saliency_unisal.onnx"
MODEL_DIGEST: Final = "9867476d0cb7bbf8b51a49b361038100c7cf7ea47446b705404c2c9a6c17f521"  # SHA-256
BLUR: Final = "saliency_unisal_blur.npy"

BINS: Final = 48  # columns and rows in which attention is counted
_SIZE: Final = (416, 256)  # px: the network's input
_WHOLE: Final = 10_000


@dataclass(frozen=True)
class AttentionAtTime:
    """The attention of a frame at `time` (s): ten-thousandths of it in each of `BINS` columns and rows."""

    time: Fraction
    across: tuple[int, ...]
    down: tuple[int, ...]


@dataclass(frozen=True)
class SaliencyFacts:
    """Every sampled frame, in order."""

    looks: tuple[AttentionAtTime, ...]


@dataclass(frozen=True)
class Saliency(Analyser[SaliencyFacts]):
    """What draws the eye in the first frame of every 1/`rate` s; with `spans`, only in those."""

    spans: Spans | None = None
    rate: Fraction = Fraction(5, 2)
    model: str = MODEL_DIGEST

    version = 1
    wants = SMALL_PICTURE

    def begin(self) -> AttentionMeter:
        """CapabilityError without OpenCV or the model."""
        network = resources.network(MODEL, lambda cv2, path: cv2.dnn.readNet(path))
        return AttentionMeter(
            Sparse(self.rate, self.spans), network, np.load(resources.model(BLUR), allow_pickle=False)
        )


@dataclass
class AttentionMeter:
    """The sampled frames so far."""

    sparse: Sparse
    network: Any
    blur: NDArray[np.float32]
    _looks: list[AttentionAtTime] = field(default_factory=list)

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        if self.sparse.due(time):
            attention = self.attention(data)
            self._looks.append(
                AttentionAtTime(time, _shares(attention.sum(axis=0)), _shares(attention.sum(axis=1)))
            )

    def result(self) -> SaliencyFacts:
        return SaliencyFacts(tuple(self._looks))

    def attention(self, data: Array) -> NDArray[np.float64]:
        """The share of all attention that each place of a BGR frame draws, shape (256, 416)."""
        import cv2

        small = cv2.resize(np.ascontiguousarray(data), _SIZE, interpolation=cv2.INTER_AREA)[:, :, ::-1]
        self.network.setInput(normalised(small)[np.newaxis])
        coarse = np.asarray(self.network.forward(), np.float32)[0, 0]
        full = coarse.repeat(_SIZE[1] // coarse.shape[0], 0).repeat(_SIZE[0] // coarse.shape[1], 1)
        logits = cv2.filter2D(full, cv2.CV_32F, self.blur, borderType=cv2.BORDER_REPLICATE).astype(np.float64)
        spread = np.exp(logits - logits.max())
        shares: NDArray[np.float64] = spread / spread.sum()
        return shares


def _shares(values: NDArray[np.float64]) -> tuple[int, ...]:
    """Sums over `BINS` equal parts, whose edges may be inside a pixel."""
    total = np.interp(
        np.linspace(0, values.size, BINS + 1),
        np.arange(values.size + 1),
        np.concatenate([[0], np.cumsum(values)]),
    )
    return tuple(np.rint(np.diff(total) * _WHOLE).astype(int).tolist())
