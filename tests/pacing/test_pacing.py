"""What is kept of a clip: the settings, the timeline, and its maps."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pacing_world import lengths, parts, planned
from pydantic import ValidationError
from timing import Stopwatch

from finish import graph
from finish.errors import FinishError
from finish.graph import Timeline
from finish.graph.timeline import SpeedSpan
from finish.stages import pacing
from finish.stages.pacing import pacing_planning
from finish.units import Span, merged


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"trim": "3-"}, [(3, 10)]),
        ({"trim": "-7"}, [(0, 7)]),
        ({"trim": -7}, [(0, 7)]),
        ({"keep": [-4.52]}, [(0, 4.52)]),
        ({"trim": "0:02-9.5"}, [(2, 9.52)]),
        ({"cut": ["3-4"]}, [(0, 3), (4, 10)]),
        ({"cut": ["6-7", "3-4", "3.5-5"]}, [(0, 3), (5, 6), (7, 10)]),
        ({"cut": ["8-"]}, [(0, 8)]),
        ({"keep": ["1-2", "5-6"]}, [(1, 2), (5, 6)]),
        ({"keep": ["5-6", "1-2", "2-3"]}, [(1, 3), (5, 6)]),
        ({"trim": "1-9", "keep": ["0-3", "5-20"], "cut": ["2-2.5"]}, [(1, 2), (2.52, 3), (5, 9)]),
        ({"cut": ["3-3.01", "5-6"]}, [(0, 5), (6, 10)]),
    ],
)
def test_what_is_kept(settings: dict[str, Any], kept: list[tuple[float, float]]) -> None:
    assert parts(planned(**settings)) == kept


def test_nothing_said_changes_nothing() -> None:
    assert planned().timeline is None and planned().notes == ()
    whole = planned(trim="0-")
    assert whole.timeline is None and whole.notes == ("pacing: the whole clip is kept",)


def test_cuts_lie_on_the_deliverys_frames_and_the_sound_is_cut_there_too() -> None:
    cut = planned(rate=Fraction(24_000, 1001), to="29.97", cut=["3-4"])
    assert cut.timeline is not None
    assert all(
        (each * Fraction(30_000, 1001)).denominator == 1
        for part in cut.timeline.parts
        for each in (part.start, part.end)
    )
    assert cut.sound.arg("kept") == cut.timeline


def test_the_edit_is_told() -> None:
    assert planned(cut=["3-4"]).notes == (
        "pacing: 0:09.00 of 0:10.00 kept: 0:00.00–0:03.00, 0:04.00–0:10.00",
    )
    many = planned(cut=[f"{at}-{at}.5" for at in range(1, 10)])
    assert many.notes[0].endswith("and 2 more")


def test_hundreds_of_cuts_are_planned_at_once() -> None:
    many = planned(frames=25 * 2000, cut=[f"{at}.2-{at}.7" for at in range(1, 1500)])
    assert many.timeline is not None and len(many.timeline.parts) == 1500


def test_a_flash_is_left_out_and_said_so() -> None:
    cut = planned(cut=["3-4", "4.04-5"])
    assert parts(cut) == [(0, 3), (5, 10)]
    assert cut.notes[1] == "pacing: dropped 1 part shorter than 0.1 s, which would flash"


@pytest.mark.parametrize("settings", [{"trim": "12-"}, {"cut": ["0-"]}, {"keep": ["20-30"]}])
def test_nothing_left_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(FinishError, match=r"pacing keeps nothing of a clip of 0:10\.00"):
        planned(**settings)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("4-3", "ends before it starts"),
        ("3", "isn't a range"),
        ("-", "isn't a range"),
        (3, "isn't a range"),
        ("a-b", "isn.t a time"),
        ("1e9-", "isn.t a time"),
    ],
)
def test_a_bad_range_is_told(value: Any, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        pacing.PacingSettings(cut=[value])


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    rate = draw(st.sampled_from([Fraction(25), Fraction(30_000, 1001), Fraction(60)]))
    edges = sorted(draw(st.sets(st.integers(0, 2000), min_size=2, max_size=12)))
    spans = tuple(Span(edges[at] / rate, edges[at + 1] / rate) for at in range(0, len(edges) - 1, 2))
    return Timeline(rate, spans)


@given(timelines(), st.data())
def test_every_frame_of_the_programme_is_one_of_the_clip_and_back(
    kept: Timeline, data: st.DataObject
) -> None:
    frames = [
        at for part in kept.parts for at in range(round(part.start * kept.rate), round(part.end * kept.rate))
    ]
    assert kept.end * kept.rate == len(frames)
    number = data.draw(st.integers(0, len(frames) - 1))
    assert kept.where(number / kept.rate) * kept.rate == frames[number]
    assert kept.when(frames[number] / kept.rate) == number / kept.rate


@given(timelines(), st.integers(0, 2100), st.integers(1, 300))
def test_a_span_shows_where_its_frames_show(kept: Timeline, first: int, length: int) -> None:
    moments = [kept.when(number / kept.rate) for number in range(first, first + length)]
    shown = [moment for moment in moments if moment is not None]
    found = kept.programme_span(Span(first / kept.rate, (first + length) / kept.rate))
    assert found == (Span(shown[0], shown[-1] + 1 / kept.rate) if shown else None)


@st.composite
def sped_timelines(draw: st.DrawFn) -> Timeline:
    """Some parts faster or slower, to whole frames."""
    plain = draw(timelines())
    parts = []
    for part in plain.parts:
        frames = round(part.length * plain.rate)
        shown = draw(st.integers(max(1, frames // 4), frames * 4))
        parts.append(SpeedSpan(part.start, part.end, shown / plain.rate) if draw(st.booleans()) else part)
    return Timeline(plain.rate, tuple(parts))


@given(sped_timelines(), st.data())
def test_speeds_map_there_and_back_and_keep_their_length(kept: Timeline, data: st.DataObject) -> None:
    frames = [number for part in kept.frames for number in part]
    assert len(frames) == kept.end * kept.rate
    number = data.draw(st.integers(0, len(frames) - 1))
    assert kept.frame(number / kept.rate) * kept.rate == frames[number]
    assert kept.when(kept.where(number / kept.rate)) == number / kept.rate
    assert frames == sorted(frames)


@given(sped_timelines(), st.data())
def test_a_part_of_a_sped_timeline_shows_the_same_frames(kept: Timeline, data: st.DataObject) -> None:
    frames = [number for part in kept.frames for number in part]
    start = data.draw(st.integers(0, len(frames) - 1))
    end = data.draw(st.integers(start + 1, len(frames)))
    part = kept.slice(Span(start / kept.rate, end / kept.rate))
    if part is None:
        assert frames[start:end] == list(range(frames[start], frames[start] + end - start))
        return
    assert [number for frame in part.frames for number in frame] == frames[start:end]
    assert part.start * kept.rate == frames[start] and (part.end - part.start) * kept.rate == end - start


@given(timelines(), st.data())
def test_a_part_of_a_timeline_is_the_same_wherever_it_shows(kept: Timeline, data: st.DataObject) -> None:
    total = int(kept.end * kept.rate)
    start = data.draw(st.integers(0, total - 1))
    span = Span(start / kept.rate, data.draw(st.integers(start + 1, total)) / kept.rate)
    part = kept.slice(span)
    later = Timeline(kept.rate, tuple(Span(each.start + 5, each.end + 5) for each in kept.parts))
    sooner = Timeline(kept.rate, (Span(Fraction(0), 2 / kept.rate), *later.parts))
    assert sooner.slice(Span(span.start + 2 / kept.rate, span.end + 2 / kept.rate)) == later.slice(span)
    joints = [joint for joint in kept.joints if span.start < joint < span.end]
    assert (part is None) == (not joints)
    if part:
        assert (
            part.start == part.parts[0].start == kept.where(span.start)
            and part.end - part.start == span.end - span.start
        )


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"speed": 2}, [(0, 10, 5)]),
        ({"speed": 1}, None),
        ({"speed": 0.5, "trim": "2-4"}, [(2, 4, 4)]),
        ({"speed": [{"range": "3-5", "by": 2}]}, [(0, 3, 3), (3, 5, 1), (5, 10, 5)]),
        ({"speed": [{"by": 2}, {"range": "3-5", "by": 1}]}, [(0, 3, 1.52), (3, 5, 2), (5, 10, 2.48)]),
        ({"speed": [{"range": "3-5", "by": 2}], "cut": ["4-9"]}, [(0, 3, 3), (3, 4, 0.48), (9, 10, 1)]),
    ],
)
def test_parts_are_faster_or_slower(
    settings: dict[str, Any], shown: list[tuple[float, float, float]] | None
) -> None:
    done = planned(**settings)
    assert (lengths(done) if done.timeline else None) == shown


def test_a_speed_is_told_with_its_part() -> None:
    assert planned(speed=[{"range": "3-5", "by": 2}]).notes == (
        "pacing: 0:09.00 made of 0:10.00: 0:00.00–0:03.00, 0:03.00–0:05.00 at 2×, 0:05.00–0:10.00",
    )


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"fillers": True}, "need word times"),
        ({"cut": [{"text": "so"}]}, "need word times"),
        ({"speed": 9}, "less than or equal to 4"),
        ({"fit": {}}, "either max or exactly"),
        ({"fit": {"max": 3, "exactly": 3}}, "either max or exactly"),
        ({"fit": {"max": 0}}, "greater than 0"),
    ],
)
def test_what_contradicts_itself_is_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        pacing.PacingSettings(**settings)


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8).map(
    lambda pairs: merged(
        Span(Fraction(min(pair)), Fraction(max(pair))) for pair in pairs if pair[0] != pair[1]
    )
)


@given(SPANS, SPANS)
def test_what_is_left_of_parts_is_what_no_hole_holds(parts: list[Span], holes: list[Span]) -> None:
    def held(spans: Iterable[Span]) -> set[int]:
        return {second for span in spans for second in range(int(span.start), int(span.end))}

    left = list(pacing_planning._without(parts, holes))
    assert held(left) == held(parts) - held(holes)
    assert all(one.end <= other.start for one, other in pairwise(left)) and all(
        each.start < each.end for each in left
    )


def test_a_flash_alone_is_refused_as_one() -> None:
    with pytest.raises(
        FinishError, match=r"pacing keeps only 1 part shorter than 0\.1 s of a clip of 0:10\.00"
    ):
        planned(keep=["3-3.05"])


def test_thousands_of_cuts_take_no_time_that_grows_with_their_square(stopwatch: Stopwatch) -> None:
    cuts = tuple(f"{number * 10 / 20_000:.5f}-{(number + 0.5) * 10 / 20_000:.5f}" for number in range(20_000))
    with stopwatch(10):  # measured: 1.1 s, and over 100 s if each part is compared with each cut
        planned(cut=cuts)


def test_more_parts_than_can_be_joined_are_refused() -> None:
    cuts = tuple(f"{number}.5-{number + 1}" for number in range(2_001))
    with pytest.raises(
        FinishError, match=r"pacing makes 2,001 parts of a clip of 33:21\.00; at most 2,000 can be joined"
    ):
        planned(frames=25 * 2_001, cut=cuts)


def test_a_thousand_parts_can_be_built() -> None:
    """Graphs deeper than a thousand filters are impossible."""
    sound = planned(frames=25 * 1_000, cut=tuple(f"{number}.5-{number + 1}" for number in range(1_000))).sound
    lowered = graph.compile_outputs(
        [graph.Output((sound,), "out.wav", "wav")], lambda payload: payload.digest
    )
    assert sum("acrossfade" in each for each in repr(lowered).split(";")) >= 999


def test_a_clip_of_one_frame_is_kept() -> None:
    whole = planned(frames=1, trim="0-")
    assert whole.timeline is None and whole.notes == ("pacing: the whole clip is kept",)
