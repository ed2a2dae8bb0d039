"""Where text is in a picture, once a second, by PP-OCRv4's detector, which comes with the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from finish import resources
from finish.model import SMALL_PICTURE, Analyser, Array, Sparse, normalised
from finish.model.carried_facts import When, carried, in_order
from finish.units import common

# The mobile detector of PP-OCRv4 (PaddleOCR, Apache-2.0). Part of the key of every answer, because another
# model answers otherwise.
MODEL: Final = "text_detection_ppocrv4.onnx"
MODEL_DIGEST: Final = "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9"  # SHA-256

# As PaddleOCR reads the map of letters (its det configuration: thresh, box_thresh, unclip_ratio).
_LETTER, _SURE, _GROWN = 0.3, 0.6, 1.6
_STEP: Final = 32  # px: both sides of the network's input are multiples of it
STEADY: Final = 0.5  # of the union of two boxes: lines that overlap by as much are in the same place
_TINY: Final = 3  # px; PaddleOCR's min_size


@dataclass(frozen=True)
class TextBox:
    """The box of a line of text in shares (0 to 1) of the picture's width and height."""

    left: float
    top: float
    right: float
    bottom: float


def stays(one: TextBox, other: TextBox) -> bool:
    """Whether two lines are in the same place: text that stays is a title, text that passes is a sign."""
    both = sum((box.right - box.left) * (box.bottom - box.top) for box in (one, other))
    shared = common(one, other)
    return shared >= STEADY * (both - shared)


@dataclass(frozen=True)
class TextAtTime:
    """The lines of text of one frame, at `time` (s)."""

    time: Fraction
    lines: tuple[TextBox, ...]


@dataclass(frozen=True)
class TextFacts:
    """Every sampled frame, in order."""

    looks: tuple[TextAtTime, ...]

    def carried(self, when: When) -> TextFacts:
        return TextFacts(carried(self.looks, when))

    @classmethod
    def joined(cls, facts: Sequence[TextFacts], edges: Sequence[Fraction]) -> TextFacts:  # noqa: ARG003 (a protocol)
        return cls(in_order(look for part in facts for look in part.looks))


@dataclass(frozen=True)
class TextDetection(Analyser[TextFacts]):
    """The lines of text in the first frame of every 1/`rate` s: titles, old captions, signs."""

    rate: int = 1
    model: str = MODEL_DIGEST

    version = 1
    wants = SMALL_PICTURE

    def begin(self) -> TextSearch:
        """CapabilityError without OpenCV or the model."""
        return TextSearch(
            Sparse(self.rate), resources.network(MODEL, lambda cv2, path: cv2.dnn.readNet(path))
        )


@dataclass
class TextSearch:
    """The sampled frames so far."""

    sparse: Sparse
    network: Any
    _looks: list[TextAtTime] = field(default_factory=list)

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        if not self.sparse.due(time):
            return
        self._looks.append(TextAtTime(time, tuple(_lines(self._letters(data)))))

    def result(self) -> TextFacts:
        return TextFacts(tuple(self._looks))

    def _letters(self, data: Array) -> NDArray[np.float32]:
        """How much each place looks like the inside of a line of text (0 to 1)."""
        import cv2

        height, width = (max(_STEP, round(side / _STEP) * _STEP) for side in data.shape[:2])
        picture = cv2.resize(np.ascontiguousarray(data), (width, height), interpolation=cv2.INTER_LINEAR)
        self.network.setInput(normalised(picture))
        letters: NDArray[np.float32] = np.asarray(self.network.forward(), np.float32)[0, 0]
        return letters


def _lines(letters: NDArray[np.float32]) -> list[TextBox]:
    """The boxes of lines in a map of letters.

    The network marks the middle of a line, so each box grows by what the mark leaves out.
    """
    import cv2

    height, width = letters.shape
    _, marks, stats, _ = cv2.connectedComponentsWithStats((letters > _LETTER).astype(np.uint8))
    lines = []
    for number, (left, top, wide, high, _) in enumerate(stats[1:], 1):
        inside = letters[top : top + high, left : left + wide][
            marks[top : top + high, left : left + wide] == number
        ]
        if min(wide, high) < _TINY or inside.mean() < _SURE:
            continue
        grown = wide * high * _GROWN / (2 * (wide + high))
        edges = (
            (left - grown) / width,
            (top - grown) / height,
            (left + wide + grown) / width,
            (top + high + grown) / height,
        )
        lines.append(TextBox(*(round(min(1.0, max(0.0, float(edge))), 3) for edge in edges)))
    return sorted(lines, key=lambda line: (line.top, line.left))
