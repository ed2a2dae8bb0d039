"""Film in interlaced video: 3:2 pulldown, and how the film's frames are restored from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final

from finish.graph import Stream, derived, fits_derived
from finish.model import messages
from finish.model.media import Source, VideoTrack
from finish.model.notes import Note

# Frames of video that 3:2 pulldown makes of four frames of film (SMPTE RP 197).
CYCLE: Final = 5
# The formats that FFmpeg's fieldmatch reads without a conversion. It would reduce deeper ones to 8 bits.
_MATCHED: Final = frozenset({"yuv420p", "yuv422p", "yuv444p", "yuv411p", "yuv410p"})


def restored_track(source: Source, fields: str) -> VideoTrack:
    """The picture's track once its film is restored; the track itself if it can't be, or isn't film.

    `fields` are the job's override of the fields: only with "auto", film is restored.
    """
    video = source.video
    assert video is not None
    if not video.telecine or not video.interlaced or _obstacle(source, video, fields):
        return video
    rate, frames = video.rate * (CYCLE - 1) / CYCLE, restored_frames(video.frames)
    return replace(
        video,
        rate=rate,
        frames=frames,
        end=video.start + frames / rate,
        gap=1 / rate,
        key_gap=1 / rate,
        interlaced=False,
        flagged=False,
        partly=False,
        fields="progressive",
        telecine=False,
        repeats=0,
    )


def restored_frames(frames: int) -> int:
    """How many frames FFmpeg's decimate leaves of so many: of each complete cycle all but one, and all of the
    rest."""
    return frames - frames // CYCLE


def restored_film(video: VideoTrack, film: VideoTrack, picture: Stream, start: Fraction) -> Stream:
    """The film's frames as a derived source, the first one at `start` (s) of the picture's clock.

    Fields of one film frame are put together. What still combs after that, such as titles that were added to
    the video, is deinterlaced; then the frame that repeats is dropped. All three filters need the frames
    before.
    """
    matched = picture.filter("fieldmatch", order=video.fields, mode="pc_n", combmatch="full")
    whole = matched.filter("bwdif", mode="send_frame", parity=video.fields, deint="interlaced")
    # Always the frame that is most like the one before: where none is nearly equal to it, as in a noisy
    # picture, FFmpeg would drop the first frame after a cut, or of the clip.
    thinned = whole.filter("decimate", cycle=CYCLE, dupthresh=100)
    ticks = thinned.filter("settb", expr=f"{film.rate.denominator}/{film.rate.numerator}")
    return derived(ticks.filter("setpts", expr=f"N+{round(start * film.rate)}"), film.frames)


def film_notes(source: Source, film: VideoTrack, fields: str) -> Iterator[Note]:
    """The note about film in video, restored or not."""
    video = source.video
    assert video is not None
    rate = video.rate * (CYCLE - 1) / CYCLE
    if film is not video:
        yield messages.telecine_undone(rate, video.rate)
    elif video.telecine:
        yield messages.telecine(rate, video.rate, CYCLE, _obstacle(source, video, fields))


def _obstacle(source: Source, video: VideoTrack, fields: str) -> str:
    """Why film in video can't be restored; "" if it can."""
    if fields != "auto":
        return "conform: {fields: …} is set"
    if video.pix_fmt not in _MATCHED:
        return f"{video.pix_fmt} can't be restored without loss"
    if video.variable or video.changes or video.rotation or source.tolerant:
        return "its frames aren't regular"
    return "" if fits_derived(video.coded, video.frames) else "it is too long to be restored"
