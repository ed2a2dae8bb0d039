"""A label as a graphic: at an edge or in a row that is clear, or beside the point of a callout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final, get_args

from finish import graph
from finish.analysis.clearance import ExpectedGraphic
from finish.errors import FinishError
from finish.model import Delivery, Programme
from finish.model.graphics import AVOIDED, FAR, At, GraphicPlace, PlacedGraphic, SceneNeed, TimedBox
from finish.stages.composite import messages
from finish.stages.composite.composite_graphic import CompositeGraphic, chosen_box, expected_graphic
from finish.stages.composite.label_picture import LabelPicture, TailSide, label_lines, label_picture
from finish.stages.composite.label_settings import Label, LabelPlace
from finish.stages.composite.lettering import LetteringLine, lacking
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.units import Box, Size, digest

# House values of preference: another place costs so much, and another row more, beside its distance; a row
# costs at most as much as the last of all places.
_OTHER_PLACE, _OTHER_ROW, _MOST = 0.4, 0.5, 9.0
# Where the plate of a callout is, from its point, and the side of its tail.
_SIDES: Final[dict[str, TailSide]] = {"right": "left", "left": "right", "above": "bottom", "below": "top"}
_ORDER: Final[tuple[LabelPlace, ...]] = (
    "top-left",
    "top-right",
    "bottom-left",
    "bottom-right",
    "top",
    "bottom",
)
_SUPER_ORDER: Final[tuple[LabelPlace, ...]] = ("bottom", "top")


@dataclass(frozen=True)
class LabelGraphic(CompositeGraphic):
    """A label in `area` during `window`; `content` are the keys of what its place depends on."""

    settings: Label
    area: OverlayArea
    window: FrameWindow
    content: tuple[str, ...]
    number: int

    place_names: ClassVar[tuple[str, ...]] = (*get_args(LabelPlace), *_SIDES)

    @property
    def name(self) -> str:
        return f"label {self.number}"

    @property
    def needs(self) -> frozenset[SceneNeed]:
        return label_needs(self.settings)

    @cached_property
    def key(self) -> str:
        place = (self.settings.place, repr(self.settings.at), str(self.size))
        return digest(self.name, *place, repr(self.window), repr(self.area), *self.content)[:16]

    @cached_property
    def lines(self) -> tuple[LetteringLine, ...]:
        """Its lines; SpecError for a word that is too wide, GlyphError for a character that no font has."""
        return label_lines(self.settings, self.area.short, self.area.box.size.width)

    def places(self, taken: Sequence[TimedBox], stated: Sequence[At]) -> tuple[GraphicPlace, ...]:
        if self.settings.at:
            return tuple(
                self._place(side, self._beside(side), number * _OTHER_PLACE)
                for number, side in enumerate(_SIDES)
            )
        if self.settings.place != "auto":
            return (self._place(self.settings.place, self._anchored(self.settings.place), 0.0),)
        order = _ORDER if self.settings.in_corners else _SUPER_ORDER
        anchors = [
            self._place(at, self._anchored(at), number * _OTHER_PLACE) for number, at in enumerate(order)
        ]
        return (*anchors, *self._rows(order[0], taken, stated))

    def _rows(self, home: LabelPlace, taken: Sequence[TimedBox], stated: Sequence[At]) -> list[GraphicPlace]:
        """The places in other rows, on the side of its first place."""
        box, places = self._anchored(home), []
        for row in self.rows(taken, stated):
            moved = self.in_row(box, row)
            cost = _OTHER_ROW + FAR * abs(moved.bottom - box.bottom) / self.area.frame.height
            places.append(self._place(row, moved, min(cost, _MOST)))
        return places

    def _place(self, at: At, box: Box, cost: float) -> GraphicPlace:
        return GraphicPlace(at, self.fitting(box), cost)

    def _anchored(self, place: LabelPlace) -> Box:
        """The box at an edge or in a corner of the area."""
        box, room = self.area.corner(self.size, place), self.area.box
        if "-" in place:
            return box
        middle = 2 * ((self.area.frame.width - self.size.width) // 4)
        left = min(max(middle, room.left), room.right - self.size.width)
        return Box(left, box.top, left + self.size.width, box.bottom)

    def _beside(self, side: str) -> Box:
        """The box of a callout on a side of its point, which the tail touches."""
        assert self.settings.at
        x, y = (
            2 * round(share * length / 2)
            for share, length in zip(
                self.settings.at, (self.area.frame.width, self.area.frame.height), strict=True
            )
        )
        size = self._picture(_SIDES[side]).size
        left = {"right": x, "left": x - size.width}.get(side, x - 2 * (size.width // 4))
        top = {"below": y, "above": y - size.height}.get(side, y - 2 * (size.height // 4))
        return Box(left, top, left + size.width, top + size.height)

    def _picture(self, tail: TailSide) -> LabelPicture:
        return label_picture(self.settings, self.lines, tail)

    @property
    def size(self) -> Size:
        """The size of its plate (px)."""
        return self._picture("").size

    def refused(self, part: int, taken: Sequence[TimedBox]) -> FinishError:  # noqa: ARG002 (it has one part)
        room = self.area.box.size
        if self.size.width > room.width or self.size.height > room.height:
            return messages.label_too_large(self.name, self.size, room)
        place = "its point" if self.settings.at else self.settings.place
        return messages.no_room(self.name, "any place" if place == "auto" else place)

    def drawn(self, programme: Programme, delivery: Delivery, placed: PlacedGraphic) -> Programme:  # noqa: ARG002
        payload = self._picture(_SIDES.get(str(placed.places[0].at), ""))
        unchecked = self.settings.role == "legal" and not self.settings.market
        notes = [
            *lacking(self.name, self.lines),
            *self.covering(placed),
            *([messages.super_unchecked(self.name)] if unchecked else []),
        ]
        image, label = graph.image(payload, payload.size), f"{self.settings.role}: {self.settings.words}"
        return self.drawn_on(programme, image, placed, label).add_notes(*notes)

    def expected(self, placed: PlacedGraphic) -> ExpectedGraphic:
        return expected_graphic(chosen_box(placed), self.window)


def label_needs(settings: Label) -> frozenset[SceneNeed]:
    """The facts about the picture that the place of a label depends on."""
    return AVOIDED if settings.place == "auto" else frozenset()
