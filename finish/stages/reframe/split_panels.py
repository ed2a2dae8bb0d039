"""Two people who don't fit one crop, each in a panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from finish.stages.reframe.crop_segments import Panel
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.subject_choice import EYE_LINE
from finish.stages.reframe.subject_tracks import BoxesAtTime, SubjectTrack, main_tracks

THERE: Final = 0.4  # share of the samples that must have each face
ALIKE: Final = 2.5  # the largest ratio of the two faces' areas
APART: Final = 0.8  # of a crop's width, at least, from face to face
_FACES: Final = 4.5  # house value: widths of the larger face that a panel shows: head and shoulders
_NARROWEST: Final = 0.2  # of the picture: a narrower panel would be soft
# Face widths from a face's centre to the edge of the head: hair and ears are outside the box.
_BESIDE: Final = 0.65


def two_panels(looks: Sequence[BoxesAtTime], window: CropWindow) -> tuple[Panel, ...]:
    """The panels of exactly two people, the left one first; () otherwise, or if one crop could hold both."""
    tracks = main_tracks(looks)
    if len(tracks) != 2 or not window.across or window.frame.aspect >= 1:
        return ()
    one, other = sorted((_MedianFace.of(track) for track in tracks), key=lambda face: face.x)
    present = min(len(track.boxes) for track in tracks) / len(looks)
    ratio = max(one.width, other.width) / min(one.width, other.width)
    if present < THERE or ratio**2 > ALIKE or other.x - one.x < APART * float(window.share):
        return ()
    return _panels(one, other, window)


@dataclass(frozen=True)
class _MedianFace:
    """The median of a face's boxes: its centre and its width, in shares of the picture's sides."""

    x: float
    y: float
    width: float

    @classmethod
    def of(cls, track: SubjectTrack) -> _MedianFace:
        faces = [face for _, face in track.boxes]
        return cls(
            median((face.left + face.right) / 2 for face in faces),
            median((face.top + face.bottom) / 2 for face in faces),
            median(face.right - face.left for face in faces),
        )


def _panels(one: _MedianFace, other: _MedianFace, window: CropWindow) -> tuple[Panel, ...]:
    """Head and shoulders, without the other person's face; () if that makes a panel too narrow."""
    # The aspect of half of the frame, in shares of the picture's sides.
    aspect = float(window.frame.aspect) * 2 / float(window.picture.aspect)
    larger = max(one.width, other.width)
    apart = other.x - one.x - _BESIDE * larger
    width = min(1.0, aspect, 2 * apart, max(_FACES * larger, _NARROWEST))
    if width < _NARROWEST:
        return ()
    height = width / aspect
    return tuple(
        Panel(_within(face.x, width), _within(face.y + (0.5 - EYE_LINE) * height, height), round(width, 4))
        for face in (one, other)
    )


def _within(middle: float, length: float) -> float:
    """The centre of a span of `length` that stays within the picture."""
    return round(min(max(middle, length / 2), 1 - length / 2), 4)
