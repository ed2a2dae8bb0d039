"""Picture and sound that don't begin or end together: what is noted, and what is too short to be noticed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from paper_media import stereo_track, video_track

from finish.stages.conform.track_lengths import Lengths, length_notes
from finish.units import Size

MS = Fraction(1, 1000)


def codes(begins: int, ends: int) -> list[str]:
    """The notes on a picture from 1 to 11 s, and a sound that begins and ends so much (ms) after it."""
    video = video_track(Size(64, 36), frames=250, start=Fraction(1), end=Fraction(11))
    tracks = (stereo_track(1 + begins * MS, 11 + ends * MS),)
    return [note.code for note in length_notes(Lengths.of(video, tracks), video, tracks)]


@pytest.mark.parametrize(("begins", "noted"), [(0, []), (400, []), (500, []), (501, ["picture-first"])])
def test_a_sound_that_begins_later_is_noted_after_half_a_second(begins: int, noted: list[str]) -> None:
    assert codes(begins, 0) == noted


@pytest.mark.parametrize(("ends", "noted"), [(0, []), (-400, []), (-500, []), (-501, ["sound-ends"])])
def test_a_sound_that_ends_earlier_is_noted_after_half_a_second(ends: int, noted: list[str]) -> None:
    assert codes(0, ends) == noted


@pytest.mark.parametrize(("ends", "noted"), [(40, []), (41, ["sound-tail"]), (100, ["sound-tail"])])
def test_a_sound_that_ends_later_is_noted_after_a_frame(ends: int, noted: list[str]) -> None:
    assert codes(0, ends) == noted


def test_a_picture_is_held_under_a_longer_sound() -> None:
    assert codes(0, 101) == ["picture-ends"]


@pytest.mark.parametrize(("begins", "noted"), [(-40, []), (-120, ["sound-first"])])
def test_a_sound_that_begins_earlier_is_noted_after_two_frames(begins: int, noted: list[str]) -> None:
    assert codes(begins, 0) == noted
