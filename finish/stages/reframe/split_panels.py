"""Two people who don't fit one crop, each in a panel."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from finish.stages.reframe.crop_segments import Panel
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.subject_tracks import EYE_LINE, BoxesAtTime, SubjectTrack, main_tracks

THERE: Final = 0.4  # share of the looks in which each must be seen
ALIKE: Final = 2.5  # times as large as the other a face may be
APART: Final = 0.8  # of a crop's width, at least, from face to face
_FACES: Final = 4.5  # house: faces' widths that a panel shows: head and shoulders
_NARROWEST: Final = 0.2  # of the picture: what is enlarged further is soft
_BESIDE: Final = 0.65  # faces from a face's middle to where the head ends: hair and ears are not in the box


def two_panels(looks: Sequence[BoxesAtTime], window: CropWindow) -> tuple[Panel, ...]:
    """The panels of exactly two people, the left one first; () for another number, or if one crop could hold both."""
    tracks = main_tracks(looks)
    if len(tracks) != 2 or not window.across or window.frame.aspect >= 1:
        return ()
    one, other = sorted((_Face.of(track) for track in tracks), key=lambda face: face.x)
    seen = min(len(track.seen) for track in tracks) / len(looks)
    sizes = max(one.wide, other.wide) / min(one.wide, other.wide)
    if seen < THERE or sizes**2 > ALIKE or other.x - one.x < APART * float(window.share):
        return ()
    return _panels(one, other, window)


class _Face:
    """A face as it mostly is: its middle and its width, in shares of the picture's sides."""

    def __init__(self, x: float, y: float, wide: float) -> None:
        self.x, self.y, self.wide = x, y, wide

    @classmethod
    def of(cls, track: SubjectTrack) -> _Face:
        faces = [face for _, face in track.seen]
        return cls(
            median((face.left + face.right) / 2 for face in faces),
            median((face.top + face.bottom) / 2 for face in faces),
            median(face.right - face.left for face in faces),
        )


def _panels(one: _Face, other: _Face, window: CropWindow) -> tuple[Panel, ...]:
    """Head and shoulders, so narrow that neither panel shows the other's face; () where that is too narrow."""
    aspect = (
        float(window.frame.aspect) * 2 / float(window.picture.aspect)
    )  # of half of the frame, in shares of the picture
    apart = other.x - one.x - _BESIDE * max(one.wide, other.wide)
    width = min(1.0, aspect, 2 * apart, max(_FACES * max(one.wide, other.wide), _NARROWEST))
    if width < _NARROWEST:
        return ()
    high = width / aspect
    return tuple(
        Panel(_within(face.x, width), _within(face.y + (0.5 - EYE_LINE) * high, high), round(width, 4))
        for face in (one, other)
    )


def _within(middle: float, length: float) -> float:
    return round(min(max(middle, length / 2), 1 - length / 2), 4)
