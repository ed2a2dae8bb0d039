"""A timeline as facts of one clip, for estimates."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from paper_media import video_track

from finish.engine.edit_facts import edit_facts
from finish.model import (
    CardMaterial,
    ClipMaterial,
    Edit,
    EditSegment,
    EditTime,
    Source,
    SpeedKey,
    SplitMaterial,
)
from finish.units import Size

A, B = Path("a.mp4"), Path("b.mp4")


def source(path: Path) -> Source:
    """A clip of 4 s at 25 fps, of 1,000 bytes."""
    return Source(path, str(path), 1000, "mov", Fraction(0), video_track(Size(1920, 1080)))


def facts(*materials: ClipMaterial | CardMaterial | SplitMaterial) -> Source:
    segments = (EditSegment(f"s{n}", n, material) for n, material in enumerate(materials, 1))
    return edit_facts(Edit("film", tuple(segments)), source)


def seconds(text: str) -> EditTime:
    return EditTime.parse(text)


def test_a_timeline_is_as_long_as_its_segments() -> None:
    double = (SpeedKey(seconds("0"), Fraction(2)),)
    film = facts(
        ClipMaterial(A, begin=seconds("1"), end=seconds("3")),  # 2 s
        ClipMaterial(B, speed=double),  # 2 s
        CardMaterial("title", seconds("2")),
        SplitMaterial((ClipMaterial(A), ClipMaterial(B, end=seconds("1")))),  # as its shortest clip: 1 s
    )
    assert film.seconds == 7 and film.size == 2000
    assert film.video is not None and film.video.frames == 175


def test_a_timeline_without_clips_has_a_length() -> None:
    film = facts(CardMaterial("title", seconds("2")))
    assert film.seconds == 2 and film.size == 0
