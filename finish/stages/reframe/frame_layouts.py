"""The filters of each way to fill a frame: scaled whole, cropped still or moving, padded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.graph import OVERLAID, EnableSpans, Stream, Timeline
from finish.model import FramePane, Framing
from finish.stages.reframe.camera_path import Floats
from finish.stages.reframe.crop_commands import CropLeg, CropOffsets, Panel, runs
from finish.stages.reframe.crop_window import CropWindow
from finish.units import Box, Size, Span, even

_WIDEST: Final = 8  # frames side by side: a panorama that scales to more is cropped before it is scaled
WIDER: Final = 1.3  # times as wide as a crop a window may be before all of the picture shows
_THUMBNAIL: Final = 8  # times smaller than the frame: blurring there costs half of blurring at full size
_BLUR: Final = (
    8  # sigma in thumbnail pixels, 64 in the frame's: a lower third can't be read, colours stay in place
)
_DARKER: Final = Fraction(-234, 1000)  # stops: × 0.85, so that the picture stands out from what is around it


@dataclass(frozen=True)
class FrameGrid:
    """The delivery's frame grid: `frames` of the clip at a constant `rate`, of which `timeline` keeps some (None: all).

    `hold` (s) is how long the last picture may stand in.
    """

    rate: Fraction
    frames: int
    hold: Fraction
    timeline: Timeline | None = None

    @property
    def length(self) -> int:
        """How many frames are shown."""
        return round(self.timeline.end * self.rate) if self.timeline else self.frames

    def kept(self, values: Floats) -> Floats:
        """Of a value for each frame of the clip, those of the frames that are shown, one after the other."""
        if self.timeline is None:
            return values
        return np.concatenate([values[each] for each in self.timeline.frames])

    def of(self, picture: Stream) -> Stream:
        """`picture` on the grid, exactly: containers are vague about where a last frame ends; and cut there, to the frame."""
        steady = picture.filter("fps", fps=self.rate, start_time=0, round="near")
        filled = steady.filter("tpad", stop_mode="clone", stop_duration=self.hold)
        trimmed = filled.filter("trim", end=self.frames / self.rate)
        return trimmed.cut(self.timeline) if self.timeline else trimmed


@dataclass(frozen=True)
class DeliveryFrame:
    """What every deliverable of a destination is: its size and pixel format; and what is behind a picture that does not fill it: a colour
    (#RRGGBB), or "" for the picture itself, blurred."""

    size: Size
    pix_fmt: str
    background: str = ""

    def of(self, picture: Stream, size: Size | None = None) -> Stream:
        """`picture` scaled to `size` (else the frame's) in BT.709 limited range, square pixels, dithered once.

        One thread, because slices change the bytes; the chain is what measured best for colour (ΔE2000 of flat patches 0.002).
        """
        size = size or self.size
        scaled = picture.filter(
            "zscale",
            size=size,
            width=size.width,
            height=size.height,
            filter="spline36",
            matrix="709",
            primaries="709",
            transfer="709",
            range="limited",
            chromal="left",
            dither="ordered",
            threads=1,
        )
        return scaled.filter("setsar", sar=1).filter("format", pix_fmts=self.pix_fmt)


def all_shown(window: CropWindow) -> Framing:
    """All of the picture in the middle of the frame, as large as fits."""
    return Framing(
        window.picture,
        ((0, (FramePane(_all(window.picture), _all(window.frame) if window.whole else _middle(window)),)),),
    )


@dataclass(frozen=True)
class DrawnPath:
    """The legs of a way; and for every frame that is shown, where the crop's middle stands, and the number of its leg."""

    legs: Sequence[CropLeg]
    path: Floats
    which: Floats

    def of(self, *numbers: int) -> NDArray[np.bool_]:
        """The frames of some legs."""
        return np.isin(self.which, numbers)


def part_shown(window: CropWindow, way: DrawnPath) -> Framing:
    """What of the picture each frame shows, by the leg that it is of; to a thousandth of the picture, for a box that moves a pixel is no
    other."""
    instead = {number: panes for number, leg in enumerate(way.legs) if (panes := _panes(window, leg))}
    steps = runs(np.where(way.of(*instead), -1 - way.which, np.rint(way.path * 1000)).astype(int).tolist())
    return Framing(
        window.picture,
        tuple(
            (
                frame,
                instead[-1 - step] if step < 0 else (FramePane(window.box(step / 1000), _all(window.frame)),),
            )
            for frame, step in steps
        ),
    )


def _panes(window: CropWindow, leg: CropLeg) -> tuple[FramePane, ...]:
    """What a leg that is no crop shows; () for one that is."""
    if leg.fit:
        return (FramePane(_all(window.picture), _middle(window)),)
    if leg.wide:
        box = wide_box(window, leg)
        return (FramePane(box, _middle(CropWindow(box.size, window.frame))),)
    places = _halves(window.frame)
    return tuple(
        FramePane(panel_box(window, panel), place) for panel, place in zip(leg.panels, places, strict=False)
    )


def wide_box(window: CropWindow, leg: CropLeg) -> Box:
    """The window of a wide leg in even picture pixels: `WIDER` times as wide as a crop, and as high as the picture."""
    high, wide = (
        window.picture.height // 2 * 2,
        min(even(WIDER * window.pixels.width), window.picture.width // 2 * 2),
    )
    left = min(
        max(0, 2 * round((leg.path.knots[0] * window.picture.width - wide / 2) / 2)),
        window.picture.width // 2 * 2 - wide,
    )
    return Box(left, 0, left + wide, high)


def _halves(frame: Size) -> tuple[Box, Box]:
    half = frame.height // 4 * 2
    return Box(0, 0, frame.width, half), Box(0, half, frame.width, frame.height)


def panel_box(window: CropWindow, panel: Panel) -> Box:
    """A panel's window in even picture pixels, of the aspect of half of the frame, inside the picture."""
    picture, place = window.picture, _halves(window.frame)[0].size
    width = min(
        even(panel.width * picture.width), picture.width // 2 * 2, even(picture.height * place.aspect)
    )
    height = min(even(width / place.aspect), picture.height // 2 * 2)
    left = min(max(0, 2 * round((panel.x * picture.width - width / 2) / 2)), picture.width // 2 * 2 - width)
    top = min(
        max(0, 2 * round((panel.y * picture.height - height / 2) / 2)), picture.height // 2 * 2 - height
    )
    return Box(left, top, left + width, top + height)


def _middle(window: CropWindow) -> Box:
    """Where all of the picture stands on the frame, in even pixels."""
    fit = window.fitted
    left, top = (window.frame.width - fit.width) // 4 * 2, (window.frame.height - fit.height) // 4 * 2
    return Box(left, top, left + fit.width, top + fit.height)


def _all(size: Size) -> Box:
    return Box(0, 0, size.width, size.height)


def scaled(picture: Stream, window: CropWindow, grid: FrameGrid, frame: DeliveryFrame) -> Stream:  # noqa: ARG001 (the signature of a layout)
    """All of the picture, which has the frame's aspect."""
    return frame.of(grid.of(picture))


def jumping(
    picture: Stream, window: CropWindow, path: Floats, grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """A window that stands still, or jumps as at cuts: cropped at the picture's own size, in even steps that nobody sees.

    Where it never jumps it is cropped before all else, so that pointwise filters may sink below the crop.
    """
    kinds, which = np.unique(path, return_inverse=True)
    boxes = [window.box(position) for position in kinds.tolist()]
    if len(set(boxes)) == 1:
        return frame.of(grid.of(_cropped(picture, boxes[0])))
    offsets = [boxes[index].left if window.across else boxes[index].top for index in which.tolist()]
    return frame.of(_driven(grid.of(picture), window, boxes[which[0]], offsets, grid.rate))


def moving(
    picture: Stream, window: CropWindow, path: Floats, grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """Windows that move: what they reach is scaled first, so that the steps are the frame's own pixels."""
    reach = window.reach(float(path.min()), float(path.max()))
    start, length = (reach.left, reach.size.width) if window.across else (reach.top, reach.size.height)
    along, over = (
        (frame.size.width, frame.size.height) if window.across else (frame.size.height, frame.size.width)
    )
    full = max(along, even(length * window.scale))
    if full > _WIDEST * along:
        return jumping(picture, window, path, grid, frame)
    middles = (path * window.length - start) * (full / length)
    offsets = np.clip(np.rint(middles - along / 2), 0, full - along).astype(int).tolist()
    first = (
        Box(offsets[0], 0, offsets[0] + along, over)
        if window.across
        else Box(0, offsets[0], over, offsets[0] + along)
    )
    large = frame.of(
        grid.of(_cropped(picture, reach)), Size(full, over) if window.across else Size(over, full)
    )
    return _driven(large, window, first, offsets, grid.rate)


def padded(picture: Stream, window: CropWindow, grid: FrameGrid, frame: DeliveryFrame) -> Stream:
    """All of the picture before a colour, or a blurred, darker thumbnail of its middle.

    The thumbnail is taken from the fitted picture, and kept in float until it is frame-sized, so that it shows no bands.
    """
    fit = window.fitted
    inner, place = frame.of(grid.of(picture), fit), _middle(window)
    if frame.background:
        colour = frame.background.replace(
            "#", "0x"
        )  # FFmpeg turns it into the codes of the picture's own matrix and range
        return inner.filter(
            "pad",
            size=frame.size,
            w=frame.size.width,
            h=frame.size.height,
            x=place.left,
            y=place.top,
            color=colour,
        )
    tiny = Size(even(Fraction(frame.size.width, _THUMBNAIL)), even(Fraction(frame.size.height, _THUMBNAIL)))
    thumbnail = (
        _cropped(inner, CropWindow(fit, frame.size).box(0.5))
        .filter(
            "zscale",
            size=tiny,
            width=tiny.width,
            height=tiny.height,
            filter="bilinear",
            matrix="gbr",
            range="full",
        )
        .filter("format", pix_fmts="gbrpf32le")
    )
    behind = frame.of(thumbnail.filter("gblur", sigma=_BLUR).filter("exposure", exposure=_DARKER))
    laid = behind.filter("overlay", inner, x=place.left, y=place.top, format=OVERLAID[frame.pix_fmt])
    return laid.filter("format", pix_fmts=frame.pix_fmt)


def laid_out(
    picture: Stream, window: CropWindow, way: DrawnPath, grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """Each frame by its leg: a crop where it is one, else what shows instead, laid over it."""
    fit = way.of(*(number for number, leg in enumerate(way.legs) if leg.fit))
    others = [(padded(picture, window, grid, frame), fit)] if fit.any() else []
    others += [
        (stacked(picture, window, leg.panels, grid, frame), way.of(number))
        for number, leg in enumerate(way.legs)
        if leg.panels and way.of(number).any()
    ]
    others += [
        (widened(picture, wide_box(window, leg), grid, frame), way.of(number))
        for number, leg in enumerate(way.legs)
        if leg.wide and way.of(number).any()
    ]
    if len(others) == 1 and others[0][1].all():
        return others[0][0]
    fill_window = jumping if all(leg.path.held for leg in way.legs) else moving
    crop = fill_window(picture, window, way.path, grid, frame)
    return mixed(crop, others, grid, frame) if others else crop


def widened(picture: Stream, box: Box, grid: FrameGrid, frame: DeliveryFrame) -> Stream:
    """A part of the picture as wide as the frame, before a background."""
    return padded(_cropped(picture, box), CropWindow(box.size, frame.size), grid, frame)


def stacked(
    picture: Stream, window: CropWindow, panels: Sequence[Panel], grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """Two windows of the picture, one above the other."""
    steady = grid.of(picture)
    first, second = (
        frame.of(_cropped(steady, panel_box(window, panel)), place.size)
        for panel, place in zip(panels, _halves(frame.size), strict=True)
    )
    return first.filter("vstack", second, inputs=2, size=frame.size)


def mixed(
    crop: Stream, others: Sequence[tuple[Stream, NDArray[np.bool_]]], grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """A crop, and in the frames of each of the others that one instead."""
    shown = crop
    for other, frames in others:
        changes = [*runs(frames.astype(int).tolist()), (len(frames), 0)]
        spans = tuple(
            Span(start / grid.rate, end / grid.rate) for (start, on), (end, _) in pairwise(changes) if on
        )
        shown = shown.filter(
            "overlay",
            other,
            x=0,
            y=0,
            format=OVERLAID[frame.pix_fmt],
            enable=EnableSpans(spans, Fraction(1, 2) / grid.rate),
        )
    return shown.filter("format", pix_fmts=frame.pix_fmt)


def _cropped(picture: Stream, box: Box) -> Stream:
    if picture.size == box.size:
        return picture
    return picture.filter("crop", size=box.size, w=box.size.width, h=box.size.height, x=box.left, y=box.top)


def _driven(
    picture: Stream, window: CropWindow, first: Box, offsets: Sequence[int], rate: Fraction
) -> Stream:
    """`first`, moved to each frame's offset."""
    moves = runs(offsets)
    if len(moves) == 1:
        return _cropped(picture, first)
    steps, size = CropOffsets(rate, moves), first.size
    x, y = (steps, first.top) if window.across else (first.left, steps)
    return picture.filter("crop", size=size, w=size.width, h=size.height, x=x, y=y, exact=1)
