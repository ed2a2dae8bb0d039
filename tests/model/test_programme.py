"""What a programme knows: earlier decisions, its clock, and how early rendering of a part must begin."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from paper_media import video_track

from finish import graph
from finish.graph import Timeline
from finish.model import ClipProgramme, Programme, Source, VideoTrack
from finish.units import Size, Span


def video(rate: Fraction = Fraction(25), **changes: object) -> VideoTrack:
    return video_track(Size(320, 180), rate, frames=50, **{"gap": 1 / rate, **changes})


def programme(
    track: VideoTrack | None, rate: Fraction = Fraction(25), timeline: Timeline | None = None
) -> Programme:
    source = Source(
        path=Path("/in/clip.mp4"), digest="c0ffee", size=1, demuxer="mov", start=Fraction(0), video=track
    )
    picture = graph.source("video", "c0ffee", "/in/clip.mp4", index=0, demuxer="mov")
    sound = graph.source("audio", "c0ffee", "/in/clip.mp4", index=1, demuxer="mov")
    return ClipProgramme(
        source=source,
        conformed=picture,
        picture=picture,
        sound=sound,
        frame=Size(320, 180),
        rate=rate,
        frames=50,
        timeline=timeline,
    )


def test_what_was_decided_about_something_else_is_not_obeyed() -> None:
    known = replace(programme(video()), locked={"reframe": {"of": "this clip", "shots": [1]}})
    assert known.decided("reframe", "this clip") == {"of": "this clip", "shots": [1]}
    assert known.decided("reframe", "another clip") is None
    assert known.decided("sound", "this clip") is None


@pytest.mark.parametrize(
    ("track", "rate", "early"),
    [
        (video(), 25, Fraction(0)),
        (video(), 30, Fraction(2, 25) + Fraction(2, 30)),
        (video(gap=Fraction(1, 5)), 25, Fraction(2, 5) + Fraction(2, 25)),
        (video(end=Fraction(2) + Fraction(1, 1000)), 25, Fraction(2, 25) + Fraction(2, 25)),
        (None, 25, Fraction(2, 25)),
    ],
    ids=["on the grid", "another rate", "a long gap", "off the grid by a tick", "no picture"],
)
def test_a_part_begins_so_early(track: VideoTrack | None, rate: int, early: Fraction) -> None:
    assert programme(track, Fraction(rate)).preroll == early


def test_the_clock_of_the_clip_and_of_the_programme() -> None:
    kept = Timeline(Fraction(25), (Span(Fraction(0), Fraction(1, 2)), Span(Fraction(1), Fraction(2))))
    cut = programme(video(), timeline=kept)
    assert (cut.when(Fraction(3, 2)), cut.when(Fraction(3, 4)), cut.where(Fraction(1))) == (
        1,
        None,
        Fraction(3, 2),
    )
    assert cut.programme_span(Span(Fraction(1, 4), Fraction(5, 4))) == Span(Fraction(1, 4), Fraction(3, 4))
    whole = programme(video())
    assert whole.when(Fraction(3, 4)) == whole.where(Fraction(3, 4)) == Fraction(3, 4) and whole.duration == 2
