"""A picture whose size, shape or format changes on the way, made one: all of it in one of its shapes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from finish.errors import MediaError
from finish.graph import Stream
from finish.model.media import VideoTrack
from finish.model.notes import Note, act, know
from finish.units import clock

_TOLD: Final = 4  # changes that a note lists


def steadied(video: VideoTrack, picture: Stream) -> Stream:
    """The picture, its colour stated, fitted into one size and format, in square pixels, before bars where its aspect is another.

    MediaError where that is not possible: fields and quarter turns are of one size.
    """
    if video.interlaced or video.rotation:
        when = clock(video.changes[1].time - video.start)
        why = "interlaced" if video.interlaced else "turned by its container"
        message = f"the size of the picture changes at {when}, in a picture that is {why}"
        raise MediaError(message, "cut the clip there, and finish the parts one by one")
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


def changed(video: VideoTrack) -> Iterator[Note]:
    """That the picture changes, when, and what is made of it; what people will see is bars, or softness."""
    steps = [(before, after) for before, after in pairwise(video.changes) if before.size != after.size]
    if steps:
        listed = ", ".join(
            f"at {clock(after.time - video.start)} from {before.size} to {after.size}"
            for before, after in steps[:_TOLD]
        )
        more = f" and {len(steps) - _TOLD} more times" if len(steps) > _TOLD else ""
        bars = any(abs(each.size.aspect / video.coded.aspect - 1) > 0.02 for each in video.changes)
        note, how = (act, " before black bars") if bars else (know, "")
        yield note(
            "size-changes",
            f"the size of the picture changes {listed}{more}: all of it is shown in {video.coded}{how}",
        )
    elif video.changes:
        when = clock(video.changes[1].time - video.start)
        yield know(
            "format-changes",
            f"the format of the picture changes at {when}: all of it is read as {video.pix_fmt}, as most of it is",
        )
