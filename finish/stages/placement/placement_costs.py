"""How bad a place is: what it covers of the picture, and how little its ink contrasts with what is behind.

Costs are house values on one scale, and only their order matters: eyes and mouths, faces, a move while text
is read, letters, contrast, other graphics' places, and last the distance from the preferred place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.analysis.colour_tones import FrameTones
from finish.model import Programme
from finish.model.colour_contrast import MOST
from finish.model.graphics import ALLOWED, GraphicPlace
from finish.scene.scene_content import Content, Scene, SceneBox
from finish.units import Box

_SMALL: Final = 0.2  # of the largest face of a part, by area: smaller ones are passers-by …
_PASSING: Final = 0.1  # … and weigh this much

MOVE_WHILE_READ, MOVE_IN_PAUSE, MOVE_AT_CUT = 600.0, 1.0, 0.5
DISPLACED: Final = 3.0  # for covering the place that another graphic prefers
_EDGE: Final = 30.0  # for covering all of what can be covered
_FAINT: Final = 60.0  # for contrast that is too low in all samples


@dataclass(frozen=True)
class _Weight:
    """What covering something costs: `any` of more than `allowed` of it, and `all` of it.

    Up to `allowed`, it costs a little: a place that is clear of it is better.
    """

    allowed: float
    any: float
    all: float


_WEIGHTS: Final[dict[Content, _Weight]] = {
    "eyes": _Weight(0.0, 2000, 8000),
    "face": _Weight(ALLOWED, 300, 2000),
    "head": _Weight(ALLOWED, 80, 400),  # hair and forehead: less than a move while text is read
    "letters": _Weight(ALLOWED, 100, 600),
}
CONTENTS: Final[tuple[Content, ...]] = tuple(_WEIGHTS)
# In what share of samples the contrast must be high enough, and by how much more, because the samples are of
# the clip before it's graded.
_SAMPLES, _MARGIN = 0.99, 1.15


@dataclass(frozen=True)
class PlaceCost:
    """The cost of one place of a part, the largest covered share of each of `CONTENTS`, and the contrast."""

    cost: float
    covered: tuple[float, ...]
    contrast: float = MOST


def box_costs(
    present: Sequence[SceneBox], boxes: Sequence[Box]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The cost of each box, shape (boxes,), and its shares of `CONTENTS`, shape (boxes, contents)."""
    covered = np.zeros((len(boxes), len(CONTENTS)))
    costs = np.zeros(len(boxes))
    if not present or not boxes:
        return costs, covered
    largest = max(box.size for box in present)
    ink = _edges(boxes)
    for column, content in enumerate(CONTENTS):
        of_content = [box for box in present if box.content == content]
        if not of_content:
            continue
        shares = _shares(ink, _edges([box.box for box in of_content]), smaller=content == "letters")
        passing = np.array([0 < box.size < _SMALL * largest for box in of_content])
        weight = _WEIGHTS[content]
        over = np.where(shares > weight.allowed, weight.any + weight.all * shares, _EDGE * shares)
        costs += np.max(over * np.where(passing, _PASSING, 1.0), axis=1)
        covered[:, column] = np.max(np.where(passing, 0.0, shares), axis=1)
    return costs, covered


def _edges(boxes: Sequence[Box]) -> NDArray[np.float64]:
    return np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], np.float64)


def _shares(ink: NDArray[np.float64], things: NDArray[np.float64], *, smaller: bool) -> NDArray[np.float64]:
    """The covered share of each thing, shape (ink, things).

    With `smaller`, of the smaller of both: of a line longer than a caption, the caption's share on it.
    """
    low = np.maximum(ink[:, None, :2], things[None, :, :2])
    high = np.minimum(ink[:, None, 2:], things[None, :, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=2)
    areas = np.prod(things[:, 2:] - things[:, :2], axis=1)[None, :]
    if smaller:
        areas = np.minimum(areas, np.prod(ink[:, 2:] - ink[:, :2], axis=1)[:, None])
    shares: NDArray[np.float64] = common / np.maximum(areas, 1)
    return shares


@dataclass(frozen=True)
class Backdrop:
    """The luma behind one part of a programme, in the cells of its clip's samples."""

    programme: Programme
    scene: Scene
    part: tuple[int, int]

    def shortage(self, place: GraphicPlace, box: Box, needed: float) -> tuple[float, float]:
        """The cost of too little contrast, and the contrast (to 1) that at least 99 % of samples have."""
        if place.contrast is None:
            return 0.0, MOST
        lumas, counts = np.unique(self._lumas(box).astype(int), return_counts=True)
        contrasts = np.sort(np.repeat([place.contrast(int(luma)) for luma in lumas], counts))
        least = float(contrasts[int(len(contrasts) * (1 - _SAMPLES))])
        low = float(np.mean(contrasts < needed * _MARGIN))
        return (_FAINT * low if low > 1 - _SAMPLES else 0.0), least

    def _lumas(self, box: Box) -> NDArray[np.float64]:
        """The lumas (0 to 255) of what is behind a box while it shows; mid grey if nothing is known of it."""
        framing, lumas = self.programme.framing, list[NDArray[np.float64]]()
        for look, frame in self._looks if framing else ():
            shares = framing.shares(frame, box) if framing else None
            if shares is not None:
                lumas.append(look.within_cells(*shares).ravel())
        return np.concatenate(lumas) if lumas else np.array([128.0])

    @cached_property
    def _looks(self) -> list[tuple[FrameTones, int]]:
        """The samples of the part, each with the frame at which it's taken."""
        rate, (first, last) = self.programme.rate, self.part
        start, end = (self.programme.where(Fraction(frame) / rate) for frame in self.part)
        looks = []
        for look in self.scene.tones_during(start, end):
            moment = self.programme.when(look.time)
            looks.append((look, first if moment is None else min(max(round(moment * rate), first), last - 1)))
        return looks


def part_costs(
    boxes: Sequence[tuple[GraphicPlace, Box | None]], scene: Scene, behind: Backdrop, needed: float
) -> list[PlaceCost | None]:
    """The cost of each place of a part, whose box there may be None; None where it doesn't fit."""
    fitting = [box for _, box in boxes if box is not None]
    measured = zip(*box_costs(scene.during(*behind.part), fitting), strict=True)
    costs: list[PlaceCost | None] = []
    for place, box in boxes:
        if box is None:
            costs.append(None)
            continue
        cost, covered = next(measured)
        faint, least = behind.shortage(place, box, needed)
        costs.append(PlaceCost(float(cost) + faint + place.cost, tuple(map(float, covered)), least))
    return costs
