"""Pictures whose size, shape, or format changes midway: all of the picture in one of its shapes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from finish.errors import MediaError
from finish.graph import Stream
from finish.model import messages
from finish.model.media import VideoTrack
from finish.model.notes import Note
from finish.units import clock


def steadied(video: VideoTrack, picture: Stream) -> Stream:
    """The picture, with stated colour, in one size and format, in square pixels, with bars where its aspect
    differs.

    MediaError for an interlaced or rotated picture.
    """
    if video.interlaced or video.rotation:
        when = clock(video.changes[1].time - video.start)
        kind = "interlaced" if video.interlaced else "rotated"
        message = f"the size of the {kind} picture changes at {when}"
        raise MediaError(message, "cut the clip there, and finish each part on its own")
    size = video.coded
    fitted = picture.filter(
        "scale",
        w=size.width,
        h=size.height,
        force_original_aspect_ratio="decrease",
        force_divisible_by=2,
        reset_sar=1,
        flags="lanczos+accurate_rnd+full_chroma_int",
        size=size,
    )
    barred = fitted.filter(
        "pad", w=size.width, h=size.height, x="(ow-iw)/2", y="(oh-ih)/2", eval="frame", size=size
    )
    return barred.filter("format", pix_fmts=video.pix_fmt)


def change_notes(video: VideoTrack) -> Iterator[Note]:
    """Notes about changes of the picture's size or format. Bars are visible, so their note is urgent."""
    steps = [
        (after.time - video.start, before.size, after.size)
        for before, after in pairwise(video.changes)
        if before.size != after.size
    ]
    if steps:
        bars = any(abs(shape.size.aspect / video.coded.aspect - 1) > 0.02 for shape in video.changes)
        yield messages.size_changes(steps, video.coded, bars)
    elif video.changes:
        yield messages.format_changes(video.changes[1].time - video.start, video.pix_fmt)
