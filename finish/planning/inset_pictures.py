"""Pictures in the picture: their size and place on the frame, and how they are laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from finish import graph
from finish.analysis.clearance import ExpectedGraphic, GraphicClearance
from finish.checks import graphic_clearance
from finish.errors import SpecError
from finish.graph import PictureLayout, Stream, picture_sequence
from finish.model import EditSegment, Place, Promise, ReservedArea, ReviewMarker, SequenceProgramme, Tolerance
from finish.planning.edit_layout import SegmentPlacement
from finish.planning.inset_drawings import InsetMask, InsetPlate, InsetShape
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.units import Box, Size, even

# House: a picture that is taller or wider is cropped by its own subject, so that it has room beside others.
_TALLEST, _WIDEST = Fraction(9, 16), Fraction(2)
_FAINTEST: Final = 6  # codes of 255: two clips can look alike, and the whole box counts


@dataclass(frozen=True)
class InsetPicture:
    """A picture over the main picture, of the size of its box, and the `placement` of its segment."""

    picture: Stream
    placement: SegmentPlacement
    preroll: Fraction

    @property
    def place(self) -> Place:
        assert self.placement.segment.place is not None
        return self.placement.segment.place

    def box(self, area: OverlayArea) -> Box:
        """Where it is, without its border."""
        assert self.picture.size is not None, "an inset has the size of its box"
        return inset_box(self.placement.segment, self.picture.size, area)

    def window(self, area: OverlayArea) -> FrameWindow:
        """When it's visible."""
        return FrameWindow(self.placement.start - self.placement.head, self.placement.end, area.rate)


def inset_size(place: Place, own: Size, frame: Size) -> Size:
    """The size of a picture in a `frame`, with the aspect of the clip (`own`) within the house's limits."""
    width = even(place.width * frame.width)
    return Size(width, even(width / min(max(own.aspect, _TALLEST), _WIDEST)))


def inset_box(segment: EditSegment, size: Size, area: OverlayArea) -> Box:
    """Where a picture of that size is, without its border; SpecError if it doesn't fit the safe area."""
    place, room = segment.place, area.box
    assert place is not None
    border = _border(place, area.short)
    outer = Size(size.width + 2 * border, size.height + 2 * border)
    if outer.width > room.size.width or outer.height > room.size.height:
        share = min(
            Fraction(room.size.width - 2 * border, size.width),
            Fraction(room.size.height - 2 * border, size.height),
        )
        most = int(round(100 * float(share) * place.width, 6)) / 100
        message = f"{segment.label}: its picture of {outer} px doesn't fit the safe area of {room.size}"
        raise SpecError(message, f"use a `width` of at most {most:g}", where=segment.where)
    words = place.corner.split("-")
    left = _edge(words, ("left", "right"), (room.left, room.right), outer.width, area.frame.width)
    top = _edge(words, ("top", "bottom"), (room.top, room.bottom), outer.height, area.frame.height)
    return Box(left + border, top + border, left + border + size.width, top + border + size.height)


def _edge(
    words: Sequence[str], sides: tuple[str, str], room: tuple[int, int], length: int, frame: int
) -> int:
    """The left or top edge: at a side of the room, or in the middle of the frame if the room allows."""
    low, high = room[0], room[1] - length
    if sides[0] in words:
        return low
    if sides[1] in words:
        return high
    return min(max(2 * round((frame - length) / 4), low), high)


def with_insets(
    programme: SequenceProgramme, insets: Sequence[InsetPicture], area: OverlayArea
) -> SequenceProgramme:
    """The programme with its pictures in the picture; later graphics and captions keep clear of them."""
    if not insets:
        return programme
    plain, graphics = programme.picture, list[ExpectedGraphic]()
    for inset in insets:
        box, window = inset.box(area), inset.window(area)
        outer = box.grown(_border(inset.place, area.short))
        programme = programme.with_picture(laid_over(programme.picture, inset, area))
        programme = programme.reserve(ReservedArea(outer, window.span))
        programme = programme.add_marks(ReviewMarker(window.middle, inset.placement.segment.label))
        graphics.append(ExpectedGraphic((window.middle,), box, _FAINTEST, free=True))
    return programme.add_promises(_promise(area, plain, graphics))


def laid_over(picture: Stream, inset: InsetPicture, area: OverlayArea) -> Stream:
    """The picture with one inset over it, on its border and shadow."""
    box, window = inset.box(area), inset.window(area)
    place, transition = inset.place, inset.placement.transition
    shape = InsetShape(
        box.size,
        _border(place, area.short),
        round(place.radius * area.short),
        area.short if place.shadow else 0,
        transition.frames if transition else 0,
    )
    if shape.border or shape.short:
        plate = _drawn(InsetPlate(shape), shape.plate_size, window)
        picture = area.overlaid(picture, plate, box.grown(shape.margin), window)
    return area.laid(picture, _shaped(inset, shape, window, area), box, window)


def _shaped(inset: InsetPicture, shape: InsetShape, window: FrameWindow, area: OverlayArea) -> Stream:
    """The inset's own picture at its time, with its corners and its dissolve as alpha.

    `blend` keeps the picture's own planes and takes the mask's alpha, in the picture's bits.
    """
    place = inset.placement.picture(inset.preroll)
    layout = PictureLayout(area.rate, (replace(place, transition=None),))
    timed = area.opaque(picture_sequence([inset.picture], layout))
    if not shape.inner_radius and not shape.fade:
        return timed
    mask = _drawn(InsetMask(shape), shape.size, window)
    return timed.filter("blend", area.coloured(mask), all_mode="normal", c3_opacity=0)


def _drawn(frames: InsetMask | InsetPlate, size: Size, window: FrameWindow) -> Stream:
    """The drawn frames from the window's start on; the last one stays."""
    rate, image = window.rate, graph.image(frames, size, window.rate)
    return image.filter("setpts", expr=f"round((N+{window.start})*{rate.denominator}/{rate.numerator}/TB)")


def _border(place: Place, short: int) -> int:
    return even(place.border * short) if place.border else 0


def _promise(area: OverlayArea, plain: Stream, graphics: Sequence[ExpectedGraphic]) -> Promise[Any]:
    """The file shows every picture in the picture. It is compared with `plain`, the same without them."""
    frame = Box(0, 0, area.frame.width, area.frame.height)
    return Promise(
        "pictures in the picture that don't show",
        graphic_clearance.missing,
        Tolerance(exactly=0),
        "",
        source="house rule: overlays show",
        part="picture",
        analyser=GraphicClearance.of(area.frame, frame, graphics),
        against=(plain,),
        hint="choose a clip that differs from the one under it, or add a border",
    )
