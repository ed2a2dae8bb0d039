"""Animations as clips: refused before decoding if they can't be shown, with the facts that PyAV doesn't
report."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from finish.errors import MediaError
from finish.graph import reading
from finish.media.pictures import frame_rates
from finish.media.pictures.animations import FRAMES, SHORT_MS, SHOWN_MS, Animation
from finish.media.pictures.still_headers import MOST_PIXELS
from finish.model import Loss, VideoTrack

# The most pixels that are decoded to find out whether any is transparent; beyond, transparency is assumed.
# House: a second of CPU.
PIXELS_DECODED: Final = 60_000_000
# s; of a GIF's delays, and of most animations that were converted from one.
_DELAY_UNIT: Final = Fraction(1, 100)
_SCREENS: Final = tuple(map(Fraction, (24, 25, 30, 50, 60)))  # Hz; the delivered rates, slowest first
_STRAIGHT: Final = frozenset({"png", "apng", "gif", "tiff"})


def refuse(moving: Animation, name: str) -> None:
    """MediaError for an animation without frames, or one that exceeds the maximum."""
    if moving.size.pixels > MOST_PIXELS or len(moving.delays) >= FRAMES:
        message = f"{name}: {len(moving.delays):,} frames of {moving.size} exceed the maximum"
        raise MediaError(message, f"export it smaller: the maximum is {FRAMES:,} frames of 8192x4320 pixels")
    if not moving.delays or not moving.size.pixels:
        raise MediaError(f"{name}: the {moving.kind} has no frames", "export it again")


def animation_losses(moving: Animation) -> tuple[Loss, ...]:
    """What the file lacks."""
    if moving.whole:
        return ()
    count = f"{len(moving.delays)} of {moving.promised}" if moving.promised else f"{len(moving.delays)}"
    text = f"it is cut off or damaged after {count} frames"
    return (Loss("cut-off", text, start=sum(moving.seconds, Fraction(0))),)


def delay_warnings(moving: Animation) -> tuple[str, ...]:
    """Delays that are shown longer than the file states, in words."""
    frames = "frames" if moving.hurried > 1 else "frame"
    text = f"{moving.hurried} {frames} of {SHORT_MS} ms or less shown for {SHOWN_MS} ms, as in browsers"
    return (text,) if moving.hurried and len(moving.delays) > 1 else ()


def webp_track(moving: Animation) -> VideoTrack:
    """The picture of an animated WebP, which PyAV can't open, from what the file states."""
    end = sum(moving.seconds, Fraction(0))
    return timed(
        VideoTrack(
            index=0,
            codec="webp",
            profile="",
            pix_fmt="argb",
            coded=moving.size,
            size=moving.size,
            sample_aspect=Fraction(1),
            rotation=0,
            rate=Fraction(1),
            variable=False,
            frames=len(moving.delays),
            start=Fraction(0),
            end=end,
            alpha=bool(moving.alpha),
            straight=bool(moving.alpha),
            key_gap=end,
        ),
        moving,
    )


def timed(video: VideoTrack, moving: Animation) -> VideoTrack:
    """A picture at the lowest rate at which every frame of its animation has a place of its own; an even
    animation keeps its own rate."""
    tick = Fraction(1, 1000) if any(second % _DELAY_UNIT for second in moving.seconds) else _DELAY_UNIT
    begins = (0, *accumulate(round(second / tick) for second in moving.seconds))
    gaps = frame_rates.gaps_of(begins[:-1], begins[1])
    own = frame_rates.rate_of(gaps, tick, ())
    places = [begin * tick * own for begin in begins[:-1]]
    even = all(abs(place - round(place)) <= own * tick for place in places)  # within a tick of the grid
    rates = (own, *_SCREENS) if even else _SCREENS
    rate = next(
        (
            rate
            for rate in rates
            if len({round(begin * tick * rate) for begin in begins[:-1]}) == len(moving.delays)
        ),
        _SCREENS[-1],
    )
    return replace(video, rate=rate, variable=frame_rates.varies(gaps), gap=gaps[-1] * tick)


def with_transparency(video: VideoTrack, path: Path, demuxer: str) -> VideoTrack:
    """A picture with straight alpha, with whether any pixel is transparent; any other picture unchanged."""
    if video.codec not in _STRAIGHT or not (video.alpha or video.pix_fmt == "pal8"):
        return video
    transparent = _has_transparency(path, demuxer, video.index)
    return replace(video, alpha=transparent, straight=transparent)


def _has_transparency(path: Path, demuxer: str, index: int) -> bool:
    """Whether a pixel of a picture is transparent, or may be: only a bounded part is decoded."""
    import av

    frame: Any
    left = PIXELS_DECODED
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer, **reading(demuxer)}
    with (
        suppress(av.FFmpegError),
        av.open(f"file:{path}", format=demuxer, options=options, metadata_errors="replace") as container,
    ):
        for frame in container.decode(container.streams[index]):
            left -= frame.width * frame.height
            if int(frame.to_ndarray(format="rgba")[..., 3].min()) < 255 or left < 0:
                return True
        return False
    return True  # the picture is damaged
