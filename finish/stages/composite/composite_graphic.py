"""What all overlays have in common: what a finished file must show of them, and when it is checked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from finish.analysis.clearance import CODES, ExpectedGraphic, GraphicClearance
from finish.checks import graphic_clearance
from finish.graph import Stream
from finish.model import Delivery, Promise, Tolerance
from finish.model.graphics import Graphic, PlacedGraphic
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
