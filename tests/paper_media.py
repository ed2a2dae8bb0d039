"""Facts of clips that exist on paper only, for tests that plan without media."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from finish import graph
from finish.model import AudioTrack, ClipProgramme, Programme, Source, VideoTrack
from finish.units import Size


def video_track(coded: Size, rate: Fraction = Fraction(25), frames: int = 100, **facts: Any) -> VideoTrack:
    """A progressive H.264 track of 4:2:0 that starts at 0; `facts` replace any of its fields."""
    track = VideoTrack(
        index=0,
        codec="h264",
        profile="High",
        pix_fmt="yuv420p",
        coded=coded,
        size=coded,
        sample_aspect=Fraction(1),
        rotation=0,
        rate=rate,
        variable=False,
        frames=frames,
        start=Fraction(0),
        end=frames / rate,
    )
    return replace(track, **facts)


def stereo_track(start: Fraction, end: Fraction) -> AudioTrack:
    """A stereo AAC track of 48 kHz beside the picture."""
    return AudioTrack(1, "aac", 48_000, 2, "stereo", start, end)


def silent_programme(size: Size, rate: Fraction, frames: int) -> Programme:
    """A programme of one clip at its beginning, with generated silence as its sound."""
    source = Source(Path("clip.mp4"), "c" * 64, 1, "mov", Fraction(0), video_track(size, rate, frames))
    silence = graph.generate("audio", "anullsrc")
    return ClipProgramme(
        source=source,
        conformed=source.picture,
        picture=source.picture,
        sound=silence,
        frame=size,
        rate=rate,
        frames=frames,
    )
