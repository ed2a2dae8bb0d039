"""The moments of a sheet, and their captions: no media."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from golden.golden_world import source

from finish.errors import FinishError
from finish.graph import Timeline
from finish.model import ClipProgramme, Programme, ReviewMarker
from finish.review.moments import moments, share, tidy
from finish.units import Size, Span


def programme(*marks: tuple[float, str], frames: int = 250) -> Programme:
    """Ten seconds at 25 fps, with markers."""
    clip = source()
    made = tuple(ReviewMarker(Fraction(str(time)), label) for time, label in marks)
    return ClipProgramme(
        source=clip,
        conformed=clip.picture,
        picture=clip.picture,
        sound=clip.sound(),
        frame=Size(1280, 720),
        rate=Fraction(25),
        frames=frames,
        marks=made,
    )


def times(*values: float) -> tuple[Fraction, ...]:
    return tuple(Fraction(str(value)) for value in values)


def test_a_shot_without_a_mark_is_seen_in_its_middle_and_a_long_one_often() -> None:
    assert moments([programme()], times(2, 3)).times == times(1, 2.5, 4.75, 8.25)
    assert moments([programme(frames=100)], ()).times == times(2)


def test_a_mark_shows_its_shot_too() -> None:
    chosen = moments([programme((0.4, "Hello"), (2.9, "you"))], times(2, 3))
    assert chosen.times == times(0.4, 2.9, 4.75, 8.25) and chosen.total == 4


def test_shots_are_those_that_pacing_leaves() -> None:
    kept = Timeline(Fraction(25), (Span(Fraction(1), Fraction(3)), Span(Fraction(6), Fraction(10))))
    chosen = moments([replace(programme(frames=150), timeline=kept)], times(2, 4, 5, 7))
    assert chosen.bounds == times(0, 1, 2, 3, 6)


def test_moments_that_are_near_are_one_and_say_both() -> None:
    one = programme((1, "Hello"), (1.29, "logo"), (1.3, "you"), (1.1, "Hello"))
    chosen = moments([one], times(5))
    assert chosen.times == times(1, 1.3, 7.5)
    assert [chosen.words(time, one) for time in chosen.times] == ["Hello + logo", "you", ""]


def test_deliverables_of_a_clip_share_their_moments_and_keep_their_words() -> None:
    english, german, plain = programme((2, "Hello")), programme((2.04, "Hallo"), (7, "Ende")), programme()
    chosen = moments([english, german, plain], ())
    assert chosen.times == times(2, 7)
    assert [[chosen.words(time, each) for time in chosen.times] for each in (english, german, plain)] == [
        ["Hello", ""],
        ["Hallo", "Ende"],
        ["", ""],
    ]


def test_the_shot_is_named_where_there_are_several() -> None:
    assert moments([programme()], times(4)).head(Fraction(4)) == "0:04.00 · shot 2"
    assert moments([programme()], times(4)).head(Fraction(399, 100)) == "0:03.99 · shot 1"
    assert moments([programme()], ()).head(Fraction(62)) == "1:02.00"


def test_an_end_card_is_no_part_of_the_last_shot() -> None:
    chosen = moments([programme((11, "end card"), frames=300)], times(9))
    assert [chosen.head(time) for time in chosen.times] == [
        "0:02.25 · shot 1",
        "0:06.75 · shot 1",
        "0:09.50 · shot 2",
        "0:11.00",
    ]


def test_too_many_moments_are_chosen_from_evenly() -> None:
    chosen = moments([programme(*((at / 2, str(at)) for at in range(20)))], (), most=4)
    assert chosen.total == 20 and chosen.times == times(1, 3.5, 6, 8.5)


def test_marks_after_the_end_and_cuts_after_it_are_left_out() -> None:
    assert moments([programme((11, "late"), frames=100)], times(3, 9)).times == times(1.5, 3.5)


def test_the_frames_of_a_sheet_are_shared() -> None:
    assert [share(rows) for rows in (1, 10, 20, 240)] == [24, 24, 12, 1]
    with pytest.raises(FinishError, match="a sheet holds at most 240 deliverables, not 241"):
        share(241)


def test_a_label_is_one_line_that_prints() -> None:
    assert tidy("  one\n two\tthree \x1b[31m\u202e") == "one two three [31m"
