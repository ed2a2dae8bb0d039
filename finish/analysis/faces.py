"""Where faces are, five times a second, by YuNet, which comes with the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np

from finish import resources
from finish.model import SMALL_PICTURE, Analyser, Array, Sparse
from finish.model.carried_facts import When, carried, in_order

# YuNet 2023mar from OpenCV Zoo (MIT). Part of the key of every answer, because another model answers
# otherwise.
MODEL: Final = "face_detection_yunet_2023mar.onnx"
MODEL_DIGEST: Final = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"  # SHA-256

_OVERLAP: Final = 0.3  # of two boxes of one face: OpenCV Zoo's value
_STEP: Final = 32  # px: both sides of the network's input are multiples of it …
# … and at least this long: in a picture 32 px wide, OpenCV once detected a face in uninitialised memory.
_LEAST: Final = 5 * _STEP
_MOST: Final = 5000  # boxes before overlaps are dropped: OpenCV Zoo's value


@dataclass(frozen=True)
class FaceBox:
    """A face's box in shares (0 to 1) of the picture's width and height, and its confidence (0 to 1).

    `landmarks` are x and y of the right eye, the left eye, the tip of the nose and both corners of the mouth,
    in the same shares, which can be outside the picture; empty if they aren't known.
    """

    left: float
    top: float
    right: float
    bottom: float
    score: float
    landmarks: tuple[float, ...] = ()


@dataclass(frozen=True)
class FacesAtTime:
    """The faces of one frame, at `time` (s)."""

    time: Fraction
    faces: tuple[FaceBox, ...]


@dataclass(frozen=True)
class FaceFacts:
    """Every sampled frame, in order."""

    looks: tuple[FacesAtTime, ...]

    def carried(self, when: When) -> FaceFacts:
        return FaceFacts(carried(self.looks, when))

    @classmethod
    def joined(cls, facts: Sequence[FaceFacts], edges: Sequence[Fraction]) -> FaceFacts:  # noqa: ARG003 (a protocol)
        return cls(in_order(look for part in facts for look in part.looks))


@dataclass(frozen=True)
class Faces(Analyser[FaceFacts]):
    """The faces with a confidence of at least `score`, in the first frame of every 1/`rate` s."""

    rate: int = 5
    score: float = 0.6
    model: str = MODEL_DIGEST

    version = 3
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
    """The sampled frames so far.

    OpenCV's thread count belongs to the process that imported finish, so it isn't changed. YuNet's numbers
    are the same bits with 1, 2, 4 and 8 threads, and they are rounded, so that another processor gives the
    same facts.
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
        # Padded to complete steps: OpenCV's own padding of a very flat picture leaves uninitialised memory
        # in it.
        padded = np.pad(data, ((0, _padding(height)), (0, _padding(width)), (0, 0)))
        if padded.shape[1::-1] != self._size:
            self._size = (padded.shape[1], padded.shape[0])
            self.detector.setInputSize(self._size)
        _, rows = self.detector.detect(padded)
        boxes = () if rows is None else tuple(_face(row, width, height) for row in rows)
        return tuple(
            sorted(
                (box for box in boxes if box.left < box.right and box.top < box.bottom),
                key=lambda box: (box.left, box.top),
            )
        )


def _padding(length: int) -> int:
    """How many px longer a side must be for the network."""
    return max(_LEAST, -(-length // _STEP) * _STEP) - length


def _face(row: Array, width: int, height: int) -> FaceBox:
    """The box of a row of YuNet: left, top, width, height, ten values of landmarks (px), score.

    YuNet's boxes may extend beyond the picture.
    """
    left, top, wide, high = (float(value) for value in row[:4])

    def share(value: float, whole: int) -> float:
        return round(min(1.0, max(0.0, value / whole)), 4)

    return FaceBox(
        share(left, width),
        share(top, height),
        share(left + wide, width),
        share(top + high, height),
        round(float(row[14]), 3),
        tuple(round(float(row[at]) / (height if at % 2 else width), 4) for at in range(4, 14)),
    )
