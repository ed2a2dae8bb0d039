"""The filters of each layout of a frame: picture scaled or padded, crop still or moving, panels stacked."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.graph import OVERLAID, EnableSpans, Stream
from finish.stages.reframe.camera_path import Floats
from finish.stages.reframe.crop_commands import CropOffsets, runs
from finish.stages.reframe.crop_framing import FrameCrops, fitted_box, frame_halves, panel_box, wide_box
from finish.stages.reframe.crop_segments import Panel
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.delivery_frame import DeliveryFrame, FrameGrid
from finish.units import Box, Size, Span, even

_WIDEST: Final = 8  # frames side by side: a panorama that scales to more is cropped before it is scaled
_THUMBNAIL: Final = 8  # times smaller than the frame: blurring there costs half of blurring at full size
# Sigma in thumbnail pixels, 64 in the frame's: a lower third can't be read, colours stay in place.
_BLUR: Final = 8
_DARKER: Final = Fraction(-234, 1000)  # stops: × 0.85, so that the picture stands out from the background


def scaled(picture: Stream, _: CropWindow, grid: FrameGrid, frame: DeliveryFrame) -> Stream:
    """The whole picture, which has the frame's aspect."""
    return frame.of(grid.of(picture))


def jumping(
    picture: Stream, window: CropWindow, path: Floats, grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """A window that is still or jumps at cuts, cropped at the picture's own size, in even pixels.

    A window that never jumps is cropped first, so that pointwise filters can be pushed below the crop.
    """
    places, indices = np.unique(path, return_inverse=True)
    boxes = [window.box(position) for position in places.tolist()]
    if len(set(boxes)) == 1:
        return frame.of(grid.of(_cropped(picture, boxes[0])))
    offsets = [boxes[index].left if window.across else boxes[index].top for index in indices.tolist()]
    return frame.of(_driven(grid.of(picture), window, boxes[indices[0]], offsets, grid.rate))


def moving(
    picture: Stream, window: CropWindow, path: Floats, grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """A window that moves: the part that it reaches is scaled first, so that it moves by frame pixels."""
    reach = window.reach(float(path.min()), float(path.max()))
    start, length = (reach.left, reach.size.width) if window.across else (reach.top, reach.size.height)
    along, over = (
        (frame.size.width, frame.size.height) if window.across else (frame.size.height, frame.size.width)
    )
    full = max(along, even(length * window.scale))
    if full > _WIDEST * along:
        return jumping(picture, window, path, grid, frame)
    centres = (path * window.length - start) * (full / length)
    offsets = np.clip(np.rint(centres - along / 2), 0, full - along).astype(int).tolist()
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
    """The whole picture in front of a colour, or of a blurred, darker copy of its middle."""
    inner, place = frame.of(grid.of(picture), window.fitted), fitted_box(window)
    if frame.background:
        # FFmpeg converts the colour to codes of the picture's own matrix and range.
        colour = frame.background.replace("#", "0x")
        size = frame.size
        return inner.filter(
            "pad", size=size, w=size.width, h=size.height, x=place.left, y=place.top, color=colour
        )
    behind = _blurred(inner, window.fitted, frame)
    laid = behind.filter("overlay", inner, x=place.left, y=place.top, format=OVERLAID[frame.pix_fmt])
    return laid.filter("format", pix_fmts=frame.pix_fmt)


def _blurred(inner: Stream, fitted: Size, frame: DeliveryFrame) -> Stream:
    """A blurred, darker thumbnail of the middle of the fitted picture, frame-sized.

    It stays in float until it has the frame's size, so that it shows no bands.
    """
    tiny = Size(even(Fraction(frame.size.width, _THUMBNAIL)), even(Fraction(frame.size.height, _THUMBNAIL)))
    thumbnail = (
        _cropped(inner, CropWindow(fitted, frame.size).box(0.5))
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
    return frame.of(thumbnail.filter("gblur", sigma=_BLUR).filter("exposure", exposure=_DARKER))


def fill_frame(
    picture: Stream, window: CropWindow, crops: FrameCrops, grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """Each frame by its segment: the crop, or another layout laid over it."""
    layouts = _layouts(picture, window, crops, grid, frame)
    if len(layouts) == 1 and layouts[0][1].all():
        return layouts[0][0]
    crop_filter = jumping if all(segment.path.held for segment in crops.segments) else moving
    crop = crop_filter(picture, window, crops.path, grid, frame)
    return mixed(crop, layouts, grid, frame) if layouts else crop


def _layouts(
    picture: Stream, window: CropWindow, crops: FrameCrops, grid: FrameGrid, frame: DeliveryFrame
) -> list[tuple[Stream, NDArray[np.bool_]]]:
    """The pictures of layouts other than the crop, each with the frames in which it is shown."""
    segments = list(enumerate(crops.segments))
    fit = crops.frames_of(*(number for number, segment in segments if segment.fit))
    layouts = [(padded(picture, window, grid, frame), fit)] if fit.any() else []
    layouts += [
        (stacked(picture, window, segment.panels, grid, frame), crops.frames_of(number))
        for number, segment in segments
        if segment.panels and crops.frames_of(number).any()
    ]
    layouts += [
        (widened(picture, wide_box(window, segment), grid, frame), crops.frames_of(number))
        for number, segment in segments
        if segment.wide and crops.frames_of(number).any()
    ]
    return layouts


def widened(picture: Stream, box: Box, grid: FrameGrid, frame: DeliveryFrame) -> Stream:
    """A part of the picture as wide as the frame, in front of a background."""
    return padded(_cropped(picture, box), CropWindow(box.size, frame.size), grid, frame)


def stacked(
    picture: Stream, window: CropWindow, panels: Sequence[Panel], grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """Two windows of the picture, one above the other."""
    steady = grid.of(picture)
    first, second = (
        frame.of(_cropped(steady, panel_box(window, panel)), half.size)
        for panel, half in zip(panels, frame_halves(frame.size), strict=True)
    )
    return first.filter("vstack", second, inputs=2, size=frame.size)


def mixed(
    crop: Stream, layouts: Sequence[tuple[Stream, NDArray[np.bool_]]], grid: FrameGrid, frame: DeliveryFrame
) -> Stream:
    """The crop, overlaid by each of the other layouts in its frames."""
    picture = crop
    for layout, frames in layouts:
        changes = [*runs(frames.astype(int).tolist()), (len(frames), 0)]
        spans = tuple(
            Span(start / grid.rate, end / grid.rate) for (start, on), (end, _) in pairwise(changes) if on
        )
        picture = picture.filter(
            "overlay",
            layout,
            x=0,
            y=0,
            format=OVERLAID[frame.pix_fmt],
            enable=EnableSpans(spans, Fraction(1, 2) / grid.rate),
        )
    return picture.filter("format", pix_fmts=frame.pix_fmt)


def _cropped(picture: Stream, box: Box) -> Stream:
    if picture.size == box.size:
        return picture
    return picture.filter("crop", size=box.size, w=box.size.width, h=box.size.height, x=box.left, y=box.top)


def _driven(
    picture: Stream, window: CropWindow, first: Box, offsets: Sequence[int], rate: Fraction
) -> Stream:
    """The crop `first`, moved to each frame's offset."""
    changes = runs(offsets)
    if len(changes) == 1:
        return _cropped(picture, first)
    steps, size = CropOffsets(rate, changes), first.size
    x, y = (steps, first.top) if window.across else (first.left, steps)
    return picture.filter("crop", size=size, w=size.width, h=size.height, x=x, y=y, exact=1)
