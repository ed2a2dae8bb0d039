"""How well a crop keeps its subject in frame: how much is visible, when none is, and how calm it moves."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Final

import numpy as np

from finish.errors import PromiseError
from finish.stages.reframe.camera_path import RATE, CameraPath
from finish.stages.reframe.crop_segments import CropSegment
from finish.stages.reframe.subject_choice import Subject
from finish.units import clock, first_frame

_MOST: Final = 0.5  # share of a subject that must be visible for it to be in frame
SPAN: Final = Fraction(2, 5)  # s; house value: viewers don't miss a face that is gone for less


@dataclass(frozen=True)
class CropQuality:
    """How well a crop keeps its subjects.

    `inside` is the share of samples with most of the subject in frame, `covered` the mean visible share of
    it (both 0 to 1). `outside` lists when it is out of frame for longer than `SPAN` (s of the clip). Of the
    path: `reversals`, changes of direction per second, and `jerk`, the mean in shares/s³.
    """

    inside: float
    covered: float
    outside: tuple[tuple[Fraction, Fraction], ...]
    reversals: float
    jerk: float

    @property
    def rounded(self) -> CropQuality:
        """The same in the digits that the lock file keeps, without `outside`."""
        return replace(
            self,
            inside=round(self.inside, 3),
            covered=round(self.covered, 3),
            outside=(),
            reversals=round(self.reversals, 3),
            jerk=round(self.jerk, 3),
        )


def crop_quality(
    subjects: Sequence[Subject], segments: Sequence[CropSegment], share: float, seconds: float
) -> CropQuality:
    """The quality of a crop with a segment for each shot and a window `share` long; at least one subject."""
    samples = [
        (subject.time, *_inside(subject, centre, share))
        for subject, centre in zip(subjects, _centres(segments, subjects), strict=True)
    ]
    return CropQuality(
        sum(inside for _, inside, _ in samples) / len(samples),
        sum(covered for _, _, covered in samples) / len(samples),
        tuple(_outside([(time, inside) for time, inside, _ in samples])),
        sum(_reversals(segment.path) for segment in segments) / max(seconds, 1.0),
        _jerk([segment.path for segment in segments]),
    )


def require_inside(quality: CropQuality, least: float, rate: Fraction) -> None:
    """PromiseError if the subject is in frame in less than `least` (0 to 1) of the samples.

    It names frames at `rate` Hz. Subjects that are out of frame for no longer than `SPAN` at a time only
    lower the reported share.
    """
    if quality.inside >= least or not quality.outside:
        return
    spans = ", ".join(
        f"{first_frame(start, rate)}–{first_frame(end, rate)} ({clock(start)}–{clock(end)})"
        for start, end in quality.outside[:4]
    )
    raise PromiseError(
        f"reframe: subject in frame in {100 * quality.inside:.0f} % of samples, but reframe.inside requires "
        f"{100 * least:.0f} %; it is out of frame in frames {spans}",
        "set the crop by hand with reframe: {centre: [{from: …, to: …, at: [x, y]}]}, "
        "or use motion: responsive, or follow: pad",
    )


def _centres(segments: Sequence[CropSegment], subjects: Sequence[Subject]) -> list[float]:
    """The window's centre at the time of each subject. Subjects and segments are in order of time."""
    bounds = [bisect_left(subjects, segment.start, key=lambda subject: subject.time) for segment in segments]
    centres = (
        segment.path.at(np.array([float(subject.time) for subject in subjects[start:end]])).tolist()
        for segment, (start, end) in zip(segments, pairwise([0, *bounds[1:], len(subjects)]), strict=True)
    )
    return [centre for of_segment in centres for centre in of_segment]


def _inside(subject: Subject, centre: float, share: float) -> tuple[bool, float]:
    """Whether most of a subject is in the window around `centre`, and the visible share of it."""
    low, high = max(centre - share / 2, subject.low), min(centre + share / 2, subject.high)
    # A subject wider than the window can't be inside; then the window must be full of it.
    covered = max(0.0, high - low) / max(1e-9, min(share, subject.high - subject.low))
    return covered >= _MOST, covered


def _outside(samples: Sequence[tuple[Fraction, bool]]) -> Iterator[tuple[Fraction, Fraction]]:
    """From the first of successive samples without the subject to the first with it again."""
    step = Fraction(1, RATE)
    for inside, group in groupby(samples, key=lambda sample: sample[1]):
        times = [time for time, _ in group]
        if not inside and times[-1] + step - times[0] > SPAN:
            yield times[0], times[-1] + step


def _reversals(path: CameraPath) -> int:
    signs = [step > 0 for step in np.diff(path.knots).tolist() if abs(step) > 1e-4]
    return sum(one != other for one, other in pairwise(signs))


def _jerk(paths: Sequence[CameraPath]) -> float:
    values = [np.abs(np.diff(path.knots, 3)) * RATE**3 for path in paths if len(path.knots) > 3]
    return float(np.concatenate(values).mean()) if values else 0.0
