"""Whether a crop keeps whom it follows: how much of them is inside, when they are not, and how calmly it moves."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise

import numpy as np

from finish.errors import PromiseError
from finish.stages.reframe.camera_path import RATE, CameraPath
from finish.stages.reframe.crop_commands import CropLeg
from finish.stages.reframe.subject_tracks import Subject
from finish.units import clock, first_frame

_MOST = 0.5
SPAN = Fraction(2, 5)  # s; house: for less nobody misses a face that passes


@dataclass(frozen=True)
class CropQuality:
    """Of the looks that show a subject: the share in which most of it is inside, how much of it is on the mean (0 to 1), and when it is
    outside for longer than `SPAN` (s of the clip). Of the path: changes of direction a second, and mean jerk (shares/s³)."""

    inside: float
    covered: float
    outside: tuple[tuple[Fraction, Fraction], ...]
    reversals: float
    jerk: float

    def __str__(self) -> str:
        return (
            f"the subject is inside in {100 * self.inside:.0f} % of them and covered by {100 * self.covered:.0f} %; "
            f"{self.reversals:.2f} reversals/s, jerk {self.jerk:.2f}"
        )


def kept(subjects: Sequence[Subject], legs: Sequence[CropLeg], share: float, seconds: float) -> CropQuality:
    """What legs keep of the subjects of all their shots, at least one; a window is `share` long."""
    shares = [
        (subject.time, *_inside(subject, middle, share))
        for subject, middle in zip(subjects, _middles(legs, subjects), strict=True)
    ]
    return CropQuality(
        sum(there for _, there, _ in shares) / len(shares),
        sum(covered for _, _, covered in shares) / len(shares),
        tuple(_outside([(time, there) for time, there, _ in shares])),
        sum(_turns(leg.path) for leg in legs) / max(seconds, 1.0),
        _jerk([leg.path for leg in legs]),
    )


def refuse_lost(found: CropQuality, least: float, rate: Fraction) -> None:
    """PromiseError where less than so much of the looks have their subject inside, with the frames that don't; somebody who but
    passes, too quickly for `SPAN`, is told and not refused."""
    if found.inside >= least or not found.outside:
        return
    spans = ", ".join(
        f"{first_frame(start, rate)}–{first_frame(end, rate)} ({clock(start)}–{clock(end)})"
        for start, end in found.outside[:4]
    )
    share = f"the subject is inside in {100 * found.inside:.0f} % of the looks, and {100 * least:.0f} % are promised"
    message = f"reframe: {share}: it is outside in frames {spans}"
    raise PromiseError(
        message,
        "reframe: {centre: [{from: …, to: …, at: [x, y]}]} by hand, motion: responsive, or follow: pad",
    )


def _middles(legs: Sequence[CropLeg], subjects: Sequence[Subject]) -> list[float]:
    """Where the window's middle is when each of the subjects is there; they are in order, as the legs are."""
    bounds = [*(bisect_left(subjects, leg.start, key=lambda each: each.time) for leg in legs), len(subjects)]
    places = (
        leg.path.at(np.array([float(each.time) for each in subjects[start:end]])).tolist()
        for leg, (start, end) in zip(legs, pairwise([0, *bounds[1:]]), strict=True)
    )
    return [each for some in places for each in some]


def _inside(subject: Subject, middle: float, share: float) -> tuple[bool, float]:
    """Whether most of a subject lies in the window around `middle`, and how much of it does."""
    low, high = max(middle - share / 2, subject.low), min(middle + share / 2, subject.high)
    # What is wider than the window cannot be inside: then it is the window that should be full.
    covered = max(0.0, high - low) / max(1e-9, min(share, subject.high - subject.low))
    return covered >= _MOST, covered


def _outside(looks: Sequence[tuple[Fraction, bool]]) -> Iterator[tuple[Fraction, Fraction]]:
    """From the first look of a row of such without the subject to the first with it again."""
    step = Fraction(1, RATE)
    for there, group in groupby(looks, key=lambda look: look[1]):
        times = [time for time, _ in group]
        if not there and times[-1] + step - times[0] > SPAN:
            yield times[0], times[-1] + step


def _turns(path: CameraPath) -> int:
    signs = [step > 0 for step in np.diff(path.knots).tolist() if abs(step) > 1e-4]
    return sum(one != other for one, other in pairwise(signs))


def _jerk(paths: Sequence[CameraPath]) -> float:
    every = [np.abs(np.diff(path.knots, 3)) * RATE**3 for path in paths if len(path.knots) > 3]
    return float(np.concatenate(every).mean()) if every else 0.0
