"""Segments of a crop's path: what the frame shows in a part of a clip, and where the crop's centre is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from finish.stages.reframe.camera_path import CameraPath, Floats
from finish.units import first_frame


@dataclass(frozen=True)
class Panel:
    """A window of the picture: its centre and its width, as shares of the picture's sides."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class CropSegment:
    """What the frame shows from `start` (s) to `end`, or to the next segment: a crop along `path`.

    Three other layouts replace the crop: the whole picture (`fit`); `panels`, one above the other; or a
    `wide` window around a still path, with a background above and below.
    """

    start: Fraction
    path: CameraPath
    end: Fraction | None = None
    fit: bool = False
    panels: tuple[Panel, ...] = ()
    wide: bool = False

    @property
    def cropped(self) -> bool:
        """Whether the frame shows the crop, and none of the other layouts."""
        return not (self.fit or self.panels or self.wide)


def spliced(segments: Sequence[CropSegment], overrides: Sequence[CropSegment]) -> list[CropSegment]:
    """`segments`, with each of the `overrides` in their place from its start to its own end."""
    ends = [segment.end for segment in overrides if segment.end is not None]
    result = []
    for start in sorted({*(segment.start for segment in (*segments, *overrides)), *ends}):
        below = [segment for segment in segments if segment.start <= start][-1]
        above = [
            segment
            for segment in overrides
            if segment.start <= start and (segment.end is None or start < segment.end)
        ]
        top = (above or [below])[0]
        result.append(CropSegment(start, top.path, fit=top.fit, panels=top.panels, wide=top.wide))
    return result


def positions(segments: Sequence[CropSegment], frames: int, rate: Fraction) -> Floats:
    """The position of the crop in every frame. Segments are in order; the first starts at 0."""
    times = np.arange(frames) / float(rate)
    return np.concatenate(
        [segment.path.at(times[start:end]) for segment, (start, end) in _frame_ranges(segments, frames, rate)]
    )


def segment_numbers(segments: Sequence[CropSegment], frames: int, rate: Fraction) -> Floats:
    """For every frame, the index of its segment."""
    return np.concatenate(
        [
            np.full(end - start, number)
            for number, (_, (start, end)) in enumerate(_frame_ranges(segments, frames, rate))
        ]
    )


def _frame_ranges(
    segments: Sequence[CropSegment], frames: int, rate: Fraction
) -> Iterator[tuple[CropSegment, tuple[int, int]]]:
    """Each segment with its first frame and the frame after its last."""
    starts = [min(frames, max(0, first_frame(segment.start, rate))) for segment in segments]
    yield from zip(segments, pairwise([*starts, frames]), strict=True)
