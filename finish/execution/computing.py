"""Computes pictures by finish's own methods, frame by frame: what FFmpeg can't do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.errors import CapabilityError
from finish.execution.cpu_meter import Meter
from finish.execution.still_frames import still_frames
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.model.still_move import METHOD, VERSION

# A frame: three planes of code values, (3, height, width), in the order of its pixel format: G, B, R.
Planes = NDArray[np.uint16]
# Makes the frames of a "computed" node from those of its inputs.
Method = Callable[[Stream, Sequence[Iterator[Planes]]], Iterator[Planes]]

# The methods by name and version. A method that makes other frames gets a new version: the stored ones have
# the version in their key.
METHODS: Final[Mapping[tuple[str, int], Method]] = {(METHOD, VERSION): still_frames}


def computed_frames(node: Stream, cancel: threading.Event, meter: Meter) -> Generator[bytes, None, None]:
    """The frames of a "computed" node as raw bytes, one after the other. Its inputs can't contain any that
    are encoded.

    CapabilityError for a method that this version of finish doesn't have.
    """
    name, version = str(node.arg("method")), int(str(node.arg("version")))
    if (name, version) not in METHODS:
        message = f"this version of finish has no method {name} {version}"
        raise CapabilityError(message, "use the same version of finish on every machine")
    inputs = [_frames(stream, str(node.arg("pix_fmt")), cancel, meter) for stream in node.inputs]
    try:
        for frame in METHODS[name, version](node, inputs):
            if cancel.is_set():  # FFmpeg is being ended: whoever waits for it raises
                return
            yield np.ascontiguousarray(frame, "<u2").tobytes()
    finally:
        for frames in inputs:
            frames.close()


def _frames(
    stream: Stream, pix_fmt: str, cancel: threading.Event, meter: Meter
) -> Generator[Planes, None, None]:
    """The frames of a picture, read one at a time."""
    assert stream.size is not None, "the size of a method's input is known"
    shape = (3, stream.size.height, stream.size.width)
    raw = (("c:v", "rawvideo"), ("fps_mode", "passthrough"))
    end = stream.filter("format", pix_fmts=pix_fmt)
    with ffmpeg_runner.piped(Output((end,), "pipe:1", "rawvideo", raw), cancel) as pipe:
        while data := pipe.read(2 * int(np.prod(shape))):
            yield np.frombuffer(data, "<u2").reshape(shape)
    meter.add(pipe.cpu)
