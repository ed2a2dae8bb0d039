"""The end card as a graphic: the whole frame after the programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Final

from finish import graph
from finish.analysis.clearance import ExpectedGraphic
from finish.errors import FinishError
from finish.graph import Stream
from finish.model import Delivery, Programme, ReviewMarker
from finish.model.graphics import At, GraphicPlace, PlacedGraphic, SceneNeed, TimedBox
from finish.stages.composite import messages
from finish.stages.composite.composite_graphic import CompositeGraphic, chosen_box, expected_graphic
from finish.stages.composite.composite_settings import EndCard
from finish.stages.composite.end_card_parts import CardLayout, laid_out
from finish.stages.composite.lettering import lacking
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.stages.composite.titles.card_words import card_box
from finish.stages.composite.titles.end_card_title import card_ground, card_request
from finish.stages.composite.titles.title_frames import TitleFrames
from finish.units import Box

_FADE: Final = Fraction(3, 10)  # s; house value: longer than a cut, too short to notice


@dataclass(frozen=True)
class CardGraphic(CompositeGraphic):
    """An end card in `area` during `window`, which fades in."""

    settings: EndCard
    area: OverlayArea
    window: FrameWindow

    key = "end card"

    @property
    def name(self) -> str:
        return "end card"

    @property
    def needs(self) -> frozenset[SceneNeed]:
        return frozenset()

    @property
    def box(self) -> Box:
        """The whole frame."""
        return Box(0, 0, self.area.frame.width, self.area.frame.height)

    @cached_property
    def layout(self) -> CardLayout:
        """What it shows. GlyphError for a character that no font has, SpecError for what doesn't fit."""
        layout = laid_out(self.settings, self.area)
        assert layout.lines or not self.settings.text  # text that doesn't fit is an error of the plan
        return layout

    @property
    def _titled(self) -> TitleFrames | None:
        """The frames of its template; None without one."""
        if self.settings.template is None:
            return None
        frames = self.window.end - self.window.start
        return TitleFrames(card_request(self.settings, self.area), self.area.rate, frames)

    def check(self) -> None:
        """SpecError or GlyphError if it can't be drawn."""
        titled = self._titled
        assert titled.size if titled else self.layout

    def places(self, taken: Sequence[TimedBox], stated: Sequence[At]) -> tuple[GraphicPlace, ...]:  # noqa: ARG002
        return (GraphicPlace("frame", (self.box,)),)

    def refused(self, part: int, taken: Sequence[TimedBox]) -> FinishError:  # noqa: ARG002 (it has one part)
        return messages.no_room(self.name, "frame")

    def drawn(self, programme: Programme, delivery: Delivery, placed: PlacedGraphic) -> Programme:  # noqa: ARG002
        titled = self._titled
        return self._drawn_title(programme, titled) if titled else self._drawn_parts(programme)

    def _drawn_title(self, programme: Programme, titled: TitleFrames) -> Programme:
        """The card of a template: its ground fades in, and then its rows come."""
        ground = graph.image(card_ground(self.settings, self.area.frame), self.area.frame, self.area.rate)
        picture = self.area.laid(programme.picture, self._faded(ground, Fraction(0)), self.box, self.window)
        align = titled.request.template.align
        box = card_box(titled.size, self.area, align)
        picture = self.area.overlaid(picture, titled.timed(self.window), box, self.window)
        smaller = titled.layout.scale
        notes = [
            *lacking(self.name, titled.layout.lines),
            *([messages.title_smaller(self.name, smaller)] if smaller < 1 else []),
        ]
        composed = programme.with_picture(picture).add_notes(*notes)
        return composed.add_marks(ReviewMarker(self.window.middle, "end card"))

    def _drawn_parts(self, programme: Programme) -> Programme:
        """The plain card with its parts."""
        card = self._faded(graph.image(self.layout.card, self.area.frame, self.area.rate), Fraction(0))
        picture = self.area.laid(programme.picture, card, self.box, self.window)
        for part, box in self.layout.parts:
            image = graph.image(part.picture, part.picture.size, self.area.rate)
            later = replace(self.window, start=self.window.start + self._delay(part.delay))
            if later.start < later.end:
                picture = self.area.laid(picture, self._faded(image, part.delay), box, later)
        composed = programme.with_picture(picture).add_notes(*lacking(self.name, self.layout.lines))
        return composed.add_marks(ReviewMarker(self.window.middle, "end card"))

    def _faded(self, image: Stream, delay: Fraction) -> Stream:
        """A picture that fades in so long after the card began (s)."""
        start = (self.window.start + self._delay(delay)) / self.window.rate
        still = self.area.coloured(image).filter("tpad", stop_mode="clone", stop_duration=_FADE)
        timed = still.filter("setpts", expr=f"round(PTS+{start.numerator}/{start.denominator}/TB)")
        return timed.filter("fade", type="in", alpha=1, start_time=start, duration=_FADE)

    def _delay(self, seconds: Fraction) -> int:
        return round(seconds * self.window.rate)

    def expected(self, placed: PlacedGraphic) -> ExpectedGraphic:
        titled = self._titled
        fade = titled.coming if titled else round((self.layout.longest_delay + _FADE) * self.area.rate)
        return replace(expected_graphic(chosen_box(placed), self.window, fade), free=True)
