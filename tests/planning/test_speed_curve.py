"""The speed of a clip: whole frames of the programme, at the stated speed."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert len(parts) == 14, "1.4 s in steps of about 0.1 s"


RATES = st.sampled_from([Fraction(24_000, 1001), Fraction(25), Fraction(30_000, 1001), Fraction(60)])
SPEEDS = st.integers(2, 40).map(lambda tenths: Fraction(tenths, 10))
CURVES = st.lists(
    st.tuples(st.integers(0, 250), SPEEDS), min_size=1, max_size=6, unique_by=lambda key: key[0]
)
RANGES = st.tuples(st.integers(0, 200), st.integers(10, 150))


def played(curve: SpeedCurve, start: Fraction, end: Fraction) -> float:
    """The integral of 1 / speed (s), in small steps; the speed is linear between keys, and held outside."""
    steps = max(1, math.ceil((end - start) * 2000))
    times = float(start) + float(end - start) * (np.arange(steps) + 0.5) / steps
    moments, speeds = zip(*((float(moment), float(speed)) for moment, speed in curve.keys), strict=True)
    return float((float(end - start) / steps / np.interp(times, moments, speeds)).sum())


@given(CURVES, RANGES, RATES)
def test_parts_are_in_whole_frames_monotone_and_as_long_as_the_integral(
    keys: list[tuple[int, Fraction]], span: tuple[int, int], rate: Fraction
) -> None:
    curve = SpeedCurve(tuple((frame / rate, speed) for frame, speed in sorted(keys)))
    start, end = span[0] / rate, sum(span) / rate
    parts = list(curve.sped([Span(start, end)], rate, STEP))
    counts = [part.length * rate for part in parts]
    assert all(count == round(count) > 0 for count in counts)
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert all(part.start < part.end for part in parts) and (not parts or parts[0].start == start)
    assert abs(float(sum(counts)) - played(curve, start, end) * float(rate)) <= 0.51


@given(CURVES, RANGES, RATES)
def test_moments_are_within_half_a_frame_of_the_integral(
    keys: list[tuple[int, Fraction]], span: tuple[int, int], rate: Fraction
) -> None:
    """The total is rounded to a frame, and each step too: at the ends of the steps, not more."""
    curve = SpeedCurve(tuple((frame / rate, speed) for frame, speed in sorted(keys)))
    start, end = span[0] / rate, sum(span) / rate
    shown, exact, fastest = 0.0, 0.0, max(float(speed) for _, speed in keys)
    for part in curve.sped([Span(start, end)], rate, STEP):
        shown += float(part.length * rate)
        exact += played(curve, part.start, min(part.end, end)) * float(rate)
        exact += float(max(Fraction(0), part.end - end) * rate) / fastest
        assert abs(shown - exact) <= 0.51


@given(CURVES, RANGES, RATES)
def test_pictures_and_sounds_have_the_same_length(
    keys: list[tuple[int, Fraction]], span: tuple[int, int], rate: Fraction
) -> None:
    curve = SpeedCurve(tuple((frame / rate, speed) for frame, speed in sorted(keys)))
    parts = [Span(span[0] / rate, (span[0] + 5) / rate), Span((span[0] + 6) / rate, sum(span) / rate)]
    coarse, fine = (list(curve.sped(parts, rate, step)) for step in (Fraction(1, 4), STEP))
    assert sum(one.length for one in coarse) == sum(one.length for one in fine)
    assert len(coarse) <= len(fine)
