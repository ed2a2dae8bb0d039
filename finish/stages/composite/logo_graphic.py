"""The logo as a graphic: one corner for its whole time, and the variant that stands out there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final, get_args

from finish import graph
from finish.analysis.clearance import CODES, ExpectedGraphic
from finish.errors import FinishError
from finish.model import Delivery, Document, Programme
from finish.model.graphics import AVOIDED, At, GraphicPlace, PlacedGraphic, SceneNeed, TimedBox
from finish.stages.composite import messages, picture_file
from finish.stages.composite.canvas import PlatedPicture, ScaledPicture
from finish.stages.composite.composite_graphic import CompositeGraphic, chosen_box, expected_graphic
from finish.stages.composite.composite_settings import Corner, Logo
from finish.stages.composite.ground_contrast import (
    LEAST_LOGO_CONTRAST,
    edge_luminances,
    logo_contrast,
    plate_colour,
)
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.units import Box, Size, digest, even

_ENLARGED: Final = 1.5  # times; above it softness is visible, as in reframe
# The logo's least contrast in the finished file, in codes of 255: above an encoder's noise (see clearance).
_FAINTEST: Final = 12
_CORNERS: Final[tuple[Corner, ...]] = ("top-right", "top-left", "bottom-right", "bottom-left")
# House values of preference: the other variant costs less than another corner, a plate more.
# The mark alone is for where nothing else fits.
_OTHER_CORNER, _OTHER_VARIANT, _ON_PLATE, _MARK = 0.8, 0.2, 2.0, 3.0
_ON: Final = " plate"  # the end of the look of a variant on a plate
_PADDING: Final = 0.25  # of the logo's height: a plate extends that far beyond it


@dataclass(frozen=True)
class LogoGraphic(CompositeGraphic):
    """A logo in `area` during `window`; `content` are the keys of what its place depends on."""

    settings: Logo
    area: OverlayArea
    window: FrameWindow
    content: tuple[str, ...]

    place_names: ClassVar[tuple[str, ...]] = get_args(Corner)
    needed: ClassVar[float] = LEAST_LOGO_CONTRAST

    @property
    def name(self) -> str:
        return "logo"

    @property
    def needs(self) -> frozenset[SceneNeed]:
        return logo_needs(self.settings)

    @cached_property
    def key(self) -> str:
        files = (f"{name} {document.digest}" for name, document in self.settings.variants)
        place = (self.settings.corner, str(self.settings.height), repr(self.window), repr(self.area))
        return digest("logo", *files, *place, *self.content)[:16]

    def places(self, taken: Sequence[TimedBox], stated: Sequence[At]) -> tuple[GraphicPlace, ...]:  # noqa: ARG002
        corners = _CORNERS if self.settings.corner == "auto" else (self.settings.corner,)
        return tuple(place for number, corner in enumerate(corners) for place in self._looks(corner, number))

    def _looks(self, corner: Corner, number: int) -> list[GraphicPlace]:
        """The variants of the logo in a corner, and the first one on a plate."""
        away = number * _OTHER_CORNER
        looks = [
            self._place(corner, look, away + (_MARK if look == "mark" else at * _OTHER_VARIANT))
            for at, (look, _) in enumerate(self.settings.variants)
        ]
        first, document = self.settings.variants[0]
        if edge_luminances(document):
            looks.append(self._place(corner, first + _ON, away + _ON_PLATE))
        return looks

    def _place(self, corner: Corner, look: str, cost: float) -> GraphicPlace:
        box = self._box(corner, look)
        document = self._document(look)
        behind = None if look.endswith(_ON) else lambda luma: logo_contrast(document, luma)
        clear = round(self.settings.clear * self._size(look).height)
        return GraphicPlace(corner, self.fitting(box), cost, look, behind, clear)

    def _document(self, look: str) -> Document:
        return dict(self.settings.variants)[look.removesuffix(_ON)]

    def _size(self, look: str) -> Size:
        """The size of the logo itself (px)."""
        height, width = picture_file.trimmed(picture_file.read(self._document(look))).shape[:2]
        tall = even(self.settings.height * self.area.short)
        return Size(even(tall * width / height), tall)

    def _box(self, corner: Corner, look: str) -> Box:
        """What the logo, or its plate, covers in a corner."""
        size, around = self._size(look), self._around(look)
        return self.area.corner(Size(size.width + 2 * around, size.height + 2 * around), corner)

    def _around(self, look: str) -> int:
        """How far the plate extends beyond the logo (px)."""
        return even(_PADDING * self._size(look).height) if look.endswith(_ON) else 0

    def refused(self, part: int, taken: Sequence[TimedBox]) -> FinishError:  # noqa: ARG002 (it has one part)
        look = self.settings.variants[0][0]
        if not self.area.holds(self._box(_CORNERS[0], look)):
            return messages.logo_too_large(self._size(look), self.area.box.size)
        return messages.no_room("logo", self.settings.corner)

    def drawn(self, programme: Programme, delivery: Delivery, placed: PlacedGraphic) -> Programme:  # noqa: ARG002
        (place,) = placed.places
        size, document = self._size(place.look), self._document(place.look)
        logo = ScaledPicture(document, size, self.settings.opacity)
        plate = plate_colour(document, self.settings.grounds) if place.look.endswith(_ON) else ""
        payload = PlatedPicture(logo, self._around(place.look), plate) if plate else logo
        own = picture_file.trimmed(picture_file.read(document)).shape
        scale = size.height / own[0]
        notes = [
            *([messages.logo_enlarged(Size(own[1], own[0]), scale)] if scale > _ENLARGED else []),
            *([messages.logo_moved(str(place.at))] if placed.moved else []),
            *([messages.logo_on_plate()] if plate else []),
            *self.covering(placed),
            *(
                [messages.logo_faint(placed.contrast, LEAST_LOGO_CONTRAST)]
                if placed.contrast < LEAST_LOGO_CONTRAST
                else []
            ),
        ]
        return self.drawn_on(programme, graph.image(payload, payload.size), placed, "logo").add_notes(*notes)

    def expected(self, placed: PlacedGraphic) -> ExpectedGraphic:
        codes = max(_FAINTEST, round(CODES * self.settings.opacity))
        return expected_graphic(chosen_box(placed), self.window, codes=codes)


def logo_needs(settings: Logo) -> frozenset[SceneNeed]:
    """The facts about the picture that the place and the variant of a logo depend on."""
    tones: frozenset[SceneNeed] = (
        frozenset({"tones"}) if edge_luminances(settings.variants[0][1]) else frozenset()
    )
    return (AVOIDED if settings.corner == "auto" else frozenset[SceneNeed]()) | tones
