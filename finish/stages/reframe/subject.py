"""Whom to follow: faces joined to tracks within one shot, and at each look the window that keeps the most of them.

Times are seconds; lengths are shares of the picture along the axis on which the crop moves. Weights and thresholds that name
no other source were chosen by looking: at a street crowd, film dialogue, a promo and a street clip with cuts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from statistics import fmean, median
from typing import Final

import numpy as np

from finish.analyse.faces import Face, Look
from finish.stages.reframe.path import Floats

SURE: Final = 0.7               # mean score of a track that counts; between this and the detector's 0.6 lie most false faces
PERSIST: Final = 3              # looks that a face, or a change of faces to follow, must last (openshorts: a third of the reversals)
BRIDGE: Final = Fraction(1)     # s that a track survives unseen
CROWD: Final = 0.08             # of the biggest face's area: smaller ones are passers-by and posters
_STRIDE: Final = 2.5            # boxes that a face may move from one look to the next (a man who crosses a street: 2.1) …
_STAND: Final = 0.5             # … and while it is not seen
_ALIKE: Final = 1.6             # times as wide as the same face may be
_BESIDE: Final = 0.25           # faces of room on either side: hair and ears are not in YuNet's box
_ABOVE, _BELOW = 0.75, 0.5      # faces of room for hair and hats, and for chin and collar
_WHOLE: Final = 0.95            # of a face with that room: below it the face is cut
_POSITIONS: Final = 81          # windows tried
_MIDDLE: Final = 0.05           # what the far edge costs against the middle: breaks ties only
EYE_LINE: Final = 0.4          # of a window's height: where a face's middle stands when the window moves up and down


@dataclass(frozen=True, eq=False)
class Track:
    """One face through a shot: the looks (by number) in which it was seen."""

    seen: tuple[tuple[int, Face], ...]

    @cached_property
    def score(self) -> float:
        return fmean(face.score for _, face in self.seen)

    @cached_property
    def area(self) -> float:
        """Share of the picture's area."""
        return float(median((face.right - face.left) * (face.bottom - face.top) for _, face in self.seen))

    @cached_property
    def weight(self) -> float:
        """By area, not its root: three faces in the background don't outweigh the two people in front."""
        return self.score * self.area * len(self.seen)

    def through(self) -> Iterator[tuple[int, Face]]:
        """The face in every look from the first to the last that saw it; where it was missed, on a straight line."""
        numbers = [number for number, _ in self.seen]
        every = np.arange(numbers[0], numbers[-1] + 1)
        columns = np.array([(face.left, face.top, face.right, face.bottom, face.score) for _, face in self.seen]).T
        rows = np.array([np.interp(every, numbers, column) for column in columns]).T.tolist()
        yield from ((number, Face(*row)) for number, row in zip(every.tolist(), rows, strict=True))


@dataclass(frozen=True)
class Subject:
    """Whom to follow at `time` (s): from where to where they need the window, along its axis, and where its middle is best."""

    time: Fraction
    low: float
    high: float
    middle: float


def subjects(looks: Sequence[Look], share: float, across: bool) -> list[Subject]:
    """Whom to follow with a window `share` long, in each look of one shot that shows somebody.

    `across` moves it left and right; otherwise up and down, with headroom.
    """
    present: list[dict[Track, Face]] = [{} for _ in looks]
    for track in worthy(looks):
        for number, face in track.through():
            present[number][track] = face
    chosen = _steady([_best(faces, share, across) for faces in present])
    kept = ([face for track, face in faces.items() if track in keep] for faces, keep in zip(present, chosen, strict=True))
    return [_subject(look.time, faces, share, across) for look, faces in zip(looks, kept, strict=True) if faces]


def worthy(looks: Sequence[Look]) -> list[Track]:
    """The tracks of one shot that count."""
    return _worthy(_tracks(looks), len(looks))


def coverage(looks: Sequence[Look], share: float, across: bool) -> float | None:
    """How much of the faces that count a window `share` long holds where it holds most, by their weight, on the mean of all looks that
    show any; None where none do."""
    present: list[dict[Track, Face]] = [{} for _ in looks]
    for track in worthy(looks):
        for number, face in track.through():
            present[number][track] = face
    covers = [_most(faces, share, across) for faces in present if faces]
    return fmean(covers) if covers else None


def _most(faces: dict[Track, Face], share: float, across: bool) -> float:
    covers, _, weights = _covers(faces, share, across)
    return float((covers @ weights).max() / weights.sum())


def _tracks(looks: Sequence[Look]) -> list[Track]:
    """Faces joined from look to look, nearest first."""
    tracks: list[list[tuple[int, Face]]] = []
    alive: list[int] = []
    for number, look in enumerate(looks):
        alive = [index for index in alive if look.time - looks[tracks[index][-1][0]].time <= BRIDGE]
        pairs = sorted(
            (gap, index, which)
            for index in alive for which, face in enumerate(look.faces)
            if (gap := _gap(tracks[index][-1][1], face)) <= (_STRIDE if tracks[index][-1][0] == number - 1 else _STAND)
        )
        taken: dict[int, int] = {}
        for _, index, which in pairs:
            if index not in taken.values() and which not in taken:
                taken[which] = index
        for which, face in enumerate(look.faces):
            if which in taken:
                tracks[taken[which]].append((number, face))
            else:
                alive.append(len(tracks))
                tracks.append([(number, face)])
    return [Track(tuple(track)) for track in tracks]


def _gap(one: Face, other: Face) -> float:
    """Distance of two boxes' middles in boxes; infinite when they can't be the same face."""
    wide, other_wide = one.right - one.left, other.right - other.left
    if max(wide, other_wide) > _ALIKE * min(wide, other_wide):
        return math.inf
    right = (one.left + one.right - other.left - other.right) / (wide + other_wide)
    down = (one.top + one.bottom - other.top - other.bottom) / (one.bottom - one.top + other.bottom - other.top)
    return math.hypot(right, down)


def _worthy(tracks: Sequence[Track], looks: int) -> list[Track]:
    sure = [track for track in tracks if len(track.seen) >= min(PERSIST, looks) and track.score >= SURE]
    biggest = max((track.area for track in sure), default=0.0)
    return [track for track in sure if track.area >= CROWD * biggest]


def _best(faces: dict[Track, Face], share: float, across: bool) -> frozenset[Track]:
    """The tracks whose faces stand whole in the best window; the heaviest alone when none fits."""
    if not faces:
        return frozenset()
    tracks = list(faces)
    covers, middles, weights = _covers(faces, share, across)
    scores = covers @ weights - _MIDDLE * weights.sum() * np.abs(middles - 0.5)
    whole = covers[int(np.argmax(scores))] >= _WHOLE
    kept = [track for track, inside in zip(tracks, whole, strict=True) if inside]
    return frozenset(kept or [tracks[int(np.argmax(weights))]])


def _covers(faces: dict[Track, Face], share: float, across: bool) -> tuple[Floats, Floats, Floats]:
    """How much (0 to 1) of each face the windows hold, (windows, faces); where their middles are; and what each face weighs."""
    low, high = np.array([_room(face, across) for face in faces.values()]).T
    middles = np.linspace(share / 2, 1 - share / 2, _POSITIONS)[:, None]
    covers = np.clip(np.minimum(high, middles + share / 2) - np.maximum(low, middles - share / 2), 0, None) / (high - low)
    return covers, middles[:, 0], np.array([track.weight for track in faces])


def _steady(chosen: Sequence[frozenset[Track]]) -> list[frozenset[Track]]:
    """`chosen` without the changes that don't last; looks without anybody stay so and interrupt nothing."""
    seen = [number for number, tracks in enumerate(chosen) if tracks]
    runs = [(tracks, list(numbers)) for tracks, numbers in groupby(seen, key=lambda number: chosen[number])]
    if not runs:
        return list(chosen)
    lasting = [run for run in runs if len(run[1]) >= PERSIST] or [max(runs, key=lambda run: len(run[1]))]
    result: list[frozenset[Track]] = [frozenset()] * len(chosen)
    held = lasting[0][0]
    for tracks, numbers in runs:
        held = tracks if (tracks, numbers) in lasting else held
        for number in numbers:
            result[number] = held
    return result


def _subject(time: Fraction, faces: Sequence[Face], share: float, across: bool) -> Subject:
    """`faces`, and the middle of a window around them: theirs, or the one that puts them on the eye line; headroom before all."""
    low, high = min(_room(face, across)[0] for face in faces), max(_room(face, across)[1] for face in faces)
    if across:
        return Subject(time, low, high, (low + high) / 2)
    eyes = (min(face.top for face in faces) + max(face.bottom for face in faces)) / 2
    return Subject(time, low, high, min(max(eyes + (0.5 - EYE_LINE) * share, high - share / 2), low + share / 2))


def _room(face: Face, across: bool) -> tuple[float, float]:
    """From where to where a face needs the window, along its axis."""
    if across:
        beside = _BESIDE * (face.right - face.left)
        return max(0.0, face.left - beside), min(1.0, face.right + beside)
    high = face.bottom - face.top
    return max(0.0, face.top - _ABOVE * high), min(1.0, face.bottom + _BELOW * high)
