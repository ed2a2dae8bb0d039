"""A picture's rate from the stamps of its packets: the rate of motion, not the average."""

from __future__ import annotations

import random
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finish.media.pictures.frame_rates import gaps_of, rate_of, varies

MS, TS = Fraction(1, 1000), Fraction(1, 90_000)
RATES = [
    "7.5",
    "8",
    "10",
    "12",
    "15",
    "16",
    "18",
    "20",
    "24000/1001",
    "24",
    "25",
    "30000/1001",
    "30",
    "48",
    "50",
    "60000/1001",
    "60",
    "120",
]


def rate(times: Iterable[Fraction | float], base: Fraction = MS, *stated: Fraction) -> Fraction:
    return rate_of(gaps_of([round(Fraction(time) / base) for time in times], 40), base, stated)


@pytest.mark.parametrize("base", [MS, TS], ids=["ms", "90 kHz"])
@pytest.mark.parametrize("hertz", RATES)
def test_a_steady_rate_is_found_on_any_clock_and_so_it_is_with_frames_left_out(
    hertz: str, base: Fraction
) -> None:
    expected = Fraction(hertz)
    assert rate((number / expected for number in range(300)), base) == expected
    assert rate((number / expected for number in range(140) if number % 7 not in (2, 3)), base) == expected


def test_a_still_second_and_a_stall_leave_the_rate_as_it_was() -> None:
    sixty = [Fraction(each, 60) for each in (*range(120), *range(180, 300))]
    thirty = [Fraction(number, 30) + (Fraction(7, 10) if number >= 60 else 0) for number in range(100)]
    assert (rate(sixty, TS), rate(thirty, MS)) == (60, 30)


def test_a_recording_of_which_most_frames_are_left_out_keeps_its_grid() -> None:
    seeded = random.Random(4)
    assert rate(sorted(Fraction(number, 60) for number in range(900) if seeded.random() < 0.35), TS) == 60


def test_two_rates_in_one_file_meet_on_the_grid_of_both() -> None:
    def joined(first: int, second: int) -> list[Fraction]:
        return [
            *(Fraction(number, first) for number in range(2 * first)),
            *(2 + Fraction(number, second) for number in range(2 * second)),
        ]

    assert (rate(joined(25, 50), TS), rate(joined(24, 30), TS)) == (50, 120)


@pytest.mark.parametrize(
    "jitter", [lambda number, _: Fraction(55, 10_000) * (number % 3), lambda _, at: Fraction(at) / 60]
)
def test_jitter_makes_no_other_rate(jitter: object) -> None:
    assert callable(jitter)
    seeded = random.Random(2)
    found = rate(
        (Fraction(each, 30) + jitter(each, seeded.random()) for each in range(240)), Fraction(1, 30_000)
    )
    assert abs(found - 30) < Fraction(1, 10)


def test_slides_that_come_at_any_time_are_shown_on_a_fine_grid() -> None:
    assert rate([0, 3.21, 7.5, 12.04, 14.9]) == 25 and rate([0, 4, 8, 12]) == 25


def test_what_the_container_states_counts_where_its_stamps_agree() -> None:
    assert rate((Fraction(number, 25) for number in range(50)), MS, Fraction(50)) == 25
    assert rate(
        (Fraction(number) * 1001 / 17_500 for number in range(50)), TS, Fraction(17_500, 1001)
    ) == Fraction(17_500, 1001)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=60))
def test_any_stamps_have_a_rate_that_a_picture_can_have(gaps: list[int]) -> None:
    found = rate_of(sorted(gaps), TS, ())
    assert 1 <= found <= 240 and (varies(sorted(gaps)) or found.denominator < 10**8)
