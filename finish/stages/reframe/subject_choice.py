"""The subjects that a window follows in each sample: those of which it holds the most, and its best centre.

Times are seconds; lengths are shares of the picture along the axis on which the window moves. Thresholds
that name no other source were chosen by viewing the clips of `subject_tracks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from statistics import fmean
from typing import Final, Literal

import numpy as np

from finish.stages.reframe.camera_path import Floats
from finish.stages.reframe.subject_tracks import (
    FACES,
    PERSIST,
    BoxesAtTime,
    ScoredBox,
    SubjectKind,
    SubjectTrack,
    boxes_by_sample,
)

_WHOLE: Final = 0.95  # of a box with its room: below it, the box is cut
_POSITIONS: Final = 81  # windows that are compared
_CENTRE_BIAS: Final = 0.05  # what the far edge costs against the centre: breaks ties only
_PACE: Final = 0.5  # s on either side from which a subject's speed is measured
_WALKING: Final = 0.05  # of the picture a second: slower subjects stand
_LEAD: Final = 0.2  # s of a subject's way that the window shows ahead of it: house value …
_MOST_LEAD: Final = 0.1  # … at most so much of the window: 60 to 40, as camera operators frame
EYE_LINE: Final = 0.4  # of a window's height, from its top: where eyes are when the window moves up and down

Boxes = Mapping[SubjectTrack, ScoredBox]


@dataclass(frozen=True)
class Subject:
    """What a window follows at `time` (s): the span that it needs along its axis, and the best centre.

    `kind` is what was detected: a face, a body, or a salient region ("gaze").
    """

    time: Fraction
    low: float
    high: float
    middle: float
    kind: Literal["face", "body", "gaze"] = "face"


def subjects(
    looks: Sequence[BoxesAtTime], share: float, across: bool, kind: SubjectKind = FACES
) -> list[Subject]:
    """What to follow with a window `share` long, in each sample of one shot that has a subject.

    `across`: the window moves left and right; otherwise up and down, with headroom.
    """
    samples = boxes_by_sample(looks, kind)
    followed = _lasting([_best(boxes, share, across, kind) for boxes in samples])
    boxes_followed = (
        [box for track, box in boxes.items() if track in tracks]
        for boxes, tracks in zip(samples, followed, strict=True)
    )
    chosen = [
        _subject(look.time, boxes, share, across, kind)
        for look, boxes in zip(looks, boxes_followed, strict=True)
        if boxes
    ]
    return _with_lead_room(chosen, share) if across else chosen


def coverage(
    looks: Sequence[BoxesAtTime], share: float, across: bool, kind: SubjectKind = FACES
) -> float | None:
    """How much of the subjects the best window `share` long holds, by their weights.

    It is the mean over all samples that have a subject; None if none has.
    """
    covers = [_most_covered(boxes, share, across, kind) for boxes in boxes_by_sample(looks, kind) if boxes]
    return fmean(covers) if covers else None


def _with_lead_room(subjects: Sequence[Subject], share: float) -> list[Subject]:
    """Subjects that walk get more room ahead than behind, as far as all of them stays in the window."""
    times = np.array([float(subject.time) for subject in subjects])
    middles = np.array([subject.middle for subject in subjects])
    led = []
    for subject, time in zip(subjects, times.tolist(), strict=True):
        near = slice(*np.searchsorted(times, (time - _PACE, time + _PACE)).tolist())
        speed = _median_speed(times[near], middles[near])
        most = _MOST_LEAD * share
        room = min(max(_LEAD * speed, -most), most) if abs(speed) > _WALKING else 0.0
        middle = min(max(subject.middle + room, subject.high - share / 2), subject.low + share / 2)
        fits = subject.high - subject.low < share
        led.append(replace(subject, middle=middle) if room and fits else subject)
    return led


def _median_speed(times: Floats, middles: Floats) -> float:
    """Shares a second; 0 for few samples. The median ignores changes from one subject to another."""
    steps = np.diff(middles) / np.diff(times)
    return float(np.median(steps)) if steps.size + 1 >= PERSIST else 0.0


def _most_covered(boxes: Boxes, share: float, across: bool, kind: SubjectKind) -> float:
    covers, _, weights = _covers(boxes, share, across, kind)
    return float((covers @ weights).max() / weights.sum())


def _best(boxes: Boxes, share: float, across: bool, kind: SubjectKind) -> frozenset[SubjectTrack]:
    """The tracks whose boxes are whole in the best window; the heaviest alone if none fits."""
    if not boxes:
        return frozenset()
    tracks = list(boxes)
    covers, middles, weights = _covers(boxes, share, across, kind)
    scores = covers @ weights - _CENTRE_BIAS * weights.sum() * np.abs(middles - 0.5)
    whole = covers[int(np.argmax(scores))] >= _WHOLE
    kept = [track for track, inside in zip(tracks, whole, strict=True) if inside]
    return frozenset(kept or [tracks[int(np.argmax(weights))]])


def _covers(boxes: Boxes, share: float, across: bool, kind: SubjectKind) -> tuple[Floats, Floats, Floats]:
    """How much (0 to 1) of each box the windows hold, (windows, boxes); their centres; the boxes' weights."""
    low, high = np.array([_span(box, across, kind) for box in boxes.values()]).T
    middles = np.linspace(share / 2, 1 - share / 2, _POSITIONS)[:, None]
    inside = np.minimum(high, middles + share / 2) - np.maximum(low, middles - share / 2)
    # A box that is wider than the window counts as covered when it fills the window.
    covers = np.clip(inside, 0, None) / np.minimum(high - low, share)
    return covers, middles[:, 0], np.array([track.weight for track in boxes])


def _lasting(chosen: Sequence[frozenset[SubjectTrack]]) -> list[frozenset[SubjectTrack]]:
    """`chosen` without changes that don't last; samples without a subject stay so and interrupt nothing."""
    occupied = [number for number, tracks in enumerate(chosen) if tracks]
    runs = [
        (tracks, list(numbers)) for tracks, numbers in groupby(occupied, key=lambda number: chosen[number])
    ]
    if not runs:
        return list(chosen)
    lasting = [run for run in runs if len(run[1]) >= PERSIST] or [max(runs, key=lambda run: len(run[1]))]
    result: list[frozenset[SubjectTrack]] = [frozenset()] * len(chosen)
    held = lasting[0][0]
    for tracks, numbers in runs:
        held = tracks if (tracks, numbers) in lasting else held
        for number in numbers:
            result[number] = held
    return result


def _subject(
    time: Fraction, boxes: Sequence[ScoredBox], share: float, across: bool, kind: SubjectKind
) -> Subject:
    """The subject of some boxes. The best centre is theirs, or puts the eyes on `EYE_LINE`."""
    spans = [_span(box, across, kind) for box in boxes]
    low, high = min(start for start, _ in spans), max(end for _, end in spans)
    if across:
        return Subject(time, low, high, (low + high) / 2)
    lines = [box.top + kind.eyes * (box.bottom - box.top) for box in boxes]
    eyes = (min(lines) + max(lines)) / 2
    middle = min(max(eyes + (0.5 - EYE_LINE) * share, high - share / 2), low + share / 2)
    return Subject(time, low, high, middle)


def _span(box: ScoredBox, across: bool, kind: SubjectKind) -> tuple[float, float]:
    """The span along the window's axis that a box needs, with its room."""
    if across:
        beside = kind.beside * (box.right - box.left)
        return max(0.0, box.left - beside), min(1.0, box.right + beside)
    height = box.bottom - box.top
    return max(0.0, box.top - kind.above * height), min(1.0, box.bottom + kind.below * height)
