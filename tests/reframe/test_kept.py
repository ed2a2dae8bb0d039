"""What a crop keeps, and when it reports that it doesn't."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from reframe_studio import FixedAnswers, face, looks, planned, programme

from finish.errors import FinishError
from finish.stages.reframe.camera_path import CameraPath, still_path
from finish.stages.reframe.crop_quality import CropQuality, crop_quality, require_inside
from finish.stages.reframe.crop_segments import CropSegment
from finish.stages.reframe.subject_choice import Subject

SHARE = 0.3


def subjects(*middles: float, width: float = 0.1, start: int = 0) -> list[Subject]:
    """Five samples a second."""
    return [
        Subject(Fraction(start + number, 5), middle - width / 2, middle + width / 2, middle)
        for number, middle in enumerate(middles)
    ]


def legs(*paths: CameraPath) -> list[CropSegment]:
    return [CropSegment(Fraction(4 * number), path) for number, path in enumerate(paths)]


def test_what_stays_in_the_window_is_kept() -> None:
    assert crop_quality(subjects(*[0.5] * 20), legs(still_path(0.5)), SHARE, 4) == CropQuality(1, 1, (), 0, 0)
    most = crop_quality(subjects(*[0.64] * 20), legs(still_path(0.5)), SHARE, 4)
    assert most.inside == 1 and most.covered == pytest.approx(0.6)
    assert crop_quality(subjects(*[0.66] * 20), legs(still_path(0.5)), SHARE, 4).inside == 0


def test_when_it_is_outside_is_told_and_a_passing_moment_is_not() -> None:
    found = crop_quality(
        subjects(*[0.5] * 10, *[0.9] * 5, *[0.5] * 3, 0.9, 0.5), legs(still_path(0.5)), SHARE, 4
    )
    assert found.inside == 14 / 20 and found.outside == ((Fraction(2), Fraction(3)),)
    with pytest.raises(
        FinishError, match=r"in frame in 70 % of samples, but reframe\.inside requires 80 %"
    ) as wrong:
        require_inside(found, 0.8, Fraction(25))
    assert "it is out of frame in frames 50–75 (0:02.00–0:03.00)" in wrong.value.message
    assert wrong.value.code == "promise" and "by hand" in wrong.value.hint
    require_inside(found, 0.7, Fraction(25))


def test_each_shot_has_its_own_leg() -> None:
    seen = [*subjects(*[0.2] * 20), *subjects(*[0.8] * 20, start=20)]
    assert crop_quality(seen, legs(still_path(0.2), still_path(0.8)), SHARE, 8).inside == 1
    assert crop_quality(seen, legs(still_path(0.2), still_path(0.2)), SHARE, 8).inside == 0.5


def test_a_subject_wider_than_the_window_fills_it() -> None:
    assert crop_quality(subjects(0.5, width=0.6), legs(still_path(0.5)), SHARE, 1).covered == pytest.approx(1)


def test_turns_and_jerk_are_those_of_the_path() -> None:
    saw = CameraPath(0.0, (0.5, 0.51, 0.5, 0.51, 0.5))
    assert crop_quality(subjects(0.5), legs(saw), SHARE, 1).reversals == 3
    cubic = CameraPath(0.0, tuple((np.arange(10) / 5) ** 3 / 100))
    assert crop_quality(subjects(0.5), legs(cubic), SHARE, 2).jerk == pytest.approx(0.06)


def test_a_plan_breaks_its_promise_before_anything_is_rendered() -> None:
    """A face that jumps faster than any crop may follow: too many of its samples are missed."""
    hopping = looks(*[[face(0.15 if number // 5 % 2 else 0.85)] for number in range(50)])
    with pytest.raises(FinishError, match="is out of frame in frames"):
        planned(programme(), FixedAnswers(looks=hopping), follow="subject", motion="locked")
    done = planned(programme(), FixedAnswers(looks=hopping), follow="subject", motion="locked", inside=0)
    assert "subject in frame in" in done.notes[-1]
    by_hand = planned(
        programme(),
        FixedAnswers(looks=hopping),
        follow="subject",
        motion="locked",
        centre=[{"at": (0.5, 0.5)}],
    )
    assert "in frame" not in by_hand.notes[-1]
