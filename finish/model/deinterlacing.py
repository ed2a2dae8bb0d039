"""Pictures that are woven of fields, made whole frames; and what is to be reported of that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from finish.graph import Stream
from finish.model.media import VideoTrack
from finish.model.notes import Note, act, know

_ORDERS: Final = {"tff": "top field first", "bff": "bottom field first"}
_FILM: Final = 5  # frames of video that 3:2 pulldown makes of four of film


def progressive(video: VideoTrack, picture: Stream) -> Stream:
    """One whole frame for each frame; in the order that the rows show, else in that of the flags."""
    if video.fields in _ORDERS:
        return picture.filter("bwdif", mode="send_frame", parity=video.fields, deint="all")
    return picture.filter("bwdif", mode="send_frame", deint="interlaced" if video.partly else "all")


def woven(video: VideoTrack) -> Iterator[Note]:
    """What is done about fields, and where rows and flags differ."""
    overrule = "(conform: {fields: …} overrules)"
    if not video.interlaced:
        if video.flagged:
            yield know(
                "interlaced-flag",
                f"flagged as interlaced, but its frames are whole: left as they are {overrule}",
            )
    elif video.fields in _ORDERS and not video.flagged:
        order = _ORDERS[video.fields]
        yield know(
            "interlaced",
            f"interlaced, {order}, though it is not flagged so: made progressive by bwdif {overrule}",
        )
    elif video.partly:
        yield know("interlaced", "interlaced in part: those frames are made progressive by bwdif")
    else:
        yield know("interlaced", "interlaced: made progressive by bwdif, one frame per frame")
    if video.telecine:
        film = f"{float(video.rate * (_FILM - 1) / _FILM):.3f} fps"
        text = f"film of {film} in video of {float(video.rate):.2f} fps (3:2 pulldown): one frame in {_FILM} repeats"
        yield act("telecine", f"{text}, and motion stutters; export the clip at {film}")
    elif video.repeats:
        own = float(video.rate * (video.repeats - 1) / video.repeats)
        yield know(
            "repeats",
            f"one frame in {video.repeats} repeats the one before: {own:.3g} fps would show as much, evenly",
        )
