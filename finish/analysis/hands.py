"""Where hands are, 2.5 times a second, by MediaPipe's palm detector, which comes with the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from finish import resources
from finish.model import SMALL_PICTURE, Analyser, Array, Sparse
from finish.model.arrays import squared
from finish.model.carried_facts import When, carried, in_order
from finish.units import overlap

# The palm detector of MediaPipe Hands (Google, Apache-2.0). Part of the key of every answer, because another
# model answers otherwise.
MODEL: Final = "palm_detection_full.tflite"
MODEL_DIGEST: Final = "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54"  # SHA-256

_SIDE: Final = 192  # px: the square that is the network's input
_BLACK: Final = 0  # beside the picture, as in MediaPipe's graph
_LEVELS: Final = ((8, 2), (16, 6))  # px of a cell, and anchors in it, as published
_WRIST, _KNUCKLE = slice(4, 6), slice(8, 10)  # of 18 values: the wrist, and the middle finger's knuckle
# MediaPipe's graph from a palm to its hand: a square of 2.6 times the palm's longer side, moved by half the
# palm's height towards the fingers.
_ENLARGED: Final = 2.6
_MOVED: Final = 0.5
_OVERLAP: Final = 0.3  # of two boxes of one palm: MediaPipe's value


@dataclass(frozen=True)
class HandBox:
    """A hand's box in shares (0 to 1) of the picture's width and height, and its confidence (0 to 1)."""

    left: float
    top: float
    right: float
    bottom: float
    score: float


@dataclass(frozen=True)
class HandsAtTime:
    """The hands of one frame, at `time` (s)."""

    time: Fraction
    hands: tuple[HandBox, ...]


@dataclass(frozen=True)
class HandFacts:
    """Every sampled frame, in order."""

    looks: tuple[HandsAtTime, ...]

    def carried(self, when: When) -> HandFacts:
        return HandFacts(carried(self.looks, when))

    @classmethod
    def joined(cls, facts: Sequence[HandFacts], edges: Sequence[Fraction]) -> HandFacts:  # noqa: ARG003 (a protocol)
        return cls(in_order(look for part in facts for look in part.looks))


@dataclass(frozen=True)
class Hands(Analyser[HandFacts]):
    """The hands with a confidence of at least `score`, in the first frame of every 1/`rate` s.

    0.5 is MediaPipe's value.
    """

    rate: Fraction = Fraction(5, 2)
    score: float = 0.5
    model: str = MODEL_DIGEST

    version = 1
    wants = SMALL_PICTURE

    def begin(self) -> HandSearch:
        """CapabilityError without OpenCV or the model."""
        return HandSearch(
            Sparse(self.rate), self.score, resources.network(MODEL, lambda cv2, path: cv2.dnn.readNet(path))
        )


@dataclass
class HandSearch:
    """The sampled frames so far."""

    sparse: Sparse
    score: float
    network: Any
    _looks: list[HandsAtTime] = field(default_factory=list)

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        if self.sparse.due(time):
            self._looks.append(HandsAtTime(time, self._hands(data)))

    def result(self) -> HandFacts:
        return HandFacts(tuple(self._looks))

    def _hands(self, data: Array) -> tuple[HandBox, ...]:
        square, across, down = squared(data, _SIDE, _BLACK)
        self.network.setInput(square / np.float32(255))
        layers = self.network.forward(self.network.getUnconnectedOutLayersNames())
        outputs = {layer.shape[-1]: layer[0].astype(float) for layer in layers}
        # The logistic function of MediaPipe's clipped values.
        scores = 1 / (1 + np.exp(-outputs[1][:, 0].clip(-100, 100)))
        candidates = np.flatnonzero(scores >= self.score).tolist()
        palms: list[HandBox] = []
        hands: list[HandBox] = []
        for index in sorted(candidates, key=lambda index: (-scores[index], index)):
            centre = _anchors()[index]
            palm = _palm(outputs[18][index] / _SIDE, centre, float(scores[index]))
            if all(overlap(palm, other) < _OVERLAP for other in palms):
                palms.append(palm)
                hands.append(_hand(outputs[18][index] / _SIDE, centre, (across, down), palm.score))
        kept = (hand for hand in hands if hand.left < hand.right and hand.top < hand.bottom)
        return tuple(sorted(kept, key=lambda hand: (hand.left, hand.top)))


@cache
def _anchors() -> NDArray[np.float64]:
    """Centre x and centre y of every anchor in shares of the square, level by level."""
    return np.array(
        [
            ((column + 0.5) * cell / _SIDE, (row + 0.5) * cell / _SIDE)
            for cell, anchors in _LEVELS
            for row in range(_SIDE // cell)
            for column in range(_SIDE // cell)
            for _ in range(anchors)
        ]
    )


def _palm(raw: NDArray[np.float64], anchor: NDArray[np.float64], score: float) -> HandBox:
    """A palm's box in shares of the square, which can extend beyond it."""
    (x, y), (width, height) = anchor + raw[:2], raw[2:4]
    return HandBox(x - width / 2, y - height / 2, x + width / 2, y + height / 2, score)


def _hand(
    raw: NDArray[np.float64], anchor: NDArray[np.float64], filled: tuple[float, float], score: float
) -> HandBox:
    """The hand of a palm, with rounded values, so that another processor gives the same facts."""
    fingers = raw[_KNUCKLE] - raw[_WRIST]
    towards = fingers / max(float(np.hypot(*fingers)), 1e-6)
    x, y = anchor + raw[:2] + _MOVED * raw[3] * towards
    half = _ENLARGED * float(raw[2:4].max()) / 2
    across, down = filled
    edges = ((x - half) / across, (y - half) / down, (x + half) / across, (y + half) / down)
    left, top, right, bottom = (round(min(1.0, max(0.0, float(edge))), 3) for edge in edges)
    return HandBox(left, top, right, bottom, round(score, 2))
