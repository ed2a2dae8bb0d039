"""Tracks of subjects: faces, or bodies, joined from sample to sample within one shot.

Times are seconds; lengths are shares of the picture's sides. Thresholds that name no other source were
chosen by viewing a street crowd, film dialogue, a promo, and a street clip with cuts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from statistics import fmean, median
from typing import Final, Protocol

import numpy as np

from finish.units import Edges

# Samples that a face, or a change of the faces to follow, must last (openshorts: a third of the reversals).
PERSIST: Final = 3
BRIDGE: Final = Fraction(1)  # s that a track survives without its subject
CROWD: Final = 0.08  # of the largest face's area: smaller ones are passers-by and posters
# Box widths that a face can move from one sample to the next (a man who crosses a street: 2.1) …
_STRIDE: Final = 2.5
_STAND: Final = 0.5  # … and while it isn't detected
_ALIKE: Final = 1.6  # the largest ratio of two widths of the same face


class ScoredBox(Edges, Protocol):
    """A subject's box, in shares (0 to 1) of the picture's sides, with the detector's score (0 to 1)."""

    @property
    def score(self) -> float: ...


@dataclass(frozen=True)
class InterpolatedBox:
    """A box that was detected, or one between two that were."""

    left: float
    top: float
    right: float
    bottom: float
    score: float


@dataclass(frozen=True)
class BoxesAtTime:
    """The boxes of one kind in the sample at `time` (s)."""

    time: Fraction
    boxes: Sequence[ScoredBox]


@dataclass(frozen=True)
class SubjectKind:
    """What boxes are of, and which of their tracks count.

    A track must have a mean score of `least_score` and a median area of `least_area` (of the picture's). A
    box needs room `beside`, `above` and `below` it, and its `eyes` are so far below its top, all in box
    sizes.
    """

    least_score: float
    least_area: float
    beside: float
    above: float
    below: float
    eyes: float


# YuNet: most false faces have scores from 0.6, the detector's own threshold, to 0.7. Hair, ears, chin and
# collar are outside the box.
FACES: Final = SubjectKind(least_score=0.7, least_area=0.0, beside=0.25, above=0.75, below=0.5, eyes=0.5)
# EfficientDet: MediaPipe's own threshold. A body's box has all of it, and an eighth of it is head. People
# under a hundredth of the picture are part of a landscape, not its subject.
BODIES: Final = SubjectKind(least_score=0.5, least_area=0.01, beside=0.0, above=0.05, below=0.0, eyes=0.07)


@dataclass(frozen=True, eq=False)
class SubjectTrack:
    """One face, or body, through a shot: the samples (by number) in which it was detected, with its boxes."""

    boxes: tuple[tuple[int, ScoredBox], ...]

    @cached_property
    def score(self) -> float:
        """The mean score."""
        return fmean(box.score for _, box in self.boxes)

    @cached_property
    def area(self) -> float:
        """The median area, as a share of the picture's."""
        return float(median((box.right - box.left) * (box.bottom - box.top) for _, box in self.boxes))

    @cached_property
    def weight(self) -> float:
        """By area, not its root: three faces in the background don't outweigh the two people in front."""
        return self.score * self.area * len(self.boxes)

    def through(self) -> Iterator[tuple[int, ScoredBox]]:
        """The box in every sample from the first to the last; interpolated where it wasn't detected."""
        numbers = [number for number, _ in self.boxes]
        every = np.arange(numbers[0], numbers[-1] + 1)
        columns = np.array([(box.left, box.top, box.right, box.bottom, box.score) for _, box in self.boxes]).T
        rows = np.array([np.interp(every, numbers, column) for column in columns]).T.tolist()
        yield from ((number, InterpolatedBox(*row)) for number, row in zip(every.tolist(), rows, strict=True))


def main_tracks(looks: Sequence[BoxesAtTime], kind: SubjectKind = FACES) -> list[SubjectTrack]:
    """The tracks of one shot that count: sure, large enough, and not of passers-by."""
    tracks = [
        track
        for track in _tracks(looks)
        if len(track.boxes) >= min(PERSIST, len(looks))
        and track.score >= kind.least_score
        and track.area >= kind.least_area
    ]
    largest = max((track.area for track in tracks), default=0.0)
    return [track for track in tracks if track.area >= CROWD * largest]


def boxes_by_sample(looks: Sequence[BoxesAtTime], kind: SubjectKind) -> list[dict[SubjectTrack, ScoredBox]]:
    """For each sample, the box of every main track."""
    boxes: list[dict[SubjectTrack, ScoredBox]] = [{} for _ in looks]
    for track in main_tracks(looks, kind):
        for number, box in track.through():
            boxes[number][track] = box
    return boxes


def _tracks(looks: Sequence[BoxesAtTime]) -> list[SubjectTrack]:
    """Boxes joined from sample to sample, nearest first."""
    tracks: list[list[tuple[int, ScoredBox]]] = []
    alive: list[int] = []
    for number, look in enumerate(looks):
        alive = [index for index in alive if look.time - looks[tracks[index][-1][0]].time <= BRIDGE]
        pairs = sorted(
            (gap, index, which)
            for index in alive
            for which, box in enumerate(look.boxes)
            if (gap := _gap(tracks[index][-1][1], box))
            <= (_STRIDE if tracks[index][-1][0] == number - 1 else _STAND)
        )
        taken: dict[int, int] = {}
        for _, index, which in pairs:
            if index not in taken.values() and which not in taken:
                taken[which] = index
        for which, box in enumerate(look.boxes):
            if which in taken:
                tracks[taken[which]].append((number, box))
            else:
                alive.append(len(tracks))
                tracks.append([(number, box)])
    return [SubjectTrack(tuple(track)) for track in tracks]


def _gap(one: ScoredBox, other: ScoredBox) -> float:
    """The distance of two boxes' centres in box sizes; infinite if they can't be the same face."""
    width, other_width = one.right - one.left, other.right - other.left
    if max(width, other_width) > _ALIKE * min(width, other_width):
        return math.inf
    right = (one.left + one.right - other.left - other.right) / (width + other_width)
    down = (one.top + one.bottom - other.top - other.bottom) / (
        one.bottom - one.top + other.bottom - other.top
    )
    return math.hypot(right, down)
