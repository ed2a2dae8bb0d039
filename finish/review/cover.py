"""The frame of a deliverable that is best for a cover: sharp, lit, with a face that is clear of the destination's own buttons."""

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

MOST: Final = 60  # frames looked at
_EDGE: Final = Fraction(3, 10)  # s from either end, where fades are
_CUT: Final = Fraction(1, 5)  # s from a cut, where dissolves and jumps are
_DARK, _BRIGHT = 24, 232  # code values of a mean that is no picture
_FACE: Final = 0.7  # a face so sure counts …
_WORTH: Final = 3.0  # … so much more than sharpness alone, when it is as large as a twentieth of the frame
_LARGE: Final = 0.05


@dataclass(frozen=True)
class ScoredMoment:
    """A moment of the programme (s), and how good a cover it is."""

    time: Fraction
    score: float


def candidates(programme: Programme, cuts: Sequence[Fraction]) -> list[Fraction]:
    """At most `MOST` moments, evenly over the programme, away from its ends and cuts; its middle where there is no such."""
    shown = [time for cut in cuts if (time := programme.when(cut)) is not None]
    step = max(Fraction(1, 4), programme.duration / MOST)
    found = [at * step for at in range(int(programme.duration / step) + 1)]
    clear = [
        time
        for time in found
        if _EDGE <= time <= programme.duration - _EDGE and all(abs(time - cut) >= _CUT for cut in shown)
    ]
    return clear or [programme.duration / 2]


def best(
    programme: Programme, delivery: Delivery, faces: FaceFacts, cuts: Sequence[Fraction]
) -> ScoredMoment:
    """The best of the candidates; MediaError for a clip that is dark all the way through."""
    times = candidates(programme, cuts)
    seen = frames([FrameRequest(programme, programme.picture, small(programme.frame))], times)
    scored = [
        ScoredMoment(time, score)
        for time in times
        if (score := _score(seen[0, time], _faces(programme, delivery, faces, time)))
    ]
    if not scored:
        message = f"{programme.source.path.name} has no frame that could be a cover: all are dark or blank"
        raise MediaError(message, "choose one: finish still JOB NAME --at …")
    return max(scored, key=lambda each: each.score)


def _score(picture: Pixels, faces: float) -> float:
    """Sharpness, more where faces fill more of the safe zone; 0 for what is dark, blown out, or flat."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    if not _DARK <= float(grey.mean()) <= _BRIGHT:
        return 0.0
    sharp = float(np.log1p(cv2.Laplacian(grey, cv2.CV_64F).var()))
    return sharp * (1 + _WORTH * min(1.0, faces / _LARGE))


def _faces(programme: Programme, delivery: Delivery, faces: FaceFacts, time: Fraction) -> float:
    """The share of the frame that sure faces fill, wholly inside the safe zone."""
    safe = delivery.safe.within(programme.frame)
    return (
        sum(box.size.pixels for box in _boxes(programme, faces, time) if _inside(box, safe))
        / programme.frame.pixels
    )


def _boxes(programme: Programme, faces: FaceFacts, time: Fraction) -> Iterator[Box]:
    look = min(faces.looks, key=lambda each: abs(each.time - programme.where(time)), default=None)
    for face in look.faces if look and programme.framing else ():
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
