"""Where faces are, five times a second: YuNet, which comes with the package."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np

from finish import resources
from finish.model import SMALL_PICTURE, Analyser, Array, Sparse

# YuNet 2023mar from OpenCV Zoo (MIT); part of every answer's identity, because another model gives other answers.
MODEL: Final = "face_detection_yunet_2023mar.onnx"
MODEL_DIGEST: Final = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"  # SHA-256

_OVERLAP: Final = 0.3  # of two boxes of one face: OpenCV Zoo's own value
_STEP: Final = 32  # px: both sides of what the network sees are multiples of it …
_LEAST: Final = (
    5 * _STEP
)  # … and at least so long: in a picture 32 px wide OpenCV once saw a face that was but memory
_MOST: Final = 5000  # boxes before overlaps are dropped; likewise


@dataclass(frozen=True)
class FaceBox:
    """A face's box as shares (0 to 1) of the picture's width and height, and how sure the model is (0 to 1)."""

    left: float
    top: float
    right: float
    bottom: float
    score: float


@dataclass(frozen=True)
class FacesAtTime:
    """The faces of one frame, at `time` (s)."""

    time: Fraction
    faces: tuple[FaceBox, ...]


@dataclass(frozen=True)
class FaceFacts:
    """Every frame that was looked at, in order."""

    looks: tuple[FacesAtTime, ...]


@dataclass(frozen=True)
class Faces(Analyser[FaceFacts]):
    """The faces of a picture, on the first frame of every 1/`rate` s, that the model is at least `score` sure of."""

    rate: int = 5
    score: float = 0.6
    model: str = MODEL_DIGEST

    version = 2
    wants = SMALL_PICTURE

    def begin(self) -> FaceSearch:
        """CapabilityError without OpenCV or the model."""
        return FaceSearch(Sparse(self.rate), _detector(self.score))


def _detector(score: float) -> Any:
    return resources.network(
        MODEL, lambda cv2, path: cv2.FaceDetectorYN.create(path, "", (640, 640), score, _OVERLAP, _MOST)
    )


@dataclass
class FaceSearch:
    """What has been seen so far.

    OpenCV's thread count belongs to the process that imported us, so it is left alone: YuNet's numbers are the same bits at
    1, 2, 4 and 8 threads, and are rounded below so that another processor's last bits make no other facts.
    """

    sparse: Sparse
    detector: Any
    _looks: list[FacesAtTime] = field(default_factory=list)
    _size: tuple[int, int] = (640, 640)

    def add(self, time: Fraction, data: Array) -> None:
        """One BGR frame (height, width, 3) uint8 at `time` seconds."""
        if not self.sparse.due(time):
            return
        self._looks.append(FacesAtTime(time, self._faces(data)))

    def result(self) -> FaceFacts:
        return FaceFacts(tuple(self._looks))

    def _faces(self, data: Array) -> tuple[FaceBox, ...]:
        height, width = data.shape[:2]
        # Filled up to whole steps of the network here: OpenCV's own filling of a very flat picture leaves memory in it as it found it.
        filled = np.pad(data, ((0, _missing(height)), (0, _missing(width)), (0, 0)))
        if filled.shape[1::-1] != self._size:
            self._size = (filled.shape[1], filled.shape[0])
            self.detector.setInputSize(self._size)
        _, rows = self.detector.detect(filled)
        boxes = () if rows is None else tuple(_face(row, width, height) for row in rows)
        return tuple(
            sorted(
                (box for box in boxes if box.left < box.right and box.top < box.bottom),
                key=lambda box: (box.left, box.top),
            )
        )


def _missing(length: int) -> int:
    """How much longer a side must be for the network."""
    return max(_LEAST, -(-length // _STEP) * _STEP) - length


def _face(row: Array, width: int, height: int) -> FaceBox:
    """A row of YuNet (left, top, width, height, ten landmark values, score) in pixels; boxes may reach out of the picture."""
    left, top, wide, high = (float(value) for value in row[:4])

    def share(value: float, whole: int) -> float:
        return round(min(1.0, max(0.0, value / whole)), 4)

    return FaceBox(
        share(left, width),
        share(top, height),
        share(left + wide, width),
        share(top + high, height),
        round(float(row[14]), 3),
    )
