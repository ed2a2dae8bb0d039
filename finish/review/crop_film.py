"""A clip with its crop window drawn on it, as a small video."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.model import ClipProgramme, Framing
from finish.stages.reframe.crop_commands import CropOffsets
from finish.storage.cleanup import discard
from finish.storage.publish import draft_beside
from finish.units import Box, Size, even, scaled

WIDE: Final = 960  # px: enough to judge a crop by
_LINE: Final = 3  # px
_H264: Final = (
    ("c:v", "libx264"),
    ("preset", "veryfast"),
    ("crf", "23"),
    ("pix_fmt", "yuv420p"),
    ("movflags", "+faststart"),
)


def preview(clip: ClipProgramme, planned: ClipProgramme, target: Path) -> Path:
    """Write the clip as silent H.264 in MP4, with a white frame around what the deliverable shows."""
    rate, size = (
        planned.rate,
        Size(min(WIDE, even(clip.frame.width)), even(min(WIDE, clip.frame.width) / clip.frame.aspect)),
    )
    steady = clip.picture.filter("fps", fps=rate, start_time=0, round="near").filter(
        "tpad", stop_mode="clone", stop_duration=1
    )
    programme = (
        steady.filter("trim", end=planned.duration)
        if planned.timeline is None
        else steady.cut(planned.timeline)
    )
    small = programme.filter(
        "zscale", size=size, width=size.width, height=size.height, filter="bilinear"
    ).filter("format", pix_fmts="yuv420p")
    drawn = _framed(small, planned.framing, rate, size) if planned.framing else small
    draft = draft_beside(target.parent, target.name)
    try:
        ffmpeg_runner.write([Output((drawn,), str(draft), "mp4", _H264)])
        draft.replace(target)
    finally:
        discard(draft)
    return target


def _framed(picture: Stream, framing: Framing, rate: Fraction, size: Size) -> Stream:
    """The picture with a box for each pane; a frame with fewer panes repeats its last one."""
    for number in range(max(len(panes) for _, panes in framing.runs)):
        boxes = [
            (frame, scaled(panes[min(number, len(panes) - 1)].crop_box, framing.picture, size))
            for frame, panes in framing.runs
        ]
        sides: dict[str, Callable[[Box], int]] = {
            "x": lambda box: box.left,
            "y": lambda box: box.top,
            "w": lambda box: box.size.width,
            "h": lambda box: box.size.height,
        }
        values = {
            name: CropOffsets(rate, _changes([(frame, of(box)) for frame, box in boxes]))
            for name, of in sides.items()
        }
        picture = picture.filter(
            "drawbox", size=None, pointwise=False, color="white", thickness=_LINE, **values
        )
    return picture


def _changes(values: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    changes = list(values[:1])
    for frame, value in values[1:]:
        if value != changes[-1][1]:
            changes.append((frame, value))
    return tuple(changes)
