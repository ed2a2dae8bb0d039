"""Positions per frame, overlaid segments, and the commands."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from finish.stages.reframe.camera_path import CameraPath, still_path
from finish.stages.reframe.crop_commands import CropOffsets, runs
from finish.stages.reframe.crop_segments import CropSegment, positions, spliced
from finish.units import Span, first_frame

THIRTY = Fraction(30)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60))
def test_runs_say_all_and_nothing_twice(offsets: list[int]) -> None:
    told = runs(offsets)
    again = np.zeros(len(offsets), int)
    for frame, offset in told:
        again[frame:] = offset
    assert again.tolist() == offsets
    assert told[0][0] == 0 and all(one[1] != other[1] for one, other in pairwise(told))


def test_commands_come_half_a_frame_early_and_only_for_changes() -> None:
    moves = CropOffsets(Fraction(25), ((0, 100), (1, 102), (50, 90)))
    assert (
        moves.commands("crop@a", "x").content() == b"0.02-1.98 crop@a x 102;\n1.98 crop@a x 90;\n"
        and moves.first == 100
    )
    assert moves.suffix == ".cmd"
    assert len({moves.digest, replace(moves, rate=THIRTY).digest, replace(moves, runs=((0, 1),)).digest}) == 3


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(0, 59), st.integers(1, 60))
def test_a_part_says_what_the_whole_says_there(offsets: list[int], start: int, length: int) -> None:
    moves, rate = CropOffsets(THIRTY, runs(offsets)), THIRTY
    part = moves.slice(Span(start / rate, (start + length) / rate))
    assert [part.at(frame) for frame in range(start, start + length)] == [
        moves.at(frame) for frame in range(start, start + length)
    ]
    assert part.first == moves.at(start) and all(start <= frame < start + length for frame, _ in part.runs)


def test_a_cut_lands_where_the_rate_conversion_puts_it() -> None:
    """`fps` numbers a frame at time t as round(t · rate), halves up; a render test verifies it."""
    assert [first_frame(Fraction(number, 25), THIRTY) for number in range(6)] == [0, 1, 2, 4, 5, 6]
    assert first_frame(Fraction(1, 60), THIRTY) == 1
    assert first_frame(Fraction(1001 * 300, 30000), Fraction(30000, 1001)) == 300


def test_nothing_is_smoothed_over_a_cut() -> None:
    legs = [
        CropSegment(Fraction(0), still_path(0.2)),
        CropSegment(Fraction(1), CameraPath(1.0, (0.8, 0.7, 0.6))),
    ]
    path = positions(legs, 60, THIRTY)
    assert set(path[:30]) == {0.2} and path[30] == 0.8


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
    st.sampled_from([Fraction(25), Fraction(30000, 1001), Fraction(60)]),
)
def test_every_frame_belongs_to_its_shot(lengths: list[int], rate: Fraction) -> None:
    cuts = [Fraction(int(sum(lengths[:number])), 24) for number in range(len(lengths))]
    path = positions(
        [CropSegment(cut, still_path(float(number))) for number, cut in enumerate(cuts)], 100, rate
    )
    assert path.size == 100
    for frame, value in enumerate(path):
        assert value == sum(first_frame(cut, rate) <= frame for cut in cuts) - 1


def test_a_leg_laid_over_others_ends_where_it_says() -> None:
    legs = [CropSegment(Fraction(0), still_path(0.1)), CropSegment(Fraction(2), still_path(0.2))]
    over = [CropSegment(Fraction(1), still_path(0.9), Fraction(3)), CropSegment(Fraction(4), still_path(0.8))]
    assert [(float(leg.start), leg.path.knots[0]) for leg in spliced(legs, over)] == [
        (0, 0.1),
        (1, 0.9),
        (2, 0.9),
        (3, 0.2),
        (4, 0.8),
    ]
    assert spliced(legs, []) == legs
    assert [leg.path.knots[0] for leg in spliced(legs, [CropSegment(Fraction(0), still_path(0.7))])] == [
        0.7,
        0.7,
    ]


def test_what_lies_beyond_the_end_is_nothing() -> None:
    legs = [
        CropSegment(Fraction(0), still_path(0.1)),
        CropSegment(Fraction(50), still_path(0.2)),
        CropSegment(Fraction(60), still_path(0.3)),
    ]
    assert positions(legs, 10, THIRTY).tolist() == [0.1] * 10
    assert positions([CropSegment(Fraction(0), still_path(0.1))], 1, THIRTY).tolist() == [0.1]
