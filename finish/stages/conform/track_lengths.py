"""Where a programme begins and ends: with its picture and its sound, whichever is first and last; and what is held, silent or cut then."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.errors import MediaError
from finish.model import AudioTrack, Note, VideoTrack, act, detail, know
from finish.units import Span, clock

_WHOLE: Final = Fraction(
    1, 20
)  # of a frame; house: clocks in milliseconds make a lead of whole frames look a little shorter
# s; house: what a coder adds to sound and a container's clock takes from a picture is less; nobody misses as much of a room's tone.
TAIL: Final = Fraction(1, 10)
_SILENT: Final = Fraction(1, 2)  # s; house: sound that ends with the picture's fade is often a little shorter
_LONG: Final = Fraction(1)  # s; house: as long a still is seen by everybody
_ABSURD: Final = (
    100  # times: no picture and sound of one clip differ so much, but for a wrong clock or a cover
)
_SLOWEST: Final = Fraction(
    1
)  # Hz; a picture that is so much longer than its sound, and moves, is one that people made


@dataclass(frozen=True)
class Lengths:
    """On the file's clock (s): when the programme begins, and when it ends; from `still` on its last picture is held, None for never."""

    start: Fraction
    end: Fraction
    still: Fraction | None = None

    @classmethod
    def of(cls, video: VideoTrack, tracks: Sequence[AudioTrack]) -> Lengths:
        """Of a picture and the tracks of its sound; MediaError where they cannot be of one clip."""
        sound = _span(tracks)
        if sound is None:
            return cls(video.start, video.end)
        _refuse_absurd(video, sound)
        start = _start(video, min(video.start, sound.start))
        if sound.end - video.end <= TAIL:
            return cls(start, video.end)
        return cls(start, sound.end, video.end - start)


def _span(tracks: Sequence[AudioTrack]) -> Span | None:
    """From the first sound to the last; None without any."""
    there = [each for each in tracks if each.end > each.start]
    return Span(min(each.start for each in there), max(each.end for each in there)) if there else None


def _start(video: VideoTrack, first: Fraction) -> Fraction:
    """With what is first, to the whole frame before the picture's first.

    Sound often leads by part of a frame (the priming of AAC in a transport stream: 21 ms). Were the picture's frames between
    those of the programme, each would be shown early or late, and the first one twice; so that part of a frame is left out.
    """
    lead = (video.start - first) * video.rate
    return video.start - math.floor(lead + _WHOLE) / video.rate


def _refuse_absurd(video: VideoTrack, sound: Span) -> None:
    picture, heard = video.end - video.start, sound.length
    slow = video.frames < _SLOWEST * picture
    if (picture >= _ABSURD * heard and slow) or (heard >= _ABSURD * picture and video.frames > 1):
        shown = "one picture lasts" if video.frames == 1 else f"{video.frames} pictures last"
        message = f"{shown} {float(picture):.1f} s and the sound {float(heard):.1f} s: one of the two clocks is wrong"
        raise MediaError(message, "export the clip again")


def noted(lengths: Lengths, video: VideoTrack, tracks: Sequence[AudioTrack]) -> Iterator[Note]:
    """Where picture and sound do not begin and end together, with the seconds."""
    sound = _span(tracks)
    if video.frames == 1 and lengths.still is None:
        yield act(
            "one-picture", f"one picture only: the clip shows it for {float(video.end - video.start):.3g} s"
        )
    if sound is None:
        return
    lead, late, over = video.start - lengths.start, sound.start - video.start, sound.end - video.end
    if lead > TAIL:
        yield know(
            "sound-first",
            f"the sound begins {_seconds(lead)} before the picture: the first picture is shown meanwhile",
        )
    elif late > _SILENT:
        yield know(
            "picture-first", f"the sound begins {_seconds(late)} after the picture: it is silent until then"
        )
    if lengths.still is not None:
        yield _held(video, over, lengths.still)
    elif over > 1 / video.rate:
        yield detail(
            "sound-tail", f"the sound is {1000 * float(over):.0f} ms longer than the picture: cut off"
        )
    elif -over > _SILENT:
        silent = clock(sound.end - lengths.start)
        yield know(
            "sound-ends",
            f"the sound ends {_seconds(-over)} before the picture: it is silent from {silent} on",
        )


def _held(video: VideoTrack, over: Fraction, still: Fraction) -> Note:
    if video.frames == 1:
        heard = _seconds(over + video.end - video.start)
        return know("one-picture", f"one picture and {heard} of sound: the picture is shown all the time")
    note, since = act if over > _LONG else know, clock(still)
    return note(
        "picture-ends",
        f"the sound goes on {_seconds(over)} after the picture ends: the last picture is held from {since} on",
    )


def _seconds(time: Fraction) -> str:
    return f"{float(time):.2f} s"
