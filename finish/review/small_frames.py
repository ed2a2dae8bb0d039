"""Small frames of planned pictures, without a render.

One process decodes each time of a clip once for all deliverables.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish import graph
from finish.errors import MediaError
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.model import Programme
from finish.storage import cleanup
from finish.units import Size, Span, clock, even

# Pixels of a small frame of any shape: captions of a vertical are legible, and six frames fill a line.
AREA: Final = 480 * 270
AT_ONCE: Final = 2  # processes; one alone leaves a core idle while it seeks
_RAW: Final = (("c:v", "rawvideo"), ("frames:v", "1"), ("fps_mode", "passthrough"))

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class FrameRequest:
    """A picture to take single frames of: tagged, on the programme's frame grid, scaled to `size`."""

    programme: Programme
    picture: Stream
    size: Size


def small(frame: Size) -> Size:
    """The even size of about `AREA` pixels with a frame's shape, never larger than the frame."""
    scale = min(1.0, (AREA / frame.pixels) ** 0.5)
    return Size(even(frame.width * scale), even(frame.height * scale))


def frame_at(programme: Programme, picture: Stream, at: Fraction) -> Stream:
    """`picture` restricted to the one frame of the programme's grid at `at` (s)."""
    start = int(max(at, programme.picture_start) * programme.rate) / programme.rate
    # A part of the picture that the store would keep (a lower third) is kept losslessly: one frame needs no
    # store.
    drawn = graph.decoded([picture], lambda kept: kept.inputs[0])
    (frame,) = graph.slice_streams(drawn, Span(start, start + 1 / programme.rate), programme.preroll)
    return frame


def frames(
    requests: Sequence[FrameRequest], times: Sequence[Fraction]
) -> Mapping[tuple[int, Fraction], Pixels]:
    """The frame of each request at each of `times` (s).

    Frames are RGB uint8 (height, width, 3), by index of the request and time. A programme that has ended by
    then has no frame. MediaError if the clip ends earlier than it states.
    """
    stop = threading.Event()
    with cleanup.scratch("finish-frames-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            moments = pool.map(lambda time: _moment(requests, time, folder, stop), times)
            return {
                (index, time): picture
                for time, pictures in zip(times, moments, strict=True)
                for index, picture in pictures.items()
            }
        except BaseException:
            stop.set()  # the pool waits for processes that still run
            raise


def _moment(
    requests: Sequence[FrameRequest], time: Fraction, folder: Path, stop: threading.Event
) -> dict[int, Pixels]:
    """The frames of all requests at one time.

    Requests of one clip share its decode, because equal histories are equal streams.
    """
    live = [index for index, request in enumerate(requests) if time < request.programme.duration]
    cut = graph.push_down_lut(
        [frame_at(requests[index].programme, requests[index].picture, time) for index in live]
    )
    paths = {index: folder / f"{index}-{time.numerator}-{time.denominator}.rgb" for index in live}
    ends = [_rgb(end, requests[index].size) for index, end in zip(live, cut, strict=True)]
    outputs = [
        Output((end,), str(path), "rawvideo", _RAW) for end, path in zip(ends, paths.values(), strict=True)
    ]
    if outputs:
        ffmpeg_runner.write(outputs, cancel=stop)
    return {index: _read(path, requests[index], time) for index, path in paths.items()}


def _rgb(picture: Stream, size: Size) -> Stream:
    scaled = picture.filter(
        "zscale",
        size=size,
        width=size.width,
        height=size.height,
        filter="spline36",
        matrix="gbr",
        range="full",
    )
    return scaled.filter("format", pix_fmts="gbrp").filter("format", pix_fmts="rgb24")


def _read(path: Path, request: FrameRequest, time: Fraction) -> Pixels:
    data = np.fromfile(path, np.uint8) if path.exists() else np.empty(0, np.uint8)
    path.unlink(missing_ok=True)
    if data.size != request.size.pixels * 3:
        message = f"{request.programme.title} has no frame at {clock(time)}"
        raise MediaError(message, "the clip may be damaged there: export it again")
    return data.reshape(request.size.height, request.size.width, 3)
