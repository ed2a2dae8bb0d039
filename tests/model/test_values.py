"""Small values of the model, each by itself: tolerances, ranges, encodings."""

from __future__ import annotations

from fractions import Fraction
from math import nan

import pytest

from finish.model import H264, ClipRange, Tolerance
from finish.units import Span


@pytest.mark.parametrize(
    ("accepted", "inside", "outside"),
    [
        (Tolerance(1, 2), (1, 1.5, 2), (0.9, 2.1)),
        (Tolerance(low=1), (1, 99), (0.9,)),
        (Tolerance(high=1), (1, -99), (1.1,)),
        (Tolerance(exactly="h264"), ("h264",), ("hevc", None)),
        (Tolerance(exactly=0), (0,), (1, None)),
        (Tolerance(low=29.97002997002997), (Fraction(30000, 1001),), (Fraction(29),)),
    ],
)
def test_a_tolerance_accepts_its_ends(
    accepted: Tolerance, inside: tuple[object], outside: tuple[object]
) -> None:
    assert all(map(accepted.holds, inside))
    assert not any(map(accepted.holds, (*outside, nan)))
    assert not accepted.holds(None), "a fact that can't be read breaks its promise"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("3-4.5", 3, 4.5), ("1:02-1:10", 62, 70), ("3-", 3, None), ("-57", 0, 57), (" 3 - 4 ", 3, 4)],
)
def test_a_range_may_leave_out_one_time(text: str, start: float, end: float | None) -> None:
    parsed = ClipRange.parse(text)
    assert (parsed.start, parsed.end) == (start, None if end is None else Fraction(end))


@pytest.mark.parametrize("text", ["", "3", "-", " - ", "4-3", "3-3", "a-b"])
def test_anything_else_is_no_range(text: str) -> None:
    with pytest.raises(ValueError):
        ClipRange.parse(text)


def test_a_range_ends_with_the_clip() -> None:
    assert ClipRange.parse("3-").within(Fraction(10)) == Span(Fraction(3), Fraction(10))
    assert ClipRange.parse("3-40").within(Fraction(10)) == Span(Fraction(3), Fraction(10))
    assert ClipRange.parse("30-40").within(Fraction(10)) == Span(Fraction(10), Fraction(10))


def test_keyframes_come_once_in_a_group() -> None:
    options = dict(H264(gop=Fraction(1, 2)).encoding(Fraction(25)).options)
    assert (options["g"], options["keyint_min"]) == ("12", "6")
    still = dict(H264(gop=Fraction(1, 100)).encoding(Fraction(25)).options)
    assert (still["g"], still["keyint_min"]) == ("1", "1")
