"""Where the segments of a timeline are: their frames, handles and transitions, the edges of their sounds, and
every mistake."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from finish.errors import FinishError
from finish.graph import Output, SoundLayout, SoundPlace, compile_outputs, sound_sequence, source
from finish.model import ClipMaterial, EditSegment, EditTime, EditTransition, GapMaterial, SoundEdges
from finish.planning.edit_layout import SegmentExtent, SegmentPlacement, lay_out, samples

RATE, NTSC = Fraction(25), Fraction(30_000, 1001)
CLIP = ClipMaterial(Path("clip.mp4"))
MANY, OWN = (50, 50), SoundEdges()


def into(frames: int, align: str = "centre", **changes: Any) -> EditTransition:
    return EditTransition("dissolve", EditTime(frames=frames), align, **changes)  # type: ignore[arg-type]


def edges(lead: int = 0, lag: int = 0) -> SoundEdges:
    return SoundEdges(EditTime(frames=lead), EditTime(frames=lag))


def extent(
    number: int,
    frames: int,
    beyond: tuple[int | None, int | None] = MANY,
    transition: EditTransition | None = None,
    sound: SoundEdges = OWN,
    *,
    rate: Fraction = RATE,
    sounds: bool = True,
) -> SegmentExtent:
    segment = EditSegment(f"s{number}", number, CLIP, f"job.yaml:{number}", transition, sound)
    return SegmentExtent.of(segment, frames, beyond, rate, sounds=sounds)


def pictures(placements: tuple[SegmentPlacement, ...]) -> list[str]:
    return [str(placement.picture(Fraction(0))) for placement in placements]


def sounds(placements: tuple[SegmentPlacement, ...], rate: Fraction = RATE) -> list[str]:
    return [str(placement.sound(rate)) for placement in placements]


def mistake(*extents: SegmentExtent) -> str:
    with pytest.raises(FinishError) as raised:
        lay_out(extents, RATE)
    return str(raised.value)


def test_cuts_join_pictures_at_frames_and_cross_their_sounds_around_the_joint() -> None:
    """10 ms of either sound beyond the joint, where there is some; else 2 ms inside of the range."""
    cuts = lay_out([extent(1, 50), extent(2, 30), extent(3, 20, (0, 0))], RATE)
    assert pictures(cuts) == ["0-50@0", "50-80@0", "80-100@0"]
    assert sounds(cuts) == [
        "0-96240@0 in 0 out 480",
        "95760-153840@1680 in 480 out 480",
        "153600-192000@0 in 96 out 0",
    ]


@pytest.mark.parametrize(
    ("align", "places", "audible"),
    [
        ("centre", ["0-55@0", "45-80@0 dissolve 10"], ["0-105600@0", "86400-153600@0"]),
        ("start", ["0-60@0", "50-80@0 dissolve 10"], ["0-115200@0", "96000-153600@0"]),
        ("end", ["0-50@0", "40-80@0 dissolve 10"], ["0-96000@0", "76800-153600@0"]),
    ],
)
def test_a_transition_takes_frames_before_or_after_the_joint(
    align: str, places: list[str], audible: list[str]
) -> None:
    """Neither its length nor its place changes where the segments are; the sounds cross for as long."""
    joined = lay_out([extent(1, 50), extent(2, 30, transition=into(10, align))], RATE)
    assert pictures(joined) == places
    assert sounds(joined) == [f"{audible[0]} in 0 out 19200", f"{audible[1]} in 19200 out 0"]
    assert [(one.start, one.end) for one in joined] == [(0, 50), (50, 80)]


def test_the_larger_half_of_an_odd_transition_is_after_the_joint() -> None:
    one, other = lay_out([extent(1, 50), extent(2, 30, transition=into(9))], RATE)
    assert (one.tail, other.head) == (5, 4)


def test_a_transition_can_take_all_frames_that_a_clip_has() -> None:
    exact = lay_out([extent(1, 50, (0, 5)), extent(2, 30, (5, 0), into(10))], RATE)
    assert [one.handles for one in exact] == [(0, 5), (5, 0)]


@pytest.mark.parametrize("frames", range(1, 12))
def test_sound_begins_with_its_handles_at_ntsc_rates(frames: int) -> None:
    """A frame has 1601.6 samples, so handles are never a whole number of them: none is asked for that isn't
    there."""
    transition = into(frames, "end")
    exact = lay_out([extent(1, 50), extent(2, 30, (frames, 0), transition, rate=NTSC)], NTSC)
    place = exact[1].sound(NTSC)
    assert exact[1].sound_head == frames
    assert (place.start, place.first) == (samples(50, NTSC) - samples(frames, NTSC), 0)


def test_held_pictures_replace_missing_frames_and_the_sound_is_cut() -> None:
    short = lay_out([extent(1, 50, (0, 2)), extent(2, 30, (1, 0), into(10, short="hold"))], RATE)
    assert pictures(short) == ["0-55@0 of 52", "45-80@-4 dissolve 10"]
    assert sounds(short) == ["0-96240@0 in 0 out 480", "95760-153600@1680 in 480 out 0"]


def test_a_j_cut_begins_early_and_an_l_cut_ends_late() -> None:
    early = lay_out([extent(1, 50), extent(2, 30, sound=edges(lead=10))], RATE)
    assert sounds(early) == ["0-77040@0 in 0 out 480", "76560-153600@1680 in 480 out 0"]
    late = lay_out([extent(1, 50, sound=edges(lag=10)), extent(2, 30)], RATE)
    assert sounds(late) == ["0-115440@0 in 0 out 480", "114960-153600@18960 in 480 out 0"]
    assert pictures(early) == pictures(late) == ["0-50@0", "50-80@0"]
    assert [one.sound_beyond for one in (*early, *late)] == [(0, 0), (10, 0), (0, 10), (0, 0)]


def test_sounds_overlap_where_one_ends_late_and_the_next_begins_early() -> None:
    both = lay_out([extent(1, 50, sound=edges(lag=5)), extent(2, 30, sound=edges(lead=10))], RATE)
    assert sounds(both) == ["0-105840@0 in 0 out 480", "76560-153600@1680 in 480 out 0"]


def test_the_sound_of_a_clip_that_ends_with_its_lag_has_a_short_edge() -> None:
    late = lay_out([extent(1, 50, (0, 10), None, edges(lag=10)), extent(2, 30)], RATE)
    assert sounds(late)[0] == "0-115200@0 in 0 out 96"


@pytest.mark.parametrize(
    ("extents", "text"),
    [
        (
            [extent(1, 50), extent(2, 8, transition=into(10, "start"))],
            "segment 2 (s2): its transitions take 10 frames of it, and it has 8 (0.32 s)",
        ),
        (
            [extent(1, 50, (0, 4)), extent(2, 30, transition=into(10))],
            "segment 1 (s1): the dissolve into segment 2 (s2) needs 5 frames after its `out`, and the clip "
            "has 4: 1 frame missing",
        ),
        (
            [extent(1, 50), extent(2, 30, (2, 0), into(10))],
            "segment 2 (s2): the dissolve into segment 2 (s2) needs 5 frames before its `in`, and the clip "
            "has 2: 3 frames missing",
        ),
        (
            [extent(1, 50, sound=edges(lead=3)), extent(2, 30)],
            "segment 1 (s1): `sound: {lead: 3f}` has no segment before it",
        ),
        (
            [extent(1, 50), extent(2, 30, sound=edges(lag=3))],
            "segment 2 (s2): `sound: {lag: 3f}` has no segment after it",
        ),
        (
            [extent(1, 5), extent(2, 30, sound=edges(lead=6))],
            "segment 2 (s2): `sound: {lead: 6f}` is longer than segment 1 (s1) (5 frames)",
        ),
        (
            [extent(1, 50), extent(2, 30, (4, 0), sound=edges(lead=6))],
            "segment 2 (s2): `sound: {lead: 6f}` needs 6 frames, and the clip has 4 before its `in`: "
            "2 frames missing",
        ),
        (
            [extent(1, 50, sound=edges(lag=6)), extent(2, 10), extent(3, 30, sound=edges(lead=5))],
            "segment 2 (s2): the sounds on either side of it meet over it",
        ),
    ],
)
def test_each_mistake_is_one_line(extents: list[SegmentExtent], text: str) -> None:
    assert text in mistake(*extents)


def test_all_mistakes_are_reported_together_with_their_places() -> None:
    text = mistake(extent(1, 50, sound=edges(lead=3)), extent(2, 8, transition=into(10, "start")))
    assert "job.yaml:1" in text and "job.yaml:2" in text


def test_a_silent_segment_has_no_edges_of_sound() -> None:
    with pytest.raises(FinishError, match="it has `lead` or `lag`, and no sound"):
        extent(2, 30, sound=edges(lead=3), sounds=False)


@pytest.mark.parametrize(
    "extents",
    [
        [extent(1, 50), extent(2, 10, transition=into(10, "start")), extent(3, 30)],
        [extent(1, 50, sound=edges(lag=10)), extent(2, 10), extent(3, 30)],
        [extent(1, 50, sound=edges(lag=20)), extent(2, 25), extent(3, 30, transition=into(20))],
    ],
    ids=["a transition over all of a segment", "a lag over all of it", "a lag into the next transition"],
)
def test_three_sounds_can_be_audible_at_the_same_time(extents: list[SegmentExtent]) -> None:
    places = [place.sound(RATE) for place in lay_out(extents, RATE)]
    assert places[2].start < places[0].end
    assert "amix=inputs=3" in compiled(*places)


def compiled(*places: SoundPlace) -> str:
    """The filter graph of a sequence of sounds."""
    tone = source("audio", "aaaa", "/in/a.mp4", index=1, demuxer="mov")
    film = sound_sequence([tone] * len(places), SoundLayout(500_000, places))
    return compile_outputs([Output((film,), "/o/x.nut", "nut")], lambda _: "/p").graphs[0]


@pytest.mark.parametrize("overlap", [480, 0, -960])
def test_neighbours_are_in_two_lanes(overlap: int) -> None:
    text = compiled(*(SoundPlace(n * 48_000, (n + 1) * 48_000 + overlap) for n in range(8)))
    assert "amix=inputs=2" in text and text.count("concat=a=1:n=4") == 2


def test_a_transition_from_black_leaves_no_room_for_a_lead() -> None:
    black = SegmentExtent(EditSegment("black", 0, GapMaterial(EditTime())), 0)
    begun = extent(1, 50, transition=into(10, "start"), sound=edges(lead=3))
    assert "segment 1 (s1): `sound: {lead: 3f}` has no segment before it" in mistake(black, begun)


def test_sounds_are_in_order_of_their_starts() -> None:
    placed = lay_out([extent(1, 50, sound=edges(lag=20)), extent(2, 25), extent(3, 30)], RATE)
    layout = SoundLayout(201_600, tuple(one.sound(RATE) for one in placed))
    assert all(one.start < other.start for one, other in pairwise(layout.places))
