"""Chooses the places of all graphics of a programme, one after the other, each clear of those before it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from finish.model import BREATH, Programme
from finish.model.graphics import AVOIDED, GRAPHIC_ORDER, Graphic, GraphicPlace, PlacedGraphic, TimedBox
from finish.scene.scene_content import Scene
from finish.stages.placement.placement_costs import (
    CONTENTS,
    DISPLACED,
    MOVE_AT_CUT,
    MOVE_IN_PAUSE,
    MOVE_WHILE_READ,
    Backdrop,
    PlaceCost,
    part_costs,
)
from finish.stages.placement.placement_decisions import StatedPlace
from finish.units import Box

_PAUSE: Final = Fraction(1, 2)  # s; house value: after as long without text, the eye finds it anew
_CLOSED: Final = math.inf


@dataclass(frozen=True)
class PagePlanner:
    """Places graphics on a programme of which `scene` is known.

    `stated` are the earlier places of graphics, by name.
    """

    programme: Programme
    scene: Scene
    stated: Mapping[str, Sequence[StatedPlace]]

    def placed(self, graphics: Sequence[Graphic]) -> dict[str, PlacedGraphic]:
        """The places of all graphics, by name; FinishError for one that fits nowhere."""
        order = sorted(graphics, key=lambda graphic: GRAPHIC_ORDER.index(graphic.name.rstrip(" 0123456789")))
        homes = [_home(graphic) for graphic in order[1:]]
        taken, chosen = list(self._reserved), dict[str, PlacedGraphic]()
        for number, graphic in enumerate(order):
            later = [box for boxes in homes[number:] for box in boxes]
            placed = self._placed(graphic, tuple(taken), later)
            taken += self._covered(graphic, placed)
            chosen[graphic.name] = placed
        return chosen

    @cached_property
    def _reserved(self) -> tuple[TimedBox, ...]:
        """What other stages have drawn already."""
        rate = self.programme.rate
        return tuple(
            TimedBox(area.box, round(area.span.start * rate), round(area.span.end * rate))
            for area in self.programme.taken
        )

    @cached_property
    def _breath(self) -> int:
        """The distance between two graphics (px)."""
        return math.ceil(BREATH * min(self.programme.frame.width, self.programme.frame.height))

    def _placed(
        self, graphic: Graphic, taken: tuple[TimedBox, ...], homes: Sequence[TimedBox]
    ) -> PlacedGraphic:
        stated = self.stated.get(graphic.name, ())
        places = graphic.places(taken, tuple(entry.at for entry in stated))
        visible = self.scene if graphic.needs & AVOIDED else Scene(tones=self.scene.tones)
        rows: list[list[float]] = []
        facts: list[list[PlaceCost | None]] = []
        for at, part in enumerate(graphic.parts):
            boxes = [place.boxes[at] for place in places]
            behind = Backdrop(self.programme, self.scene, part)
            known = part_costs(list(zip(places, boxes, strict=True)), visible, behind, graphic.needed)
            costs = [
                _CLOSED
                if fact is None or box is None or shut
                else fact.cost + self._displacing(box, part, homes)
                for fact, box, shut in zip(known, boxes, self._closed(boxes, part, taken), strict=True)
            ]
            costs = _obeyed(costs, places, self._stated_at(stated, part), known)
            if min(costs, default=_CLOSED) == _CLOSED:
                raise graphic.refused(at, [box for box in taken if box.during(*part)])
            rows.append(costs)
            facts.append(known)
        path = cheapest_path(rows, [self._move(graphic, at) for at in range(1, len(rows))])
        return _outcome(places, path, facts)

    def _stated_at(self, stated: Sequence[StatedPlace], part: tuple[int, int]) -> StatedPlace | None:
        """The earlier place in the middle of a part."""
        middle = self.programme.where(Fraction(part[0] + part[1], 2) / self.programme.rate)
        known = [entry for entry in stated if entry.start <= middle]
        return known[-1] if known else next(iter(stated), None)

    def _covered(self, graphic: Graphic, placed: PlacedGraphic) -> list[TimedBox]:
        """What a graphic covers, with more than the usual distance if it asks for that."""
        pairs = zip(placed.places, graphic.parts, strict=True)
        boxes = [(place.boxes[at], place.clear, part) for at, (place, part) in enumerate(pairs)]
        return [TimedBox(box.grown(max(0, clear - self._breath)), *part) for box, clear, part in boxes if box]

    def _closed(
        self, boxes: Sequence[Box | None], part: tuple[int, int], taken: Sequence[TimedBox]
    ) -> list[bool]:
        """Whether each box meets what other graphics cover: not the area that is reserved for itself."""
        others = [(other.box, other.box.grown(self._breath)) for other in taken if other.during(*part)]
        return [
            box is not None and any(own != box and grown.meets(box) for own, grown in others) for box in boxes
        ]

    def _displacing(self, box: Box, part: tuple[int, int], homes: Sequence[TimedBox]) -> float:
        """The cost of covering a place that a later graphic prefers."""
        met = (home.during(*part) and home.box.grown(self._breath).meets(box) for home in homes)
        return DISPLACED if any(met) else 0.0

    def _move(self, graphic: Graphic, part: int) -> float:
        """The cost of another place for a part than for the one before."""
        before, after = graphic.parts[part - 1 : part + 1]
        if graphic.moves_freely(part - 1) or graphic.moves_freely(part):
            return 0.0
        if bisect_right(self.scene.cuts, after[0]) > bisect_right(self.scene.cuts, before[0]):
            return MOVE_AT_CUT
        paused = after[0] - before[1] >= _PAUSE * self.programme.rate
        return MOVE_IN_PAUSE if paused else MOVE_WHILE_READ


def cheapest_path(rows: Sequence[Sequence[float]], moves: Sequence[float]) -> list[int]:
    """The column of each row whose costs add up to least; going to another column costs `moves`.

    Of equal ones the column of the row before, else the first.
    """
    totals, back = list(rows[0]), list[list[int]]()
    for row, move in zip(rows[1:], moves, strict=True):
        best = min(range(len(totals)), key=totals.__getitem__)
        origin = [at if total <= totals[best] + move else best for at, total in enumerate(totals)]
        totals = [
            cost + (totals[at] if origin[at] == at else totals[best] + move) for at, cost in enumerate(row)
        ]
        back.append(origin)
    path = [min(range(len(totals)), key=totals.__getitem__)]
    for origin in reversed(back):
        path.append(origin[path[-1]])
    return path[::-1]


def _home(graphic: Graphic) -> list[TimedBox]:
    """Where a graphic would be if nothing were in its way."""
    pairs = zip(graphic.home().boxes, graphic.parts, strict=True)
    return [TimedBox(box, *part) for box, part in pairs if box]


def _obeyed(
    costs: list[float],
    places: Sequence[GraphicPlace],
    stated: StatedPlace | None,
    known: Sequence[PlaceCost | None],
) -> list[float]:
    """The costs where an earlier decision counts: nothing but that place, even over another graphic."""
    obeyed = {
        at: fact.cost
        for at, (place, fact) in enumerate(zip(places, known, strict=True))
        if fact is not None and stated is not None and stated.names(place)
    }
    return [obeyed.get(at, _CLOSED) for at in range(len(costs))] if obeyed else costs


def _outcome(
    places: Sequence[GraphicPlace], path: Sequence[int], facts: Sequence[Sequence[PlaceCost | None]]
) -> PlacedGraphic:
    taken = [row[column] for row, column in zip(facts, path, strict=True)]
    kept = [fact for fact in taken if fact is not None]
    largest = dict(zip(CONTENTS, map(max, zip(*(fact.covered for fact in kept), strict=True)), strict=True))
    return PlacedGraphic(
        tuple(places[column] for column in path),
        largest["eyes"],
        largest["face"],
        largest["letters"],
        min(fact.contrast for fact in kept),
        sum(places[column].at != places[0].at for column in path),
    )
