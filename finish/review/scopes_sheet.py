"""The scopes sheet: chosen frames before and after their grade, each with its scopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.errors import MediaError, SpecError
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.model import Deliverable, Programme, SequenceProgramme
from finish.review.limits import without_limits
from finish.review.moments import tidy
from finish.review.page import PageCell, PageRow, PageSection, SheetPage
from finish.review.scopes import HIGH, ScopedFrame, histogram, parade, vectorscope, waveform
from finish.review.small_frames import Pixels, frame_at
from finish.storage import cleanup
from finish.units import Size, clock, even

_MAX_WIDTH: Final = 640  # px of the measured frame, scaled down by areas
_SCOPES: Final[tuple[tuple[str, Callable[[ScopedFrame], Pixels]], ...]] = (
    ("waveform", waveform),
    ("parade", parade),
    ("vectorscope", vectorscope),
    ("histogram", histogram),
)
_FACTS: Final = (
    "lines at 0, 25, 50, 75 and 100 %",
    "brown lines: limits of EBU R 103",
    "boxes: 75 % bars",
    "slanted line: skin",
)


def before_and_after(deliverable: Deliverable) -> tuple[Deliverable, Deliverable]:
    """The deliverable without a grade and with it, without the destination's limits."""
    after = replace(without_limits(deliverable), name="after")
    plain = {**deliverable.settings, "colour": type(deliverable.settings["colour"])()}
    return replace(after, name="before", settings=plain), after


def page(title: str, programmes: Sequence[tuple[str, Programme]], times: Sequence[Fraction]) -> SheetPage:
    """Each moment's frame by each programme, with its scopes; SpecError for a moment after the end."""
    rows = [_row(title, name, programme, time) for time in times for name, programme in programmes]
    return SheetPage("Scopes", tidy(title), _FACTS, (PageSection("", (), tuple(rows)),))


def _row(title: str, name: str, programme: Programme, time: Fraction) -> PageRow:
    if time >= programme.duration:
        message = f"{title} ends at {clock(programme.duration)}, before {clock(time)}"
        raise SpecError(message, "choose an earlier time")
    frame = ScopedFrame.of(_codes(programme, time))
    cells = (PageCell(_picture(frame), name), *(PageCell(draw(frame), kind) for kind, draw in _SCOPES))
    segment = tidy(programme.name_at(time)) if isinstance(programme, SequenceProgramme) else ""
    return PageRow("  ".join(filter(None, (clock(time), segment, name))), _extent(frame), cells)


def _extent(frame: ScopedFrame) -> tuple[str, str]:
    low, high = (100 * float(np.percentile(frame.luma, share)) for share in (0.1, 99.9))
    return f"luma {low:.0f} to {high:.0f} %", f"mean {100 * float(frame.luma.mean()):.0f} %"


def _codes(programme: Programme, time: Fraction) -> NDArray[np.uint16]:
    """The frame at `time` (s), scaled, as planes of 16 bits: (3, height, width)."""
    width = min(_MAX_WIDTH, programme.frame.width)
    size = Size(even(width), even(width * programme.frame.height / programme.frame.width))
    steady = programme.picture.filter("fps", fps=programme.rate, start_time=0, round="near")
    codes: Stream = (
        frame_at(programme, steady, time)
        .filter(
            "zscale",
            size=size,
            width=size.width,
            height=size.height,
            filter="bilinear",
            matrix="709",
            primaries="709",
            transfer="709",
            range="limited",
        )
        .filter("format", pix_fmts="yuv444p16le")
    )
    with cleanup.scratch("finish-scopes-") as folder:
        path = folder / "frame.yuv"
        ffmpeg_runner.write(
            [Output((codes,), str(path), "rawvideo", (("c:v", "rawvideo"), ("frames:v", "1")))]
        )
        data = np.fromfile(path, "<u2") if path.exists() else np.empty(0, "<u2")
    if data.size != 3 * size.pixels:
        raise MediaError(f"{programme.title} has no frame at {clock(time)}", "the clip may be damaged there")
    return data.reshape(3, size.height, size.width)


def _picture(frame: ScopedFrame) -> Pixels:
    """The frame itself, as high as the scopes."""
    import cv2

    rgb = np.rint(frame.rgb.clip(0, 1) * 255).astype(np.uint8)
    width = max(1, round(HIGH * rgb.shape[1] / rgb.shape[0]))
    small: Pixels = cv2.resize(rgb, (width, HIGH), interpolation=cv2.INTER_AREA)
    return small
