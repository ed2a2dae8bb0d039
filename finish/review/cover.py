"""The best frame for a cover: sharp, well lit, with a face clear of the destination's buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import cv2
import numpy as np

from finish.analysis.faces import FaceFacts
from finish.errors import MediaError
from finish.model import Delivery, Programme
from finish.review.small_frames import FrameRequest, Pixels, frames, small
from finish.units import Box

MOST: Final = 60  # frames compared
_EDGE: Final = Fraction(3, 10)  # s from either end, where fades are
_CUT: Final = Fraction(1, 5)  # s from a cut, where dissolves and jumps are
_DARK, _BRIGHT = 24, 232  # code values: a mean beyond them is a black or a white frame
_FACE: Final = 0.7  # the least score of a face that counts
_WORTH: Final = 3.0  # weight of such a face (sharpness has 1), once it fills `_LARGE` of the frame
_LARGE: Final = 0.05


@dataclass(frozen=True)
class ScoredMoment:
    """A moment of the programme (s) and its score as a cover."""

    time: Fraction
    score: float


def candidates(programme: Programme, cuts: Sequence[Fraction]) -> list[Fraction]:
    """At most `MOST` times (s), evenly spaced, away from cuts and from both ends.

    Only the middle of the programme, if there are no such times.
    """
    cut_times = [time for cut in cuts if (time := programme.when(cut)) is not None]
    step = max(Fraction(1, 4), programme.duration / MOST)
    times = [number * step for number in range(int(programme.duration / step) + 1)]
    clear = [
        time
        for time in times
        if _EDGE <= time <= programme.duration - _EDGE and all(abs(time - cut) >= _CUT for cut in cut_times)
    ]
    return clear or [programme.duration / 2]


def best(
    programme: Programme, delivery: Delivery, faces: FaceFacts, cuts: Sequence[Fraction]
) -> ScoredMoment:
    """The best candidate; MediaError if all of them are dark or blank."""
    times = candidates(programme, cuts)
    pictures = frames([FrameRequest(programme, programme.picture, small(programme.frame))], times)
    scored = [
        ScoredMoment(time, score)
        for time in times
        if (score := _score(pictures[0, time], _faces(programme, delivery, faces, time)))
    ]
    if not scored:
        message = f"{programme.title} has no frame for a cover: all are dark or blank"
        raise MediaError(message, "choose one with: finish still JOB NAME --at TIME")
    return max(scored, key=lambda moment: moment.score)


def _score(picture: Pixels, faces: float) -> float:
    """Sharpness, weighted by how much of the frame faces fill; 0 for a dark or a bright frame."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    if not _DARK <= float(grey.mean()) <= _BRIGHT:
        return 0.0
    sharp = float(np.log1p(cv2.Laplacian(grey, cv2.CV_64F).var()))
    return sharp * (1 + _WORTH * min(1.0, faces / _LARGE))


def _faces(programme: Programme, delivery: Delivery, faces: FaceFacts, time: Fraction) -> float:
    """The share (0 to 1) of the frame that certain faces fill, counting those completely in the safe area."""
    safe = delivery.safe.within(programme.frame)
    return (
        sum(box.size.pixels for box in _boxes(programme, faces, time) if _inside(box, safe))
        / programme.frame.pixels
    )


def _boxes(programme: Programme, faces: FaceFacts, time: Fraction) -> Iterator[Box]:
    sample = min(faces.looks, key=lambda sample: abs(sample.time - programme.where(time)), default=None)
    for face in sample.faces if sample and programme.framing else ():
        box = (
            programme.framing.box(int(time * programme.rate), face.left, face.top, face.right, face.bottom)
            if programme.framing
            else None
        )
        if box and face.score >= _FACE:
            yield box


def _inside(box: Box, safe: Box) -> bool:
    return (
        safe.left <= box.left
        and safe.top <= box.top
        and box.right <= safe.right
        and box.bottom <= safe.bottom
    )
