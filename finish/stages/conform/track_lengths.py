"""When a programme begins and ends: with the first and the last of its picture and its sound.

Where one of them is missing, the last picture is held, or the sound is silent or cut.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.model import AudioTrack, Note, VideoTrack
from finish.stages.conform import messages
from finish.units import Span

# Of a frame; house value: clocks in milliseconds make a lead of whole frames look a little shorter.
_WHOLE: Final = Fraction(1, 20)
# s; house value: more than a coder adds to a sound and a container's clock takes from a picture; as much
# room tone isn't missed.
TAIL: Final = Fraction(1, 10)
# s; house value: sound that ends with the picture's fade-out is often a little shorter
_SILENT: Final = Fraction(1, 2)
_LONG: Final = Fraction(1)  # s; house value: a longer still is obvious
# Times: picture and sound of one clip differ so much only by a wrong clock or a cover picture
_ABSURD: Final = 100
_SLOWEST: Final = Fraction(1)  # Hz; a picture that is so much longer than its sound, and moves, is intended


@dataclass(frozen=True)
class Lengths:
    """When the programme begins and ends on the file's clock (s).

    Its last picture is held from `still` on; None: never.
    """

    start: Fraction
    end: Fraction
    still: Fraction | None = None

    @classmethod
    def of(cls, video: VideoTrack, tracks: Sequence[AudioTrack]) -> Lengths:
        """Of a picture and the tracks of its sound; MediaError where they can't be of one clip."""
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
    filled = [track for track in tracks if track.end > track.start]
    if not filled:
        return None
    return Span(min(track.start for track in filled), max(track.end for track in filled))


def _start(video: VideoTrack, first: Fraction) -> Fraction:
    """The programme's start: the first picture or sound, on the picture's frame grid.

    Sound often leads by part of a frame (the priming of AAC in a transport stream: 21 ms). If the programme
    began there, each picture frame would be early or late, and the first one shown twice; so that part of a
    frame is cut.
    """
    lead = (video.start - first) * video.rate
    return video.start - math.floor(lead + _WHOLE) / video.rate


def _refuse_absurd(video: VideoTrack, sound: Span) -> None:
    """MediaError if picture and sound can't be of one clip."""
    picture, sounding = video.end - video.start, sound.length
    slow = video.frames < _SLOWEST * picture
    if (picture >= _ABSURD * sounding and slow) or (sounding >= _ABSURD * picture and video.frames > 1):
        raise messages.clocks_differ(video.frames, picture, sounding)


def length_notes(lengths: Lengths, video: VideoTrack, tracks: Sequence[AudioTrack]) -> Iterator[Note]:
    """Notes on where picture and sound don't begin and end together, with the seconds."""
    sound = _span(tracks)
    if video.frames == 1 and lengths.still is None:
        yield messages.one_picture(video.end - video.start)
    if sound is None:
        return
    lead, late, over = video.start - lengths.start, sound.start - video.start, sound.end - video.end
    if lead > TAIL:
        yield messages.sound_first(lead)
    elif late > _SILENT:
        yield messages.picture_first(late)
    if lengths.still is not None:
        yield _held_picture(video, over, lengths.still)
    elif over > 1 / video.rate:
        yield messages.sound_tail(over)
    elif -over > _SILENT:
        yield messages.sound_ends(-over, sound.end - lengths.start)


def _held_picture(video: VideoTrack, over: Fraction, still: Fraction) -> Note:
    """The note about a last picture that is held because the sound is longer."""
    if video.frames == 1:
        return messages.one_picture_with_sound(over + video.end - video.start)
    return messages.picture_ends(over, still, urgent=over > _LONG)
