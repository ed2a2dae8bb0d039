"""The map between a clip's time and a programme's, and slices of it."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import accumulate, chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finish.graph import Output, Timeline, compile_outputs, source
from finish.graph.timeline import SpeedSpan
from finish.units import Size, Span

RATE = Fraction(25)
KEPT = Timeline(RATE, (Span(Fraction(2), Fraction(4)), Span(Fraction(6), Fraction(8))))
# FFmpeg's expressions for the frames of a part, and for a gap that is closed.
WINDOW = re.compile(r"gte\(t\\,([\d.]+)\)\*lt\(t\\,([\d.]+)\)")
GAP = re.compile(r"-gte\(T\\,([\d.]+)\)\*(\d+/\d+)/TB")


def test_a_moment_is_found_both_ways() -> None:
    assert [KEPT.where(Fraction(time)) for time in (0, 1, 2, 3)] == [2, 3, 6, 7]
    assert [KEPT.when(Fraction(moment)) for moment in (1, 2, 3, 4, 5, 6, 8)] == [
        None,
        0,
        1,
        None,
        None,
        2,
        None,
    ]
    assert KEPT.end == 4 and KEPT.joints == (2,)


def test_a_slice_is_on_the_clips_own_clock() -> None:
    sliced = KEPT.slice(Span(Fraction(1), Fraction(3)))
    assert sliced == Timeline(
        RATE, (Span(Fraction(3), Fraction(4)), Span(Fraction(6), Fraction(7))), Fraction(3)
    )
    assert KEPT.slice(Span(Fraction(0), Fraction(1))) is None, "one part at its own speed"


def test_a_span_loses_its_cut_parts() -> None:
    assert KEPT.programme_span(Span(Fraction(3), Fraction(7))) == Span(Fraction(1), Fraction(3))
    assert KEPT.programme_span(Span(Fraction(4), Fraction(6))) is None


def test_a_faster_part_shows_every_other_frame() -> None:
    fast = Timeline(RATE, (SpeedSpan(Fraction(0), Fraction(2), Fraction(1)),))
    assert next(iter(fast.frames)) == list(range(0, 50, 2)) and fast.end == 1
    assert fast.where(Fraction(1, 2)) == 1 and fast.when(Fraction(1)) == Fraction(1, 2)


@pytest.mark.parametrize("late", [Fraction(-49, 100), Fraction(0), Fraction(49, 100)])
def test_a_frame_is_kept_by_the_nearest_time_of_its_grid(late: Fraction) -> None:
    """Its timestamp may be up to half a frame early or late; what is kept has no gaps."""
    clip = source("video", "c0ffee", "/in/clip.mp4", index=0, demuxer="mov", size=Size(64, 36))
    (graph,) = compile_outputs([Output((clip.cut(KEPT),), "/o/x.mp4", "mp4")], str).graphs
    windows = [(Fraction(begin), Fraction(end)) for begin, end in WINDOW.findall(graph)]
    gaps = [(Fraction(after), Fraction(length)) for after, length in GAP.findall(graph)]
    stamps = [(frame + late) / RATE for frame in range(250)]
    kept = [stamp for stamp in stamps if any(begin <= stamp < end for begin, end in windows)]
    assert [stamp * RATE - late for stamp in kept] == [*range(50, 100), *range(150, 200)]
    moved = [stamp - sum(length for after, length in gaps if stamp >= after) for stamp in kept]
    assert [stamp * RATE - late for stamp in moved] == list(range(100))


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 20)), min_size=1, max_size=6),
    st.integers(0, 100),
    st.integers(1, 100),
)
def test_a_slice_shows_the_same_frames(pairs: list[tuple[int, int]], first: int, count: int) -> None:
    """Each pair is a part's length, and the gap before it, in frames."""
    ends = list(accumulate(length + gap for length, gap in pairs))
    parts = tuple(
        Span((end - length) / RATE, end / RATE)
        for end, (length, _) in zip(map(Fraction, ends), pairs, strict=True)
    )
    timeline = Timeline(RATE, parts)
    shown = list(chain.from_iterable(timeline.frames))
    first = first % len(shown)
    span = Span(first / RATE, min(first + count, len(shown)) / RATE)
    sliced = timeline.slice(span)
    expected = shown[first : first + count]
    if sliced is None:
        assert expected == list(range(expected[0], expected[0] + len(expected)))
    else:
        assert list(chain.from_iterable(sliced.frames)) == expected
        assert sliced.start == expected[0] / RATE
