"""The speed of a clip: whole frames of the programme, at the stated speed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from finish.graph.timeline import ratio
from finish.planning.speed_curve import SpeedCurve
from finish.units import Span

RATE, STEP = Fraction(25), Fraction(1, 10)


def frames(first: int, end: int) -> Span:
    return Span(first / RATE, end / RATE)


@pytest.mark.parametrize(
    ("speed", "clip", "count"),
    [("2", 25, 12), ("2", 26, 13), ("1.5", 25, 17), ("0.5", 25, 50), ("4", 25, 6), ("0.7", 25, 36)],
)
def test_one_speed_is_kept_whatever_the_range_is(speed: str, clip: int, count: int) -> None:
    curve = SpeedCurve(((Fraction(0), Fraction(speed)),))
    (part,) = curve.sped([frames(10, 10 + clip)], RATE, STEP)
    assert ratio(part) == Fraction(speed) and part.start == 10 / RATE and part.length == count / RATE
    last = part.start + (part.length - 1 / RATE) * Fraction(speed)
    assert last < (10 + clip) / RATE, "the last shown frame is in the range"


def test_a_part_never_reaches_into_the_next_one() -> None:
    curve = SpeedCurve(((Fraction(0), Fraction(4)),))
    one, other = curve.sped([frames(0, 23), frames(24, 47)], RATE, STEP)
    assert one.end <= other.start and one.length + other.length == 12 / RATE


def test_a_ramp_is_even_and_ends_with_its_range() -> None:
    curve = SpeedCurve(((Fraction(0), Fraction(1)), (Fraction(2), Fraction(2))))
    parts = list(curve.sped([frames(0, 50)], RATE, STEP))
    speeds = [ratio(part) for part in parts]
    assert speeds == sorted(speeds) and 1 < speeds[0] < speeds[-1] < 2.05
    assert parts[-1].end == 2 and sum(part.length for part in parts) == 35 / RATE
