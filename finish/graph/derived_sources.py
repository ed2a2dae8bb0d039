"""Derived sources: pictures that are computed once, losslessly, and are read like a clip from then on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.errors import MediaError
from finish.graph.option_values import Arg
from finish.graph.stream import Encoding, Stream
from finish.units import Size

_FRAMES: Final = "frames:v"  # FFmpeg's option for the number of frames to write
# FFV1 level 3 keeps every code value of 8 to 16 bits, and each frame is a keyframe. NUT keeps exact times:
# Matroska's are rounded to milliseconds. The number of slices is stated, so that the bytes don't depend on
# the number of cores.
_LOSSLESS: Final = (
    ("map_metadata", "-1"),
    ("c:v", "ffv1"),
    ("level", "3"),
    ("g", "1"),
    ("slices", "4"),
    ("fps_mode", "passthrough"),
    ("enc_time_base:v", "filter"),
)
# House value: at 1080p and 25 fps, 165 s. Losslessly, a pixel takes up to 2 bytes, and a store has 20 GB.
MOST_PIXELS: Final = 2**33


@dataclass(frozen=True)
class FrameFormat:
    """The frames of a computed picture: their `size`, `rate` (Hz), number, and FFmpeg's pixel format of three
    full planes of 16-bit words."""

    size: Size
    rate: Fraction
    frames: int
    pix_fmt: str = "gbrp10le"


def fits_derived(size: Size, frames: int) -> bool:
    """Whether a derived source may have so many frames."""
    return size.pixels * frames <= MOST_PIXELS


def derived(picture: Stream, frames: int) -> Stream:
    """The first `frames` frames of a picture as a source of their own, on the picture's clock.

    They are computed once, from the start, and stored under their whole history; a slice of what is made of
    them seeks in the stored file. So filters may be used that can't start in the middle. MediaError for more
    frames than fit in a store; the size of the picture must be known.
    """
    size = picture.size
    assert size is not None, "the size of a derived source is known"
    if not fits_derived(size, frames):
        message = f"{frames} frames of {size} are too many to be stored: at most {MOST_PIXELS // size.pixels}"
        raise MediaError(message, "make it shorter or smaller")
    return picture.encoded(Encoding(".nut", "nut", (*_LOSSLESS, (_FRAMES, str(frames)))))


def computed(method: str, version: int, made: FrameFormat, *inputs: Stream, **args: Arg) -> Stream:
    """The frames that a method of finish's own makes of pictures, or of its options alone.

    Frame n is at n / rate. They can only be read as a derived source: `derived(computed(…), frames)`.
    """
    facts: tuple[tuple[str, Arg], ...] = (
        ("method", method),
        ("version", version),
        ("pix_fmt", made.pix_fmt),
        ("rate", made.rate),
        ("frames", made.frames),
        ("size", str(made.size)),
    )
    return Stream("video", "computed", (*facts, *sorted(args.items())), inputs, made.size)


def derived_frames(stream: Stream) -> int | None:
    """The number of frames of a derived source; None for any other stream."""
    frames = stream.arg(_FRAMES) if stream.name == "encode" else None
    return None if frames is None else int(str(frames))


def opened(source: Stream, start: Fraction) -> Stream:
    """A derived source that is read from `start` of its clock (s)."""
    return Stream(source.kind, "opened", (("seek", start),), (source,), source.size)
