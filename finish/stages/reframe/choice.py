"""Crop, or all of the picture: by how much of whom it is about fits a crop, and by letters that a crop would cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from statistics import fmean

from finish.analyse.faces import Look
from finish.analyse.writing import Line, Read
from finish.stages.reframe.kept import kept
from finish.stages.reframe.moves import Leg
from finish.stages.reframe.path import hold
from finish.stages.reframe.subject import Subject, coverage

COVERED = 0.85          # share of whom a shot is about that a crop must hold (SmartVidCrop pads below 0.6, AutoFlip below what it requires)
SHORTEST = Fraction(2)  # s; a shorter shot keeps the layout of the one before, or the frame flaps
SHIFT = 0.1             # of the picture: so far a crop that stands may step aside for letters
_STEPS = 20             # places tried to either side
_STEADY = 0.5           # of two boxes' union that they share: letters that stay are titles, those that pass are signs
_LEAST, _MOST = 0.05, 0.95      # of a line's length: between them it is half cut; and of a subject: more of it must stay


@dataclass(frozen=True)
class Shot:
    """From `start` until `end` (s): the looks at its faces, whom a crop follows in them, and the looks at its letters."""

    start: Fraction
    end: Fraction
    looks: Sequence[Look]
    subjects: Sequence[Subject]
    reads: Sequence[Read]


def chosen(shots: Sequence[Shot], legs: Sequence[Leg], share: float, across: bool) -> list[Leg]:
    """The legs of the shots, one for each, those that must show all of the picture to `fit`; a still crop may step aside for letters."""
    found: list[Leg] = []
    for shot, leg in zip(shots, legs, strict=True):
        if shot.end - shot.start < SHORTEST:
            found.append(replace(leg, fit=bool(found) and found[-1].fit))
            continue
        covered = coverage(shot.looks, share, across)
        aside = leg if covered is None or covered >= COVERED else None
        aside = aside and _clear_of(_steady(shot.reads), shot.subjects, aside, share, across)
        found.append(replace(leg, fit=True) if aside is None else aside)
    return found


def _steady(reads: Sequence[Read]) -> list[Line]:
    """The lines that are in the same place in two looks one after the other."""
    return [line for one, other in pairwise(reads) for line in one.lines if any(_same(line, each) for each in other.lines)]


def _same(one: Line, other: Line) -> bool:
    wide = max(0.0, min(one.right, other.right) - max(one.left, other.left))
    high = max(0.0, min(one.bottom, other.bottom) - max(one.top, other.top))
    both = sum((each.right - each.left) * (each.bottom - each.top) for each in (one, other))
    return wide * high >= _STEADY * (both - wide * high)


def _clear_of(lines: Sequence[Line], subjects: Sequence[Subject], leg: Leg, share: float, across: bool) -> Leg | None:
    """The leg where it cuts no line in two: as it is, or a still one a little to the side that keeps its subject; None where there is no
    such place."""
    spans = [(line.left, line.right) if across else (line.top, line.bottom) for line in lines]
    if not _cut(spans, leg.path.knots, share):
        return leg
    if not leg.path.held:
        return None
    middle = leg.path.knots[0]
    for step in range(1, _STEPS + 1):
        for side in (middle - SHIFT * step / _STEPS, middle + SHIFT * step / _STEPS):
            moved = replace(leg, path=hold(round(side, 4)))
            if share / 2 <= side <= 1 - share / 2 and not _cut(spans, (side,), share) and _keeps(subjects, moved, share):
                return moved
    return None


def _keeps(subjects: Sequence[Subject], leg: Leg, share: float) -> bool:
    return not subjects or kept(subjects, [leg], share, 1.0).covered >= _MOST


def _cut(spans: Iterable[tuple[float, float]], middles: Sequence[float], share: float) -> bool:
    """Whether a window at the mean of `middles` shows but a part of any span."""
    middle = fmean(middles)
    for low, high in spans:
        inside = max(0.0, min(high, middle + share / 2) - max(low, middle - share / 2)) / max(1e-9, high - low)
        if _LEAST < inside < _MOST:
            return True
    return False
