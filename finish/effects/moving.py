"""Animations as clips: refused before they are decoded where they cannot be shown, their facts where no demuxer of PyAV tells them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from finish import units
from finish.effects.animations import FRAMES, SHORT_MS, SHOWN_MS, Animation
from finish.errors import FinishError
from finish.graph import reading
from finish.model import VideoTrack

LARGEST: Final = 2**26      # pixels; house: twice 8K
# So many pixels are decoded to find out whether any is transparent; of more, transparency is assumed. House: a second of CPU.
LOOKED_AT: Final = 60_000_000
_STRAIGHT: Final = frozenset({"png", "apng", "gif", "tiff"})


def refuse(moving: Animation, shown: str) -> None:
    """FinishError("media") for an animation that is cut short, or claims what no picture is."""
    if moving.size.pixels > LARGEST or len(moving.delays) >= FRAMES:
        message = f"{shown}: a {moving.kind} of {moving.size} pixels and {len(moving.delays):,} frames is too large"
        raise FinishError("media", message, f"at most {LARGEST // 10**6} million pixels and {FRAMES:,} frames are read")
    if not moving.whole:
        there = f"{len(moving.delays)} of {moving.promised}" if moving.promised else f"{len(moving.delays)}"
        message = f"{shown} is cut short: the {moving.kind} ends within its pictures, after {there}"
        raise FinishError("media", message, "copy or export it again")
    if not moving.delays or not moving.size.pixels:
        raise FinishError("media", f"{shown}: this {moving.kind} has no picture", "export it again")


def oddities(moving: Animation) -> tuple[str, ...]:
    """What is shown otherwise than the file says, in words."""
    few, hurried = len(moving.delays) == 1, moving.hurried
    frames = "frames" if hurried > 1 else "frame"
    return (
        *((f"one picture only: it is shown for {float(moving.seconds[0]):g} s",) if few else ()),
        *((f"{hurried} {frames} of {SHORT_MS} ms or less shown for {SHOWN_MS} ms, as browsers show them",) if hurried and not few else ()),
    )


def webp(moving: Animation) -> VideoTrack:
    """The picture of an animated WebP, which PyAV cannot open, from what the file states."""
    gaps = sorted(moving.seconds)
    usual, end = gaps[len(gaps) // 2], sum(gaps, Fraction(0))
    return VideoTrack(
        index=0, codec="webp", profile="", pix_fmt="argb", coded=moving.size, size=moving.size, sample_aspect=Fraction(1), rotation=0,
        rate=units.rate(min(max(1 / usual, Fraction(1)), Fraction(240))), variable=gaps[0] != gaps[-1], frames=len(gaps), start=Fraction(0),
        end=end, gap=gaps[-1], alpha=bool(moving.alpha), straight=bool(moving.alpha), key_gap=end,
    )


def shown_through(video: VideoTrack, path: Path, demuxer: str) -> VideoTrack:
    """A picture whose colours are not multiplied with its transparency, with whether it has any that shows; any other as it is."""
    if video.codec not in _STRAIGHT or not (video.alpha or video.pix_fmt == "pal8"):
        return video
    some = _see_through(path, demuxer, video.index)
    return replace(video, alpha=some, straight=some)


def _see_through(path: Path, demuxer: str, index: int) -> bool:
    """Whether some pixel of a picture is transparent, or may be: no more than a bounded part is decoded."""
    import av

    frame: Any
    left = LOOKED_AT
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer, **reading(demuxer)}
    with av.open(f"file:{path}", format=demuxer, options=options, metadata_errors="replace") as container:
        for frame in container.decode(container.streams[index]):
            if int(frame.to_ndarray(format="rgba")[..., 3].min()) < 255:
                return True
            left -= frame.width * frame.height
            if left < 0:
                return True
    return False
