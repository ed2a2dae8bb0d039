"""Whom a crop follows: tracks, weights, who is ignored, persistence, headroom."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reframe_studio import face, looks
from timing import Stopwatch

from finish.analysis.faces import FaceBox, FacesAtTime
from finish.stages.reframe.subject_choice import subjects
from finish.stages.reframe.subject_tracks import BoxesAtTime

SHARE = 0.316  # a 9:16 window in a 16:9 picture


def targets(looks: Sequence[FacesAtTime], share: float, across: bool) -> list[tuple[float, float]]:
    return [
        (float(subject.time), subject.middle)
        for subject in subjects([BoxesAtTime(look.time, look.faces) for look in looks], share, across)
    ]


def places(found: list[tuple[float, float]]) -> list[float]:
    return [round(place, 3) for _, place in found]


def test_one_face_is_the_middle() -> None:
    found = targets(looks(*[[face(0.3)]] * 10), SHARE, True)
    assert places(found) == [0.3] * 10
    assert [time for time, _ in found] == [number / 5 for number in range(10)]


def test_two_who_fit_are_both_kept() -> None:
    assert places(targets(looks(*[[face(0.3), face(0.45)]] * 10), SHARE, True)) == [0.375] * 10


def test_two_who_fit_into_the_middle_window_alone_are_both_kept() -> None:
    """Their outer edges are those of the window in the middle; half a step aside, it would cut one."""
    pair = [face(0.5 - 0.136, 0.03), face(0.5 + 0.136, 0.03)]
    assert places(targets(looks(*[pair] * 10), SHARE, True)) == [0.5] * 10


def test_of_two_who_don_t_fit_the_larger_is_kept_whole() -> None:
    assert places(targets(looks(*[[face(0.2, 0.07), face(0.8, 0.09)]] * 10), SHARE, True)) == [0.8] * 10
    assert places(targets(looks(*[[face(0.2, 0.09), face(0.8, 0.07)]] * 10), SHARE, True)) == [0.2] * 10


def test_who_is_there_longer_wins() -> None:
    rows = [[face(0.2)] + ([face(0.8)] if 4 <= number < 8 else []) for number in range(30)]
    assert places(targets(looks(*rows), SHARE, True)) == [0.2] * 30


def test_people_in_front_outweigh_a_group_behind() -> None:
    group = [face(0.8 + 0.04 * number, 0.03) for number in range(3)]
    assert places(targets(looks(*[[face(0.3, 0.08), *group]] * 10), SHARE, True)) == [0.3] * 10


def test_a_poster_is_ignored() -> None:
    """Below 8 % of the largest face's area, even where it would fit."""
    assert places(targets(looks(*[[face(0.3, 0.10), face(0.42, 0.025)]] * 10), SHARE, True)) == [0.3] * 10
    assert places(targets(looks(*[[face(0.3, 0.10), face(0.42, 0.035)]] * 10), SHARE, True)) != [0.3] * 10


def test_a_false_face_is_ignored() -> None:
    assert targets(looks(*[[face(0.3, score=0.65)]] * 10), SHARE, True) == [], "never sure"
    rows = [[face(0.7)] if number in (3, 4) else [] for number in range(10)]
    assert targets(looks(*rows), SHARE, True) == [], "two looks in two seconds"
    assert targets(looks(), SHARE, True) == targets(looks([], []), SHARE, True) == []


def test_in_a_short_shot_fewer_looks_do() -> None:
    assert places(targets(looks([face(0.7)]), SHARE, True)) == [0.7]
    assert places(targets(looks([face(0.7)], [face(0.71)]), SHARE, True)) == [0.7, 0.71]


def test_a_missed_look_is_bridged_and_a_long_absence_is_not() -> None:
    rows = [[face(0.3 + 0.01 * number)] if number not in (4, 5) else [] for number in range(10)]
    found = places(targets(looks(*rows), SHARE, True))
    assert found == [round(0.31 + 0.01 * number, 3) for number in range(10)], (
        "0.05 a second, and so 0.01 ahead"
    )
    rows = [[face(0.3)] if number < 5 or number > 15 else [] for number in range(20)]
    assert len(targets(looks(*rows), SHARE, True)) == 9


def test_a_runner_stays_one_person() -> None:
    rows = [[face(0.1 + 0.13 * number, 0.07)] for number in range(6)]
    assert places(targets(looks(*rows), SHARE, True)) == [
        round(0.1 + 0.0316 + 0.13 * number, 3) for number in range(6)
    ]


def test_who_goes_somewhere_sees_where() -> None:
    """Lead room of 0.2 s, at most a tenth of the window, and the face stays whole; none if it is still."""
    there, back = ([[face(0.3 + step * number, 0.1)] for number in range(10)] for step in (0.02, -0.02))
    assert (
        places(targets(looks(*there), SHARE, True))[5] == 0.42
        and places(targets(looks(*back), SHARE, True))[5] == 0.18
    )
    assert (
        places(targets(looks(*[[face(0.3 + 0.008 * number)] for number in range(10)]), SHARE, True))[5]
        == 0.34
    ), "0.04 a second"
    tight = subjects([BoxesAtTime(look.time, look.faces) for look in looks(*there)], 0.16, True)
    assert all(each.middle - 0.08 <= each.low and each.high <= each.middle + 0.08 for each in tight)


def test_crossing_people_don_t_swap_by_size() -> None:
    rows = [[face(0.2 + 0.02 * number, 0.10), face(0.81 - 0.02 * number, 0.05)] for number in range(31)]
    found = places(targets(looks(*rows), 0.12, True))
    assert found == [round(0.2 + 0.02 * number, 3) for number in range(31)]


def test_a_change_of_people_must_last() -> None:
    apart, close = [face(0.3), face(0.75, 0.07)], [face(0.3), face(0.5, 0.07)]
    blinked = targets(looks(*[apart] * 6, *[[face(0.3), face(0.52, 0.07)]] * 2, *[apart] * 6), SHARE, True)
    assert places(blinked) == [0.3] * 14
    stays = places(targets(looks(*[[face(0.3)]] * 6, *[close] * 8), SHARE, True))
    assert stays[:6] == [0.3] * 6 and stays[6:] == [0.396] * 8


def test_headroom() -> None:
    """Vertically, the face is at 40 % of the window, with room for a hat above it."""
    upright = [FaceBox(0.4, 0.30, 0.6, 0.40, 0.9)]
    assert places(targets(looks(*[upright] * 5), 0.5, False)) == [0.4] * 5
    tall = [FaceBox(0.1, 0.10, 0.3, 0.25, 0.9), FaceBox(0.6, 0.30, 0.8, 0.45, 0.9)]
    for place in places(targets(looks(*[tall] * 5), 0.6, False)):
        assert place - 0.3 <= max(0.0, 0.10 - 0.75 * 0.15) + 1e-6 and place + 0.3 >= 0.45


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(0.005, 0.4), st.floats(0.6, 1)), max_size=6),
        max_size=25,
    ),
    st.floats(0.05, 0.99),
    st.booleans(),
)
def test_any_crowd_gives_sane_targets(
    rows: list[list[tuple[float, float, float]]], share: float, across: bool
) -> None:
    crowd = [
        FacesAtTime(
            Fraction(number, 5),
            tuple(
                FaceBox(max(0, x - w / 2), max(0, x - w / 2), min(1, x + w / 2), min(1, x + w / 2), score)
                for x, w, score in row
            ),
        )
        for number, row in enumerate(rows)
    ]
    found = targets(crowd, share, across)
    times = [time for time, _ in found]
    assert times == sorted(set(times)) and set(times) <= {float(look.time) for look in crowd}
    assert all(np.isfinite(place) and -0.5 <= place <= 1.5 for _, place in found)


def test_a_long_shot_is_quick(stopwatch: Stopwatch) -> None:
    passing = np.random.default_rng(0).uniform(0.05, 0.95, (3000, 5))
    rows = [
        [face(0.5 + 0.2 * np.sin(number / 40)), *(face(each, 0.03, down=each) for each in passing[number])]
        for number in range(3000)
    ]
    with stopwatch(4):  # ten minutes of a crowd
        targets(looks(*rows), SHARE, True)


@pytest.mark.parametrize("across", [True, False])
def test_a_face_larger_than_the_window_is_centred(across: bool) -> None:
    big = FaceBox(0.2, 0.2, 0.8, 0.8, 0.9)
    (_, place), *_ = targets(looks(*[[big]] * 5), 0.3, across)
    assert place == pytest.approx(0.5) if across else place <= 0.5
