"""Whom to follow: faces, or bodies, joined to tracks within one shot, and at each look the window that keeps the most of them.

Times are seconds; lengths are shares of the picture along the axis on which the crop moves. Weights and thresholds that name
no other source were chosen by looking: at a street crowd, film dialogue, a promo and a street clip with cuts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from statistics import fmean, median
from typing import Final, Literal, Protocol

import numpy as np

from finish.stages.reframe.camera_path import Floats
from finish.units import Edges

PERSIST: Final = (
    3  # looks that a face, or a change of faces to follow, must last (openshorts: a third of the reversals)
)
BRIDGE: Final = Fraction(1)  # s that a track survives unseen
CROWD: Final = 0.08  # of the biggest face's area: smaller ones are passers-by and posters
_STRIDE: Final = (
    2.5  # boxes that a face may move from one look to the next (a man who crosses a street: 2.1) …
)
_STAND: Final = 0.5  # … and while it is not seen
_ALIKE: Final = 1.6  # times as wide as the same face may be
_WHOLE: Final = 0.95  # of a box with its room: below it it is cut
_POSITIONS: Final = 81  # windows tried
_MIDDLE: Final = 0.05  # what the far edge costs against the middle: breaks ties only
_PACE: Final = 0.5  # s on either side in which somebody's speed is taken
_GOING: Final = 0.05  # of the picture a second: slower is standing
_AHEAD: Final = 0.2  # s of the way that is shown before them: house …
_MOST_AHEAD: Final = 0.1  # … at most so much of the window: 60 to 40, as camera operators frame
EYE_LINE: Final = 0.4  # of a window's height: where eyes stand when the window moves up and down


class ScoredBox(Edges, Protocol):
    """Where somebody is, in shares (0 to 1) of the picture's sides, and how sure the model is (0 to 1)."""

    @property
    def score(self) -> float: ...


@dataclass(frozen=True)
class InterpolatedBox:
    """A box that was found, or lies between two that were."""

    left: float
    top: float
    right: float
    bottom: float
    score: float


@dataclass(frozen=True)
class BoxesAtTime:
    """The boxes of one kind that a look at `time` (s) has found."""

    time: Fraction
    boxes: Sequence[ScoredBox]


@dataclass(frozen=True)
class SubjectKind:
    """What boxes are of: the mean score of a track that counts; the least area (of the picture's) of one; the room that a box needs on
    either side, above and below, and where its eyes are, in boxes."""

    sure: float
    least: float
    beside: float
    above: float
    below: float
    eyes: float


# YuNet: between 0.7 and the detector's 0.6 lie most false faces; hair, ears, chin and collar are not in its box.
FACES: Final = SubjectKind(sure=0.7, least=0.0, beside=0.25, above=0.75, below=0.5, eyes=0.5)
# EfficientDet: as MediaPipe's own threshold; a body is all there is, and an eighth of it is head. People under a hundredth of the picture
# are in a landscape, not its subject.
BODIES: Final = SubjectKind(sure=0.5, least=0.01, beside=0.0, above=0.05, below=0.0, eyes=0.07)


@dataclass(frozen=True, eq=False)
class SubjectTrack:
    """One face, or body, through a shot: the looks (by number) in which it was seen."""

    seen: tuple[tuple[int, ScoredBox], ...]

    @cached_property
    def score(self) -> float:
        return fmean(box.score for _, box in self.seen)

    @cached_property
    def area(self) -> float:
        """Share of the picture's area."""
        return float(median((box.right - box.left) * (box.bottom - box.top) for _, box in self.seen))

    @cached_property
    def weight(self) -> float:
        """By area, not its root: three faces in the background don't outweigh the two people in front."""
        return self.score * self.area * len(self.seen)

    def through(self) -> Iterator[tuple[int, ScoredBox]]:
        """The face in every look from the first to the last that saw it; where it was missed, on a straight line."""
        numbers = [number for number, _ in self.seen]
        every = np.arange(numbers[0], numbers[-1] + 1)
        columns = np.array([(box.left, box.top, box.right, box.bottom, box.score) for _, box in self.seen]).T
        rows = np.array([np.interp(every, numbers, column) for column in columns]).T.tolist()
        yield from ((number, InterpolatedBox(*row)) for number, row in zip(every.tolist(), rows, strict=True))


@dataclass(frozen=True)
class Subject:
    """Whom to follow at `time` (s): from where to where they need the window, along its axis; where its middle is best; what was seen."""

    time: Fraction
    low: float
    high: float
    middle: float
    of: Literal["face", "body", "gaze"] = "face"


def subjects(
    looks: Sequence[BoxesAtTime], share: float, across: bool, kind: SubjectKind = FACES
) -> list[Subject]:
    """Whom to follow with a window `share` long, in each look of one shot that shows somebody.

    `across` moves it left and right; otherwise up and down, with headroom.
    """
    present = _present(looks, kind)
    chosen = _steady([_best(boxes, share, across, kind) for boxes in present])
    kept = (
        [box for track, box in boxes.items() if track in keep]
        for boxes, keep in zip(present, chosen, strict=True)
    )
    found = [
        _subject(look.time, boxes, share, across, kind)
        for look, boxes in zip(looks, kept, strict=True)
        if boxes
    ]
    return _led(found, share) if across else found


def _led(subjects: Sequence[Subject], share: float) -> list[Subject]:
    """Those who go somewhere with more room before than behind them, as far as all of them stays in the window."""
    times, middles = (
        np.array([float(each.time) for each in subjects]),
        np.array([each.middle for each in subjects]),
    )
    led = []
    for each, time in zip(subjects, times.tolist(), strict=True):
        near = slice(*np.searchsorted(times, (time - _PACE, time + _PACE)).tolist())
        steps = np.diff(middles[near]) / np.diff(times[near])
        speed = (
            float(np.median(steps)) if steps.size + 1 >= PERSIST else 0.0
        )  # the median: who changes places with another has no speed
        room = (
            min(max(_AHEAD * speed, -_MOST_AHEAD * share), _MOST_AHEAD * share)
            if abs(speed) > _GOING
            else 0.0
        )
        within = min(max(each.middle + room, each.high - share / 2), each.low + share / 2)
        led.append(replace(each, middle=within) if room and each.high - each.low < share else each)
    return led


def main_tracks(looks: Sequence[BoxesAtTime], kind: SubjectKind = FACES) -> list[SubjectTrack]:
    """The tracks of one shot that count."""
    return _worthy(_tracks(looks), len(looks), kind)


def coverage(
    looks: Sequence[BoxesAtTime], share: float, across: bool, kind: SubjectKind = FACES
) -> float | None:
    """How much of those who count a window `share` long holds where it holds most, by their weight, on the mean of all looks that
    show any; None where none do."""
    covers = [_most(boxes, share, across, kind) for boxes in _present(looks, kind) if boxes]
    return fmean(covers) if covers else None


def _present(looks: Sequence[BoxesAtTime], kind: SubjectKind) -> list[dict[SubjectTrack, ScoredBox]]:
    """For each look, where those who count are in it."""
    present: list[dict[SubjectTrack, ScoredBox]] = [{} for _ in looks]
    for track in main_tracks(looks, kind):
        for number, box in track.through():
            present[number][track] = box
    return present


def _most(boxes: dict[SubjectTrack, ScoredBox], share: float, across: bool, kind: SubjectKind) -> float:
    covers, _, weights = _covers(boxes, share, across, kind)
    return float((covers @ weights).max() / weights.sum())


def _tracks(looks: Sequence[BoxesAtTime]) -> list[SubjectTrack]:
    """Boxes joined from look to look, nearest first."""
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
    """Distance of two boxes' middles in boxes; infinite when they can't be the same face."""
    wide, other_wide = one.right - one.left, other.right - other.left
    if max(wide, other_wide) > _ALIKE * min(wide, other_wide):
        return math.inf
    right = (one.left + one.right - other.left - other.right) / (wide + other_wide)
    down = (one.top + one.bottom - other.top - other.bottom) / (
        one.bottom - one.top + other.bottom - other.top
    )
    return math.hypot(right, down)


def _worthy(tracks: Sequence[SubjectTrack], looks: int, kind: SubjectKind) -> list[SubjectTrack]:
    sure = [
        track
        for track in tracks
        if len(track.seen) >= min(PERSIST, looks) and track.score >= kind.sure and track.area >= kind.least
    ]
    biggest = max((track.area for track in sure), default=0.0)
    return [track for track in sure if track.area >= CROWD * biggest]


def _best(
    boxes: dict[SubjectTrack, ScoredBox], share: float, across: bool, kind: SubjectKind
) -> frozenset[SubjectTrack]:
    """The tracks whose boxes stand whole in the best window; the heaviest alone when none fits."""
    if not boxes:
        return frozenset()
    tracks = list(boxes)
    covers, middles, weights = _covers(boxes, share, across, kind)
    scores = covers @ weights - _MIDDLE * weights.sum() * np.abs(middles - 0.5)
    whole = covers[int(np.argmax(scores))] >= _WHOLE
    kept = [track for track, inside in zip(tracks, whole, strict=True) if inside]
    return frozenset(kept or [tracks[int(np.argmax(weights))]])


def _covers(
    boxes: dict[SubjectTrack, ScoredBox], share: float, across: bool, kind: SubjectKind
) -> tuple[Floats, Floats, Floats]:
    """How much (0 to 1) of each box the windows hold, (windows, boxes); where their middles are; and what each box weighs."""
    low, high = np.array([_room(box, across, kind) for box in boxes.values()]).T
    middles = np.linspace(share / 2, 1 - share / 2, _POSITIONS)[:, None]
    # What is wider than the window fills it: it cannot hold more.
    covers = np.clip(
        np.minimum(high, middles + share / 2) - np.maximum(low, middles - share / 2), 0, None
    ) / np.minimum(high - low, share)
    return covers, middles[:, 0], np.array([track.weight for track in boxes])


def _steady(chosen: Sequence[frozenset[SubjectTrack]]) -> list[frozenset[SubjectTrack]]:
    """`chosen` without the changes that don't last; looks without anybody stay so and interrupt nothing."""
    seen = [number for number, tracks in enumerate(chosen) if tracks]
    runs = [(tracks, list(numbers)) for tracks, numbers in groupby(seen, key=lambda number: chosen[number])]
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
    """`boxes`, and the middle of a window around them: theirs, or the one that puts eyes on their line; headroom before all."""
    rooms = [_room(box, across, kind) for box in boxes]
    low, high = min(start for start, _ in rooms), max(end for _, end in rooms)
    if across:
        return Subject(time, low, high, (low + high) / 2)
    lines = [box.top + kind.eyes * (box.bottom - box.top) for box in boxes]
    eyes = (min(lines) + max(lines)) / 2
    return Subject(
        time, low, high, min(max(eyes + (0.5 - EYE_LINE) * share, high - share / 2), low + share / 2)
    )


def _room(box: ScoredBox, across: bool, kind: SubjectKind) -> tuple[float, float]:
    """From where to where a box needs the window, along its axis."""
    if across:
        beside = kind.beside * (box.right - box.left)
        return max(0.0, box.left - beside), min(1.0, box.right + beside)
    high = box.bottom - box.top
    return max(0.0, box.top - kind.above * high), min(1.0, box.bottom + kind.below * high)
