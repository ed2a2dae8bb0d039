"""What lies behind the rows of a title: its plate, its upright line, and a callout's leader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from finish.stages.composite.canvas import flat, rounded
from finish.stages.composite.picture_file import Floats
from finish.stages.composite.titles.title_layers import TitleLayer, premultiplied
from finish.stages.composite.titles.title_rows import RowLook, plated
from finish.stages.composite.titles.title_template import (
    TitleEdge,
    TitleLeader,
    TitleMotion,
    TitlePlate,
    TitleTemplate,
)
from finish.units import Box, Size, even

LeaderSide = Literal["", "left", "right", "top", "bottom"]
SIDES: Final = {"left": -1, "centre": 0, "right": 1}
# House values: plates come before the words on them, and upright lines before plates (s).
_PLATE_BEFORE, _EDGE_BEFORE, _GROWING = 0.15, 0.25, 0.35


@dataclass(frozen=True)
class TitleBacking:
    """What lies behind the rows of a template in a box (px): `em` in px, what the plate stands on (`common`),
    and what the rows stand on."""

    template: TitleTemplate
    em: float
    box: Box
    common: RowLook
    rows: RowLook

    def layers(self) -> Iterator[TitleLayer]:
        """The plate, and the upright line."""
        if self.template.plate is not None:
            yield self._plate(self.template.plate)
        if self.template.edge is not None:
            yield self._edge(self.template.edge)

    @property
    def _first(self) -> TitleMotion:
        return self.template.rows[0].enter

    def _plate(self, plate: TitlePlate) -> TitleLayer:
        picture = plated(self.box.size, plate, self.em, self.common)
        how = "wipe" if self._first.how in ("slide", "wipe", "rise", "drop") else self._first.how
        after = max(0.0, self._first.after - _PLATE_BEFORE)
        motion = self._first.model_copy(update={"how": how, "after": after})
        return TitleLayer(self.box, motion, lambda _: picture, SIDES[self.template.align])

    def _edge(self, edge: TitleEdge) -> TitleLayer:
        box, thick = self.box, max(2, round(edge.thickness * self.em))
        line = flat(Size(thick, box.size.height), self.rows.colour(edge.colour))
        left = box.right - thick if self.template.align == "right" else box.left
        after = max(0.0, self._first.after - _EDGE_BEFORE)
        motion = TitleMotion(how="drop", after=after, seconds=_GROWING)
        return TitleLayer(Box(left, box.top, left + thick, box.bottom), motion, lambda _: line)


def leader_length(leader: TitleLeader | None, em: float) -> int:
    """How far a leader extends beyond the box (px)."""
    return even(round(leader.length * em)) if leader else 0


def leader_layer(leader: TitleLeader, em: float, box: Box, side: LeaderSide, look: RowLook) -> TitleLayer:
    """The line from a box to the point, with a dot on it, which grows from the point."""
    long = leader_length(leader, em)
    picture = _turned(_line(leader, em, long, look), side)
    height, width = picture.shape[:2]
    middle = (box.left + box.right - width) // 2, (box.top + box.bottom - height) // 2
    left = {"left": box.left - width, "right": box.right}.get(side, middle[0])
    top = {"top": box.top - height, "bottom": box.bottom}.get(side, middle[1])
    motion = TitleMotion(how="wipe" if side in ("left", "right") else "fade", seconds=_GROWING)
    come_from = {"left": -1, "right": 1}.get(side, 0)
    return TitleLayer(Box(left, top, left + width, top + height), motion, lambda _: picture, come_from)


def _line(leader: TitleLeader, em: float, long: int, look: RowLook) -> Floats:
    """A line with the point at its left."""
    thick = max(2, round(leader.thickness * em))
    dot = max(thick, even(round(leader.dot * em)))
    line = flat(Size(long, dot), look.colour(leader.colour))
    cover = np.zeros((dot, long), np.float32)
    middle = (dot - thick) // 2
    cover[middle : middle + thick, dot // 2 :] = 1
    cover[:, :dot] = np.maximum(cover[:, :dot], rounded(Size(dot, dot), dot / 2))
    line[:, :, 3] = cover
    return premultiplied(line)


def _turned(line: Floats, side: LeaderSide) -> Floats:
    """A line with the point at another side."""
    upright = line.transpose(1, 0, 2)
    turned = {"left": line, "right": line[:, ::-1], "top": upright, "bottom": upright[::-1]}[side]
    return np.ascontiguousarray(turned)
