"""Deinterlacing, and the notes about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from finish.graph import Stream
from finish.model import messages
from finish.model.media import VideoTrack
from finish.model.notes import Note

_ORDERS: Final = {"tff": "top field first", "bff": "bottom field first"}


def progressive(video: VideoTrack, picture: Stream) -> Stream:
    """One progressive frame for each frame, in the field order that the rows show, else in that of the
    flags."""
    if video.fields in _ORDERS:
        return picture.filter("bwdif", mode="send_frame", parity=video.fields, deint="all")
    return picture.filter("bwdif", mode="send_frame", deint="interlaced" if video.partly else "all")


def field_notes(video: VideoTrack) -> Iterator[Note]:
    """Notes about deinterlacing, and about rows that contradict flags."""
    if not video.interlaced:
        if video.flagged:
            yield messages.interlaced_flag()
    elif video.fields in _ORDERS and not video.flagged:
        yield messages.interlaced_unflagged(_ORDERS[video.fields])
    else:
        yield messages.interlaced(video.partly)
    if video.repeats and not video.telecine:
        yield messages.repeats(video.repeats, float(video.rate * (video.repeats - 1) / video.repeats))
