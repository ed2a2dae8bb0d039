"""Where people and animals are, from any side, by EfficientDet-Lite0, which comes with the package."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from finish import resources
from finish.model import SMALL_PICTURE, Analyser, Array, Spans, Sparse
from finish.model.arrays import squared
from finish.units import overlap

# EfficientDet-Lite0 trained on COCO (Google, Apache-2.0). Part of the key of every answer, because another
# model answers otherwise.
MODEL: Final = "object_detection_efficientdet_lite0.tflite"
MODEL_DIGEST: Final = "0720bf247bd76e6594ea28fa9c6f7c5242be774818997dbbeffc4da460c723bb"  # SHA-256

_SIDE: Final = 320  # px: the square that is the network's input
_GREY: Final = 127  # beside the picture: the network's zero
# Of the network's five levels; each anchor has three sizes and three aspect ratios, as published.
_STRIDES: Final = (8, 16, 32, 64, 128)  # px
_PERSON: Final = 0  # COCO's classes, from 0
_ANIMALS: Final = slice(15, 25)
_OVERLAP: Final = 0.5  # of two boxes of one body


@dataclass(frozen=True)
class BodyBox:
    """The box of a person or an animal.

    Edges are shares (0 to 1) of the picture's width and height, and `score` is the confidence (0 to 1).
    """

    left: float
    top: float
    right: float
    bottom: float
    score: float
    what: Literal["person", "animal"] = "person"


@dataclass(frozen=True)
class BodiesAtTime:
    """The bodies of one frame, at `time` (s)."""

    time: Fraction
    bodies: tuple[BodyBox, ...]


@dataclass(frozen=True)
class BodyFacts:
    """Every sampled frame, in order."""

    looks: tuple[BodiesAtTime, ...]


@dataclass(frozen=True)
class Bodies(Analyser[BodyFacts]):
    """The people and animals with a confidence of at least `score`, in the first frame of every 1/`rate` s.

    With `spans`, only in those.
    """

    spans: Spans | None = None
    rate: Fraction = Fraction(5, 2)
    score: float = 0.4
    model: str = MODEL_DIGEST

    version = 1
    wants = SMALL_PICTURE

    def begin(self) -> BodySearch:
        """CapabilityError without OpenCV or the model."""
        return BodySearch(
            Sparse(self.rate, self.spans),
            self.score,
            resources.network(MODEL, lambda cv2, path: cv2.dnn.readNet(path)),
        )


@dataclass
class BodySearch:
    """The sampled frames so far."""

    sparse: Sparse
    score: float
    network: Any
    _looks: list[BodiesAtTime] = field(default_factory=list)

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        if self.sparse.due(time):
            self._looks.append(BodiesAtTime(time, self._bodies(data)))

    def result(self) -> BodyFacts:
        return BodyFacts(tuple(self._looks))

    def _bodies(self, data: Array) -> tuple[BodyBox, ...]:
        square, across, down = squared(data, _SIDE, _GREY)
        self.network.setInput(square)
        layers = self.network.forward(self.network.getUnconnectedOutLayersNames())
        outputs = {layer.shape[-1]: layer[0] for layer in layers}
        scores, animals = outputs[90][:, _PERSON], outputs[90][:, _ANIMALS].max(axis=1)
        candidates = [
            (float(row[index]), index, what)
            for row, what in ((scores, "person"), (animals, "animal"))
            for index in np.flatnonzero(row >= self.score).tolist()
        ]
        kept: list[BodyBox] = []
        for score, index, what in sorted(candidates, key=lambda candidate: (-candidate[0], candidate[1])):
            body = _body(
                _box(outputs[4][index], _anchors()[index]) / (across, down, across, down), score, what
            )
            if (
                body.left < body.right
                and body.top < body.bottom
                and all(overlap(body, other) < _OVERLAP for other in kept)
            ):
                kept.append(body)
        return tuple(sorted(kept, key=lambda body: (body.left, body.top)))


@cache
def _anchors() -> NDArray[np.float64]:
    """Centre y, centre x, height and width of every anchor in shares of the square, level by level."""
    boxes = []
    for stride in _STRIDES:
        cells = -(-_SIDE // stride)
        for row, column, octave, aspect in product(range(cells), range(cells), range(3), (1.0, 2.0, 0.5)):
            side = 3 * stride * 2 ** (octave / 3)
            boxes.append(
                ((row + 0.5) * stride, (column + 0.5) * stride, side / aspect**0.5, side * aspect**0.5)
            )
    return np.array(boxes) / _SIDE


def _box(raw: Array, anchor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Left, top, right and bottom of the network's output for an anchor, in shares of the square."""
    y, x = anchor[:2] + raw[:2].astype(float) * anchor[2:]
    height, width = anchor[2:] * np.exp(raw[2:].astype(float))
    return np.array((x - width / 2, y - height / 2, x + width / 2, y + height / 2))


def _body(box: NDArray[np.float64], score: float, what: Any) -> BodyBox:
    """A body with rounded values, so that another processor gives the same facts."""
    left, top, right, bottom = (round(min(1.0, max(0.0, edge)), 3) for edge in box.tolist())
    return BodyBox(left, top, right, bottom, round(score, 2), what)
