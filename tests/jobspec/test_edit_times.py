"""Times of a timeline: every form, exactly, at every rate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finish.errors import SpecError
from finish.model import EditTime

RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60)]
MILLISECONDS = st.integers(0, 86_400_000).map(lambda count: Fraction(count, 1000))
CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 23))


def written(time: Fraction) -> str:
    """Seconds without loss."""
    whole, thousandths = divmod(round(time * 1000), 1000)
    return f"{whole}.{thousandths:03d}"


@given(MILLISECONDS, st.sampled_from(RATES))
def test_seconds_are_exact_and_count_to_the_nearest_frame(time: Fraction, rate: Fraction) -> None:
    parsed = EditTime.parse(written(time))
    assert parsed == EditTime(seconds=time)
    assert abs(parsed.on(rate) - time) <= 1 / rate / 2
    minutes, rest = divmod(time, 60)
    assert EditTime.parse(f"{minutes}:{written(rest).zfill(6)}") == parsed


def test_half_a_frame_counts_as_one() -> None:
    assert [EditTime.parse(time).count(Fraction(25)) for time in (0.02, 0.1, 0.3)] == [1, 3, 8]


@given(st.integers(0, 999_999_999), st.sampled_from(RATES))
def test_frames_are_frames_at_every_rate(count: int, rate: Fraction) -> None:
    parsed = EditTime.parse(f"{count}f")
    assert parsed == EditTime(frames=count) and parsed.count(rate) == count


@given(CLOCKS, st.sampled_from(RATES))
def test_a_timecode_counts_whole_frames_a_second(clock: tuple[int, int, int, int], rate: Fraction) -> None:
    hours, minutes, seconds, frames = clock
    text = f"{hours:02d}:{minutes:02d}:{seconds:02d}:{frames:02d}"
    parsed = EditTime.parse(text)
    base = round(rate)
    assert parsed.count(rate) == (3600 * hours + 60 * minutes + seconds) * base + frames
    assert str(parsed) == text


def test_a_frame_that_a_rate_does_not_have() -> None:
    message = r"^frame 24 of the timecode 00:00:00:24 doesn't exist at 24 fps"
    with pytest.raises(SpecError, match=message) as mistake:
        EditTime.parse("00:00:00:24").count(Fraction(24))
    assert mistake.value.hint == "use a frame from 0 to 23"


@given(st.text(max_size=30) | st.floats() | st.integers())
def test_anything_is_a_time_or_a_value_error(text: str | float) -> None:
    try:
        time = EditTime.parse(text)
    except ValueError as error:
        assert str(error).isprintable()
        return
    assert time.count(Fraction(25)) >= 0 or time.timecode


TIMES = st.one_of(
    MILLISECONDS.map(lambda time: EditTime(seconds=time)),
    st.integers(0, 10**6).map(lambda count: EditTime(frames=count)),
    CLOCKS.map(lambda clock: EditTime(timecode=(3600 * clock[0] + 60 * clock[1] + clock[2], clock[3]))),
)


@given(TIMES, TIMES, st.sampled_from(RATES))
def test_an_order_that_is_known_holds_at_every_rate(
    first: EditTime, second: EditTime, rate: Fraction
) -> None:
    known = first.is_before(second)
    if known is False:
        assert first.count(rate) >= second.count(rate)
    if known is True:
        assert first.count(rate) <= second.count(rate)


def test_drop_frame_timecode_is_no_time() -> None:
    # It counts other frames, so reading it as non-drop would be a silent error of 3.6 s an hour.
    with pytest.raises(ValueError, match="isn't a time"):
        EditTime.parse("00:00:01;12")


def test_an_order_that_depends_on_the_rate_is_not_known() -> None:
    assert EditTime.parse("1").is_before(EditTime.parse("30f")) is None
    assert EditTime.parse("1").is_before(EditTime.parse("00:00:02:00")) is None
    assert EditTime().is_before(EditTime.parse("1f")) is True


@pytest.mark.parametrize("text", ["1.5", "0", "8f", "00:00:01:12", "12:59:59:23", "83.25"])
def test_a_time_is_written_as_it_is_stated(text: str) -> None:
    assert str(EditTime.parse(text)) == text


def test_a_length_has_a_frame() -> None:
    """A transition of a hundredth of a second isn't a cut without a word."""
    assert EditTime.parse("0.02").length(Fraction(25)) == 1
    with pytest.raises(SpecError, match=r"0\.01 s is shorter than a frame"):
        EditTime.parse("0.01").length(Fraction(25))
