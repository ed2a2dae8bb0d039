"""The lower third as a graphic: at the bottom of a side, or in a row above that is clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar, Final

from finish import graph
from finish.analysis.clearance import ExpectedGraphic
from finish.errors import FinishError
from finish.model import Delivery, Programme
from finish.model.graphics import AVOIDED, FAR, At, GraphicPlace, PlacedGraphic, SceneNeed, TimedBox
from finish.stages.composite import messages
from finish.stages.composite.composite_graphic import CompositeGraphic, chosen_box, expected_graphic
from finish.stages.composite.composite_settings import LowerThird, Side
from finish.stages.composite.lettering import lacking
from finish.stages.composite.lower_third import KEPT, LowerThirdFrames, lines
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.units import digest

BOTTOM: Final = "bottom"
# House values of preference: another row costs so much, beside its distance; the other side costs as much as
# a row at a quarter of the height.
_AWAY, _OTHER_SIDE = 0.4, 1.4


@dataclass(frozen=True)
class ThirdGraphic(CompositeGraphic):
    """A lower third in `area` during `window`; `content` are the keys of what its place depends on."""

    settings: LowerThird
    area: OverlayArea
    window: FrameWindow
    content: tuple[str, ...]

    place_names: ClassVar[tuple[str, ...]] = (BOTTOM,)

    @property
    def name(self) -> str:
        return "lower third"

    @property
    def needs(self) -> frozenset[SceneNeed]:
        return AVOIDED

    @cached_property
    def key(self) -> str:
        place = (self.settings.side, str(self._frames("left").size), repr(self.window), repr(self.area))
        return digest(self.name, *place, *self.content)[:16]

    def places(self, taken: Sequence[TimedBox], stated: Sequence[At]) -> tuple[GraphicPlace, ...]:
        sides: tuple[Side, ...] = ("left", "right") if self.settings.side == "auto" else (self.settings.side,)
        rows: tuple[At, ...] = (BOTTOM, *reversed(self.rows(taken, stated)))
        return tuple(
            self._place(at, side, number * _OTHER_SIDE) for number, side in enumerate(sides) for at in rows
        )

    def _place(self, at: At, side: Side, cost: float) -> GraphicPlace:
        home = self.area.corner(self._frames(side).size, "bottom-left" if side == "left" else "bottom-right")
        if isinstance(at, str):
            return GraphicPlace(at, self.fitting(home), cost, side)
        box = self.in_row(home, at)
        cost += _AWAY + FAR * (home.bottom - box.bottom) / self.area.frame.height
        return GraphicPlace(at, self.fitting(box), cost, side)

    def _frames(self, side: Side) -> LowerThirdFrames:
        return _third_frames(self.settings, side, self.area)

    def refused(self, part: int, taken: Sequence[TimedBox]) -> FinishError:  # noqa: ARG002 (it has one part)
        return messages.third_too_large(self._frames("left").size, self.area.box.size)

    def drawn(self, programme: Programme, delivery: Delivery, placed: PlacedGraphic) -> Programme:  # noqa: ARG002
        plate = self._chosen(placed)
        kept = graph.image(plate, plate.size, self.area.rate).encoded(KEPT)
        timed = kept.filter("setpts", expr=_frame_times(plate, self.window))
        notes = [
            *lacking(self.name, plate.lines),
            *([messages.third_moved()] if placed.moved else []),
            *self.covering(placed),
        ]
        label = f"lower third: {self.settings.title}"
        return self.drawn_on(programme, timed, placed, label).add_notes(*notes)

    def expected(self, placed: PlacedGraphic) -> ExpectedGraphic:
        plate = self._chosen(placed)
        return expected_graphic(chosen_box(placed), self.window, plate.coming // 2, plate.going // 2)

    def _chosen(self, placed: PlacedGraphic) -> LowerThirdFrames:
        look = placed.places[0].look
        return self._frames("right" if look == "right" else "left")


@cache  # its words are measured for every place
def _third_frames(settings: LowerThird, side: Side, area: OverlayArea) -> LowerThirdFrames:
    title, subtitle = lines(settings, area.short)
    return LowerThirdFrames(title, subtitle, side, settings.accent, area.rate, settings.design)


def _frame_times(plate: LowerThirdFrames, window: FrameWindow) -> str:
    """The times of the drawn frames: the animation in at the window's start, the animation out at its end."""
    going = window.end - plate.going - plate.coming - 1
    rate = window.rate
    return (
        f"round((N+if(lte(N,{plate.coming}),{window.start},{going}))*{rate.denominator}/{rate.numerator}/TB)"
    )
