"""What all overlays have in common: what a finished file must show of them, and when it is checked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from finish.analysis.clearance import CODES, ExpectedGraphic, GraphicClearance
from finish.checks import graphic_clearance
from finish.graph import Stream
from finish.model import Delivery, Note, Programme, Promise, ReservedArea, ReviewMarker, Tolerance
from finish.model.graphics import ROWS, At, Graphic, PlacedGraphic, TimedBox, rows_in
from finish.stages.composite import messages
from finish.stages.composite.composite_settings import NAME
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.units import Box


class CompositeGraphic(Graphic):
    """An overlay of the composite stage, in an `area` during a `window`."""

    stage: ClassVar[str] = NAME
    area: OverlayArea
    window: FrameWindow

    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        return ((self.window.start, self.window.end),)

    def rows(self, taken: Sequence[TimedBox], stated: Sequence[At]) -> list[float]:
        """The rows in which it can be, from the top: those of the frame, above other graphics, and `stated`
        ones."""
        above = ((other.box.top - 2 * self.area.breath) / self.area.frame.height for other in taken)
        return sorted({*ROWS, *above, *rows_in(stated)})

    def in_row(self, box: Box, at: float) -> Box:
        """A box with its lower edge in a row, on an even pixel."""
        bottom = 2 * (round(at * self.area.frame.height) // 2)
        return Box(box.left, bottom - box.size.height, box.right, bottom)

    def fitting(self, box: Box) -> tuple[Box | None]:
        """What its only part covers; None if that isn't inside the area."""
        return (box if self.area.holds(box) else None,)

    def drawn_on(self, programme: Programme, image: Stream, placed: PlacedGraphic, label: str) -> Programme:
        """The programme with an image at its place, which is kept clear and marked for review."""
        box = chosen_box(placed)
        picture = self.area.overlaid(programme.picture, image, box, self.window)
        composed = programme.with_picture(picture).reserve(ReservedArea(box, self.window.span))
        return composed.add_marks(ReviewMarker(self.window.middle, label))

    def covering(self, placed: PlacedGraphic) -> list[Note]:
        """A note if it covers eyes or a mouth."""
        return [messages.covers(self.name, placed.covered)] if placed.eyes else []

    @abstractmethod
    def expected(self, placed: PlacedGraphic) -> ExpectedGraphic:
        """What the file must show of it."""

    def promises(
        self,
        drawn: Sequence[tuple[Graphic, PlacedGraphic]],
        plain: Stream,
        delivery: Delivery,  # noqa: ARG002 (a protocol)
    ) -> tuple[Promise[Any], ...]:
        expected = [
            graphic.expected(placed) for graphic, placed in drawn if isinstance(graphic, CompositeGraphic)
        ]
        return _promises(self.area, plain, expected)


def chosen_box(placed: PlacedGraphic) -> Box:
    """The box of a placed graphic of one part."""
    (place,) = placed.places
    (box,) = place.boxes
    assert box is not None, "a place that fits is chosen"
    return box


def expected_graphic(
    box: Box, window: FrameWindow, coming: int = 0, going: int = 0, codes: int = CODES
) -> ExpectedGraphic:
    """A graphic, compared in the middle and at both ends, but not during its animations."""
    ends = (min(window.start + coming, window.end - 1), max(window.start, window.end - 1 - going))
    return ExpectedGraphic(
        tuple(sorted({window.middle, *(frame / window.rate for frame in ends)})), box, codes
    )


def _promises(
    area: OverlayArea, plain: Stream, graphics: Sequence[ExpectedGraphic]
) -> tuple[Promise[Any], ...]:
    """The file shows the graphics, and nothing outside the safe area.

    It is compared with `plain`, the same picture without them.
    """
    shape: dict[str, Any] = {
        "source": "house rule: overlays show, clear of the destination's own buttons",
        "part": "picture",
        "analyser": GraphicClearance.of(area.frame, area.safe, graphics),
        "against": (plain,),
    }
    return (
        Promise(
            "overlays outside the safe zone", graphic_clearance.outside, Tolerance(exactly=0), "px", **shape
        ),
        Promise(
            "overlays that don't show",
            graphic_clearance.missing,
            Tolerance(exactly=0),
            "",
            **shape,
            hint="for more contrast with the picture, choose another corner, "
            "or a logo with an outline or a plate",
        ),
        Promise(
            "overlays other than planned",
            graphic_clearance.differing,
            Tolerance(exactly=0),
            "places",
            **shape,
            hint="raise `encode: {picture: {max_rate: …}}`; if that doesn't help, run again",
        ),
    )
