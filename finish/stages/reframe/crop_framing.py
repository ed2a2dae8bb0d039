"""Which part of the picture each frame shows, and where on the frame it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import FramePane, Framing
from finish.stages.reframe.camera_path import Floats
from finish.stages.reframe.crop_commands import runs
from finish.stages.reframe.crop_segments import CropSegment, Panel, positions, segment_numbers
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.delivery_frame import FrameGrid
from finish.units import Box, Size, even

WIDER: Final = 1.3  # times as wide as a crop a window may be before the whole picture is shown


@dataclass(frozen=True)
class FrameCrops:
    """Segments, and for every delivered frame the crop's centre and the index of its segment."""

    segments: Sequence[CropSegment]
    path: Floats
    numbers: Floats

    @classmethod
    def of(cls, segments: Sequence[CropSegment], grid: FrameGrid) -> FrameCrops:
        """The frames of a grid."""
        return cls(
            segments,
            grid.kept(positions(segments, grid.frames, grid.rate)),
            grid.kept(segment_numbers(segments, grid.frames, grid.rate)),
        )

    def frames_of(self, *numbers: int) -> NDArray[np.bool_]:
        """Whether each frame belongs to one of these segments."""
        return np.isin(self.numbers, numbers)


def whole_framing(window: CropWindow) -> Framing:
    """The whole picture in the middle of the frame, as large as fits."""
    target = whole_box(window.frame) if window.whole else fitted_box(window)
    return Framing(window.picture, ((0, (FramePane(whole_box(window.picture), target),)),))


def crops_framing(window: CropWindow, crops: FrameCrops) -> Framing:
    """What each frame shows, by its segment.

    Crops are rounded to a thousandth of the picture: a box that moves by a pixel counts as the same.
    """
    layouts = {
        number: panes for number, segment in enumerate(crops.segments) if (panes := _panes(window, segment))
    }
    steps = runs(
        np.where(crops.frames_of(*layouts), -1 - crops.numbers, np.rint(crops.path * 1000))
        .astype(int)
        .tolist()
    )

    def panes_of(step: int) -> tuple[FramePane, ...]:
        return (
            layouts[-1 - step] if step < 0 else (FramePane(window.box(step / 1000), whole_box(window.frame)),)
        )

    return Framing(window.picture, tuple((frame, panes_of(step)) for frame, step in steps))


def _panes(window: CropWindow, segment: CropSegment) -> tuple[FramePane, ...]:
    """What a segment with another layout shows; () for a crop."""
    if segment.fit:
        return (FramePane(whole_box(window.picture), fitted_box(window)),)
    if segment.wide:
        box = wide_box(window, segment)
        return (FramePane(box, fitted_box(CropWindow(box.size, window.frame))),)
    halves = frame_halves(window.frame)
    return tuple(
        FramePane(panel_box(window, panel), half) for panel, half in zip(segment.panels, halves, strict=False)
    )


def wide_box(window: CropWindow, segment: CropSegment) -> Box:
    """The window of a wide segment in even picture pixels, `WIDER` times as wide as a crop."""
    height, full_width = window.picture.height // 2 * 2, window.picture.width // 2 * 2
    width = min(even(WIDER * window.pixels.width), full_width)
    centre = segment.path.knots[0] * window.picture.width
    left = min(max(0, 2 * round((centre - width / 2) / 2)), full_width - width)
    return Box(left, 0, left + width, height)


def frame_halves(frame: Size) -> tuple[Box, Box]:
    """The upper and the lower half of a frame, in even pixels."""
    half = frame.height // 4 * 2
    return Box(0, 0, frame.width, half), Box(0, half, frame.width, frame.height)


def panel_box(window: CropWindow, panel: Panel) -> Box:
    """A panel's window in even picture pixels: the aspect of half of the frame, inside the picture."""
    picture, half = window.picture, frame_halves(window.frame)[0].size
    full_width, full_height = picture.width // 2 * 2, picture.height // 2 * 2
    width = min(even(panel.width * picture.width), full_width, even(picture.height * half.aspect))
    height = min(even(width / half.aspect), full_height)
    left = min(max(0, 2 * round((panel.x * picture.width - width / 2) / 2)), full_width - width)
    top = min(max(0, 2 * round((panel.y * picture.height - height / 2) / 2)), full_height - height)
    return Box(left, top, left + width, top + height)


def fitted_box(window: CropWindow) -> Box:
    """Where the whole picture is on the frame, in even pixels."""
    fit = window.fitted
    left, top = (window.frame.width - fit.width) // 4 * 2, (window.frame.height - fit.height) // 4 * 2
    return Box(left, top, left + fit.width, top + fit.height)


def whole_box(size: Size) -> Box:
    """All of a picture or a frame."""
    return Box(0, 0, size.width, size.height)
