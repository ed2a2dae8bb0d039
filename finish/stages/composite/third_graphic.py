"""The lower third as a graphic: at the bottom of a side, or in a row above that is clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar, Final

from finish import graph
from finish.analysis.clearance import ExpectedGraphic
from finish.errors import FinishError
from finish.model import Delivery, Programme, ReservedArea, ReviewMarker
from finish.model.graphics import AVOIDED, At, GraphicPlace, PlacedGraphic, SceneNeed, TimedBox
from finish.stages.composite import messages
from finish.stages.composite.composite_graphic import CompositeGraphic, chosen_box, expected_graphic
from finish.stages.composite.composite_settings import LowerThird, Side
from finish.stages.composite.lettering import lacking
from finish.stages.composite.lower_third import KEPT, LowerThirdFrames, lines
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.units import Box, digest

BOTTOM: Final = "bottom"
_HOME: Final[tuple[At, ...]] = (BOTTOM,)
_ROWS: Final = 40  # house value: rows of the frame at which the lower edge can be
# House values of preference: another row costs so much, and so much more for the whole height; the other side
# costs as much as a row at a quarter of the height.
_AWAY, _FAR, _OTHER_SIDE = 0.4, 4.0, 1.4


@dataclass(frozen=True)
class ThirdGraphic(CompositeGraphic):
    """A lower third in `area` during `window`; `content` are the keys of what its place depends on."""

    settings: LowerThird
    area: OverlayArea
    window: FrameWindow
    content: tuple[str, ...]
    number: int = 0

    place_names: ClassVar[tuple[str, ...]] = (BOTTOM,)

    @property
    def name(self) -> str:
        return f"lower third {self.number}" if self.number else "lower third"

    @property
    def needs(self) -> frozenset[SceneNeed]:
        return AVOIDED

    @cached_property
    def key(self) -> str:
        place = (self.settings.side, str(self._frames("left").size), repr(self.window), repr(self.area))
        return digest(self.name, *place, *self.content)[:16]

    def places(self, taken: Sequence[TimedBox], stated: Sequence[At]) -> tuple[GraphicPlace, ...]:
        sides: tuple[Side, ...] = ("left", "right") if self.settings.side == "auto" else (self.settings.side,)
        above = {(box.box.top - 2 * self.area.breath) / self.area.frame.height for box in taken}
        numbers = {at for at in stated if not isinstance(at, str)}
        rows = sorted({row / _ROWS for row in range(1, _ROWS)} | above | numbers)
        return tuple(
            self._place(at, side, number * _OTHER_SIDE)
            for number, side in enumerate(sides)
            for at in (*_HOME, *reversed(rows))
        )

    def _place(self, at: At, side: Side, cost: float) -> GraphicPlace:
        box = self._box(at, side)
        bottom = self.area.box.bottom
        away = 0.0 if at == BOTTOM else _AWAY + _FAR * (bottom - box.bottom) / self.area.frame.height
        return GraphicPlace(at, (box if self.area.holds(box) else None,), cost + away, side)

    def _box(self, at: At, side: Side) -> Box:
        size = self._frames(side).size
        box = self.area.corner(size, "bottom-left" if side == "left" else "bottom-right")
        if isinstance(at, str):
            return box
        bottom = 2 * (round(at * self.area.frame.height) // 2)
        return Box(box.left, bottom - size.height, box.right, bottom)

    def _frames(self, side: Side) -> LowerThirdFrames:
        return _third_frames(self.settings, side, self.area)

    def refused(self, part: int, taken: Sequence[TimedBox]) -> FinishError:  # noqa: ARG002 (it has one part)
        return messages.third_too_large(self._frames("left").size, self.area.box.size)

    def drawn(self, programme: Programme, delivery: Delivery, placed: PlacedGraphic) -> Programme:  # noqa: ARG002
        plate, box = self._chosen(placed), chosen_box(placed)
        kept = graph.image(plate, plate.size, self.area.rate).encoded(KEPT)
        timed = kept.filter("setpts", expr=_frame_times(plate, self.window))
        picture = self.area.overlaid(programme.picture, timed, box, self.window)
        notes = [
            *lacking(self.name, plate.lines),
            *([messages.third_moved()] if placed.moved else []),
            *([messages.covers(self.name, placed.covered)] if placed.eyes else []),
        ]
        mark = ReviewMarker(self.window.middle, f"lower third: {self.settings.title}")
        composed = programme.with_picture(picture).reserve(ReservedArea(box, self.window.span))
        return composed.add_marks(mark).add_notes(*notes)

    def expected(self, placed: PlacedGraphic) -> ExpectedGraphic:
        plate = self._chosen(placed)
        return expected_graphic(chosen_box(placed), self.window, plate.coming // 2, plate.going // 2)

    def _chosen(self, placed: PlacedGraphic) -> LowerThirdFrames:
        look = placed.places[0].look
        return self._frames("right" if look == "right" else "left")


@cache  # its words are measured for every place
def _third_frames(settings: LowerThird, side: Side, area: OverlayArea) -> LowerThirdFrames:
    title, subtitle = lines(settings, area.short)
    return LowerThirdFrames(title, subtitle, side, settings.accent, area.rate)


def _frame_times(plate: LowerThirdFrames, window: FrameWindow) -> str:
    """The times of the drawn frames: the animation in at the window's start, the animation out at its end."""
    going = window.end - plate.going - plate.coming - 1
    rate = window.rate
    return (
        f"round((N+if(lte(N,{plate.coming}),{window.start},{going}))*{rate.denominator}/{rate.numerator}/TB)"
    )
