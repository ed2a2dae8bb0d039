"""What a segment uses of its clip: its range on the delivery's grid, its speed, its handles and mistakes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from timeline_plans import RATE, clip, frames, part

from finish.errors import SpecError
from finish.graph.timeline import SpeedSpan
from finish.model import ClipMaterial, ClipProgramme, EditTime, PlacedClip, SpeedKey
from finish.planning.segment_timeline import (
    SegmentTimeline,
    audible_timeline,
    extended,
    segment_timeline,
    used_seconds,
)
from finish.units import Span


def at(frame: int) -> EditTime:
    return EditTime(frames=frame)


def used(
    first: int | None = None,
    end: int | None = None,
    length: int | None = None,
    speed: str = "",
    of: ClipProgramme | None = None,
) -> SegmentTimeline:
    """What is used of a clip of 100 frames, at a speed such as "2" or "0:1 50:4" (from a frame on)."""
    material = ClipMaterial(
        Path("clip.mp4"),
        None if first is None else at(first),
        None if end is None else at(end),
        None if length is None else at(length),
        tuple(_key(key) for key in speed.split()),
    )
    return segment_timeline(of or clip("clip", None, 100), material, RATE)


def _key(text: str) -> SpeedKey:
    time, colon, speed = text.rpartition(":")
    return SpeedKey(at(int(time) if colon else 0), Fraction(speed))


def mistake(*given: int | None, speed: str = "", of: ClipProgramme | None = None) -> str:
    with pytest.raises(SpecError) as raised:
        used(*given, speed=speed, of=of)
    return str(raised.value)


def test_a_range_is_half_open_and_all_of_the_clip_without_one() -> None:
    assert used().whole and used().picture.parts == (frames(0, 100),)
    assert used(20, 60).picture.parts == used(20, 60).sound.parts == (frames(20, 60),)
    assert used(20).picture.parts == (frames(20, 100),)
    assert used(None, 60).picture.parts == (frames(0, 60),)
    assert used(20, None, 15).picture.parts == (frames(20, 35),)


@pytest.mark.parametrize(
    ("given", "speed", "count", "before", "after"),
    [
        ((20, 60), "", 40, 20, 40),
        ((20, 60), "2", 20, 10, 20),
        ((21, 60), "2", 20, 10, 19),
        ((20, 60), "0.5", 80, 40, 80),
        ((0, 100), "1.5", 67, 0, 0),
        ((20, None, 30), "2", 30, 10, 10),
        ((20, 80), "0:1 20:1 80:4", 28, 19, 5),
        ((10, 80), "0:1 20:1 80:4", 38, 10, 5),
    ],
)
def test_lengths_and_handles_are_in_frames_of_the_programme(
    given: tuple[int, ...], speed: str, count: int, before: int, after: int
) -> None:
    """Beyond the range, its first and last speeds go on."""
    made = used(*given, speed=speed)
    assert (made.frames, made.before, made.after) == (count, before, after)
    assert made.picture.end == made.sound.end == count / RATE


def test_a_clip_of_another_rate_is_on_the_grid_of_the_delivery() -> None:
    """50 frames at 30 Hz last for 41.67 frames at 25 Hz."""
    other = replace(clip("clip", None, 50), rate=Fraction(30))
    made = segment_timeline(other, ClipMaterial(Path("clip.mp4")), RATE)
    assert (made.frames, made.whole) == (42, True)


def test_what_pacing_keeps_is_used_inside_of_the_range() -> None:
    paced = clip("clip", part(frames(0, 30), frames(50, 70), frames(90, 100)), 60)
    paced = replace(paced, frames=100)
    assert used(20, 60, of=paced).picture.parts == (frames(20, 30), frames(50, 60))
    assert used(20, None, 15, of=paced).picture.parts == (frames(20, 30), frames(50, 55))
    assert "nothing of its range is kept" in mistake(30, 50, of=paced)


def test_a_range_of_a_sped_part_plays_at_its_speed() -> None:
    whole = frames(0, 100)
    paced = replace(clip("clip", part(SpeedSpan(whole.start, whole.end, 50 / RATE)), 50), frames=100)
    kept = frames(20, 60)
    assert used(20, 60, of=paced).picture.parts == (SpeedSpan(kept.start, kept.end, 20 / RATE),)
    assert "it has a speed, and pacing sets another" in mistake(20, 60, speed="2", of=paced)


@pytest.mark.parametrize("speed", ["", "2", "0.5", "0:1 20:1 80:4"])
@pytest.mark.parametrize("handles", [(0, 0), (3, 0), (0, 4), (5, 5)])
def test_handles_play_at_the_speeds_of_their_ends(speed: str, handles: tuple[int, int]) -> None:
    made = used(20, 80, speed=speed)
    longer = extended(made.picture, *handles)
    assert longer.end == made.picture.end + sum(handles) / RATE
    assert longer.where(handles[0] / RATE) == made.picture.where(Fraction(0))
    assert 0 <= longer.parts[0].start <= longer.parts[-1].end <= 4


@pytest.mark.parametrize(
    ("given", "speed", "text"),
    [
        ((100, None), "", "`in` is 100f, and the clip is 4 s long"),
        ((20, 103), "", "`out` is 103f, and the clip is 4 s long: 3 frames missing"),
        ((60, 20), "", "`out` 20f isn't after `in` 60f"),
        ((20, 20), "", "`in` 20f and `out` 20f are the same frame"),
        ((90, None, 12), "", "`seconds` is 0.48 s, and the clip has 0.4 s from `in` on: 2 frames missing"),
        ((90, None, 6), "2", "`seconds` is 0.24 s, and the clip has 0.2 s from `in` on: 1 frame missing"),
        ((99, 100), "4", "at 4 times its speed, it's shorter than a frame"),
        ((99, None, 1), "4", "at 4 times its speed, it's shorter than a frame"),
    ],
)
def test_each_mistake_is_one_line(given: tuple[int | None, ...], speed: str, text: str) -> None:
    assert text in mistake(*given, speed=speed)


@pytest.mark.parametrize(("speed", "first", "end"), [("", 10, 65), ("2", 0, 70)])
def test_captions_are_where_a_sound_is_heard_beyond_its_picture(speed: str, first: int, end: int) -> None:
    """A sound that begins 10 frames earlier and ends 5 later, as in J and L cuts."""
    made, steps = used(20, 60, speed=speed), int(speed or 1)
    placed = PlacedClip("x", clip("clip", made.picture, made.frames), Fraction(2), ())
    assert placed.programme_span(frames(0, 100)) == Span(Fraction(2), 2 + made.frames / RATE)
    longer = replace(placed, audible=audible_timeline(made.picture, 10, 5))
    whole = Span(2 - 10 / RATE, 2 + (made.frames + 5) / RATE)
    assert longer.programme_span(frames(first, end)) == longer.programme_span(frames(0, 100)) == whole
    assert longer.programme_span(frames(20, 22)) == Span(Fraction(2), 2 + Fraction(2, steps) / RATE)
    assert audible_timeline(made.picture, 0, 0) is None and audible_timeline(None, 0, 0) is None


def test_the_used_time_is_known_before_the_rate() -> None:
    programme = clip("clip", None, 100)
    assert used_seconds(ClipMaterial(Path("c"), at(25), at(75)), programme.duration, programme.rate) == 2
    assert used_seconds(ClipMaterial(Path("c"), at(25)), programme.duration, programme.rate) == 3
    assert used_seconds(ClipMaterial(Path("c"), at(75), at(200)), programme.duration, programme.rate) == 1
    assert used_seconds(ClipMaterial(Path("c"), at(150)), programme.duration, programme.rate) == 0
    assert Span(Fraction(0), Fraction(4)).length == programme.duration
