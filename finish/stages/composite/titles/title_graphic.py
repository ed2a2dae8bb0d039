"""A title as a graphic: in the first clear one of its places, or beside the point of a callout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final, get_args

from finish.analysis.clearance import ExpectedGraphic
from finish.errors import FinishError
from finish.model import Delivery, Programme
from finish.model.graphics import AVOIDED, FAR, At, GraphicPlace, PlacedGraphic, SceneNeed, TimedBox
from finish.stages.composite import messages
from finish.stages.composite.composite_graphic import CompositeGraphic, chosen_box, expected_graphic
from finish.stages.composite.lettering import lacking
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.stages.composite.titles.title_frames import TitleFrames
from finish.stages.composite.titles.title_layout import TitleRequest
from finish.stages.composite.titles.title_settings import Title
from finish.stages.composite.titles.title_shapes import LeaderSide
from finish.stages.composite.titles.title_template import TitlePlace
from finish.units import Box, Size, digest

# House values of preference, as for labels: another place costs so much, and another row more.
_OTHER_PLACE, _OTHER_ROW, _MOST = 0.4, 0.5, 9.0
# Where the box of a callout is, from its point, and the side of its leader.
_SIDES: Final[dict[str, LeaderSide]] = {"right": "left", "left": "right", "above": "bottom", "below": "top"}


@dataclass(frozen=True)
class TitleGraphic(CompositeGraphic):
    """A title in `area` during `window`; `content` are the keys of what its place depends on."""

    settings: Title
    area: OverlayArea
    window: FrameWindow
    content: tuple[str, ...]
    number: int

    place_names: ClassVar[tuple[str, ...]] = tuple(dict.fromkeys((*get_args(TitlePlace), *_SIDES)))

    @property
    def name(self) -> str:
        return f"title {self.number}"

    @property
    def needs(self) -> frozenset[SceneNeed]:
        return title_needs(self.settings)

    @cached_property
    def key(self) -> str:
        place = (self.settings.place, repr(self.settings.at), str(self._frames("").size))
        return digest(self.name, *place, repr(self.window), repr(self.area), *self.content)[:16]

    def _frames(self, leader: LeaderSide) -> TitleFrames:
        """What is drawn. SpecError for words that don't fit, GlyphError for what no font has."""
        window, settings = self.window, self.settings
        length = float((window.end - window.start) / window.rate)
        request = TitleRequest(
            settings.template,
            settings.content,
            self.area.short,
            self.area.box.size,
            length,
            settings.size,
            leader,
        )
        return TitleFrames(request, window.rate, window.end - window.start)

    def check(self) -> None:
        """SpecError or GlyphError if it can't be drawn."""
        assert self._frames(_SIDES["right"] if self.settings.at else "").size

    def places(self, taken: Sequence[TimedBox], stated: Sequence[At]) -> tuple[GraphicPlace, ...]:
        if self.settings.at:
            return tuple(
                self._place(side, self._beside(side), number * _OTHER_PLACE)
                for number, side in enumerate(_SIDES)
            )
        if self.settings.place != "auto":
            return (self._place(self.settings.place, self._anchored(self.settings.place), 0.0),)
        places = self.settings.design.places
        if self.settings.design.kind == "progress":
            return tuple(self._place(at, self._anchored(at), 0.0) for at in places)
        anchors = [
            self._place(at, self._anchored(at), number * _OTHER_PLACE) for number, at in enumerate(places)
        ]
        return (*anchors, *self._rows(places[0], taken, stated))

    def _rows(self, home: TitlePlace, taken: Sequence[TimedBox], stated: Sequence[At]) -> list[GraphicPlace]:
        """The places in other rows, on the side of its first place."""
        box, places = self._anchored(home), []
        for row in self.rows(taken, stated):
            moved = self.in_row(box, row)
            cost = _OTHER_ROW + FAR * abs(moved.bottom - box.bottom) / self.area.frame.height
            places.append(self._place(row, moved, min(cost, _MOST)))
        return places

    def _place(self, at: At, box: Box, cost: float) -> GraphicPlace:
        return GraphicPlace(at, self.fitting(box), cost)

    def _anchored(self, place: TitlePlace) -> Box:
        """The box at a place of the area; centred ones are centred on the frame where the area allows it."""
        size, room, frame = self._frames("").size, self.area.box, self.area.frame
        across = "left" if "left" in place else "right" if "right" in place else "centre"
        down = "top" if "top" in place else "bottom" if "bottom" in place else "centre"
        left = _along(across, size.width, (room.left, room.right), frame.width)
        top = _along(
            {"top": "left", "bottom": "right"}.get(down, down),
            size.height,
            (room.top, room.bottom),
            frame.height,
        )
        return Box(left, top, left + size.width, top + size.height)

    def _beside(self, side: str) -> Box:
        """The box of a callout on a side of its point, which its leader touches."""
        assert self.settings.at
        frame = self.area.frame
        x, y = (
            2 * round(share * length / 2)
            for share, length in zip(self.settings.at, (frame.width, frame.height), strict=True)
        )
        size = self._frames(_SIDES[side]).size
        left = {"right": x, "left": x - size.width}.get(side, x - 2 * (size.width // 4))
        top = {"below": y, "above": y - size.height}.get(side, y - 2 * (size.height // 4))
        return Box(left, top, left + size.width, top + size.height)

    @property
    def size(self) -> Size:
        """The size of its canvas (px)."""
        return self._frames("").size

    def refused(self, part: int, taken: Sequence[TimedBox]) -> FinishError:  # noqa: ARG002 (it has one part)
        place = "its point" if self.settings.at else self.settings.place
        return messages.no_room(self.name, "any place" if place == "auto" else place)

    def drawn(self, programme: Programme, delivery: Delivery, placed: PlacedGraphic) -> Programme:  # noqa: ARG002
        frames = self._chosen(placed)
        scale = frames.layout.scale
        notes = [
            *lacking(self.name, frames.layout.lines),
            *self.covering(placed),
            *([messages.title_smaller(self.name, scale)] if scale < 1 else []),
        ]
        label = f"title: {self.settings.words or self.settings.name}"
        return self.drawn_on(programme, frames.timed(self.window), placed, label).add_notes(*notes)

    def expected(self, placed: PlacedGraphic) -> ExpectedGraphic:
        frames = self._chosen(placed)
        return expected_graphic(chosen_box(placed), self.window, frames.coming, frames.going)

    def _chosen(self, placed: PlacedGraphic) -> TitleFrames:
        return self._frames(_SIDES.get(str(placed.places[0].at), "") if self.settings.at else "")


def _along(side: str, length: int, room: tuple[int, int], frame: int) -> int:
    """The start of a length in a room, at its beginning, its end, or in the frame's middle; even."""
    start, end = room
    if side == "left":
        return start
    if side == "right":
        return end - length
    return min(max(2 * ((frame - length) // 4), start), max(start, end - length))


def title_needs(settings: Title) -> frozenset[SceneNeed]:
    """The facts about the picture that the place of a title depends on: none for a line of progress, which is
    thin and never moves."""
    fixed = settings.place != "auto" or settings.design.kind == "progress"
    return frozenset() if fixed else AVOIDED
