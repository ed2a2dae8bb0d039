"""The track over a timeline: where its pictures and sounds are, what they cover, and its mistakes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from finish.errors import FinishError
from finish.model import ClipMaterial, EditSegment, EditTime, EditTransition, Place, SoundEdges
from finish.planning.edit_layout import SegmentExtent, SegmentPlacement, lay_out
from finish.planning.over_track import over_sounds, place_over
from finish.planning.visible_pictures import VisiblePictures

RATE = Fraction(25)
CLIP = ClipMaterial(Path("clip.mp4"))


def dissolve(frames: int, align: str = "centre") -> EditTransition:
    return EditTransition("dissolve", EditTime(frames=frames), align)  # type: ignore[arg-type]


def main(*frames: int, into: int = 0) -> tuple[SegmentPlacement, ...]:
    """A main track of clips with 50 frames beyond their ranges, with a transition into each."""
    segments = [
        EditSegment(f"m{n}", n, CLIP, transition=dissolve(into) if into and n > 1 else None)
        for n in range(1, len(frames) + 1)
    ]
    extents = [
        SegmentExtent.of(segment, count, (50, 50), RATE, sounds=True)
        for segment, count in zip(segments, frames, strict=True)
    ]
    return lay_out(extents, RATE)


def over(
    number: int,
    at: int | tuple[str, int],
    frames: int,
    transition: EditTransition | None = None,
    *,
    sound: SoundEdges | None = None,
    before: int = 50,
    corner: str = "",
) -> SegmentExtent:
    place = (
        Place(EditTime(frames=at)) if isinstance(at, int) else Place(after=(at[0], EditTime(frames=at[1])))
    )
    segment = EditSegment(
        f"o{number}",
        number,
        CLIP,
        f"job.yaml:{number}",
        transition,
        sound or SoundEdges(mute=True),
        replace(place, corner=corner),
    )
    return SegmentExtent.of(segment, frames, (before, 50), RATE, sounds=sound is not None)


def visible(track: tuple[SegmentPlacement, ...], *extents: SegmentExtent) -> VisiblePictures:
    placements = (*track, *place_over(extents, track, RATE))
    return VisiblePictures.of(placements, [Fraction(0)] * len(placements), len(track), RATE)


def shown(pictures: VisiblePictures) -> list[tuple[int, int, int]]:
    """Which picture the programme shows, with its first frame and the one after its last."""
    return [(run.index, round(run.span.start * RATE), round(run.span.end * RATE)) for run in pictures.runs]


def mistake(track: tuple[SegmentPlacement, ...], *extents: SegmentExtent) -> str:
    with pytest.raises(FinishError) as raised:
        visible(track, *extents)
    return str(raised.value)


def test_b_roll_replaces_the_picture_between_two_places_of_the_same_clip() -> None:
    pictures = visible(main(100, 100), over(1, 30, 20))
    assert str(pictures.layout) == "25 fps: 0-30@0, 30-50@0, 50-100@50, 100-200@0"
    assert pictures.indices == (0, 2, 0, 1)
    assert shown(pictures) == [(0, 0, 30), (2, 30, 50), (0, 50, 100), (1, 100, 200)]
    assert [(span.start * RATE, span.end * RATE) for span in pictures.spans(0)] == [(0, 30), (50, 100)]
    assert pictures.transitions == ()


def test_b_roll_dissolves_in_and_is_cut_out() -> None:
    """Its share before its start is of its own handles."""
    pictures = visible(main(100), over(1, 30, 20, dissolve(10)))
    assert str(pictures.layout) == "25 fps: 0-35@0, 25-50@0 dissolve 10, 50-100@50"
    assert shown(pictures) == [(0, 0, 30), (1, 30, 50), (0, 50, 100)]
    assert [(span.start * RATE, span.end * RATE) for span in pictures.transitions] == [(25, 35)]


def test_b_roll_covers_a_joint_and_a_whole_clip() -> None:
    pictures = visible(main(50, 20, 50), over(1, ("m1", 40), 40))
    assert str(pictures.layout) == "25 fps: 0-40@0, 40-80@0, 80-120@10"
    assert pictures.indices == (0, 3, 2)
    assert pictures.spans(1) == ()


def test_b_roll_covers_a_part_of_a_transition() -> None:
    """The rest of the transition continues where the B-roll ends."""
    before = visible(main(50, 50, into=20), over(1, 30, 18))
    assert str(before.layout) == "25 fps: 0-30@0, 30-48@0, 48-60@48, 48-100@8 dissolve 20 from 8"
    assert shown(before) == [(0, 0, 30), (2, 30, 48), (0, 48, 50), (1, 50, 100)]
    after = visible(main(50, 50, into=20), over(1, 45, 30))
    assert str(after.layout) == "25 fps: 0-45@0, 40-45@0 dissolve 20, 45-75@0, 75-100@35"
    assert shown(after) == [(0, 0, 45), (2, 45, 75), (1, 75, 100)]


def test_b_roll_follows_b_roll_and_reaches_the_end() -> None:
    """The second dissolves from the first, which is the only picture under it."""
    pictures = visible(main(100), over(1, 20, 30), over(2, 50, 50, dissolve(8, "end")))
    assert str(pictures.layout) == "25 fps: 0-20@0, 20-50@0, 42-100@0 dissolve 8"
    assert shown(pictures) == [(0, 0, 20), (1, 20, 50), (2, 50, 100)]


def test_the_order_in_which_b_roll_is_stated_makes_no_difference() -> None:
    first, second = over(1, 20, 30), over(2, 50, 50, dissolve(8, "end"))
    ordered, turned = visible(main(100), first, second), visible(main(100), second, first)
    assert turned.layout == ordered.layout and turned.indices == (0, 2, 1)
    changing = over(2, 50, 20, dissolve(8))
    text = "over 2 (o2): the picture under its dissolve changes during it"
    assert text in mistake(main(100), first, changing) and text in mistake(main(100), changing, first)


def test_a_sound_over_the_main_track_has_fades_inside_its_range() -> None:
    track = main(100)
    placements = place_over([over(1, 25, 25, sound=SoundEdges(gain=-6.0))], track, RATE)
    (added,) = over_sounds(placements, 1, 192_000, RATE)
    assert str(added.layout) == "48 kHz for 192000: 48000-96000@0 in 480 out 480 -6 dB"
    assert added.audible == (1,)


def test_sounds_that_overlap_are_on_tracks_of_their_own() -> None:
    extents = [over(n, at, 30, sound=SoundEdges(), corner="top") for n, at in enumerate((0, 20, 40, 60), 1)]
    tracks = over_sounds(place_over(extents, main(100), RATE), 1, 192_000, RATE)
    assert [track.audible for track in tracks] == [(1, 3), (2, 4)]


def test_silent_b_roll_adds_no_sound() -> None:
    assert over_sounds(place_over([over(1, 0, 30)], main(100), RATE), 1, 192_000, RATE) == ()


@pytest.mark.parametrize(
    ("extents", "text"),
    [
        ([over(1, 100, 5)], "over 1 (o1): it starts at 4 s, and the programme ends at 4 s"),
        ([over(1, 90, 15)], "over 1 (o1): it ends at 4.2 s, and the programme at 4 s: 5 frames too long"),
        (
            [over(1, 90, 10, sound=SoundEdges(lag=EditTime(frames=1)))],
            "over 1 (o1): it ends at 4.04 s, and the programme at 4 s: 1 frame too long",
        ),
        ([over(1, 2, 20, dissolve(10))], "over 1 (o1): its dissolve begins before the programme"),
        (
            [over(1, 30, 20, dissolve(10), before=3)],
            "over 1 (o1): its dissolve needs 5 frames before its `in`, and the clip has 3: 2 frames missing",
        ),
        ([over(1, 30, 3, dissolve(10))], "over 1 (o1): its dissolve is longer than it is (3 frames)"),
        ([over(1, 30, 20), over(2, 45, 20)], "over 2 (o2): it starts at 1.8 s, and over 1 (o1) ends at 2 s"),
        (
            [over(1, 20, 30), over(2, 50, 20, dissolve(8))],
            "over 2 (o2): the picture under its dissolve changes during it",
        ),
    ],
)
def test_each_mistake_is_one_line(extents: list[SegmentExtent], text: str) -> None:
    assert text in mistake(main(100), *extents)


def test_all_mistakes_are_reported_together() -> None:
    with pytest.raises(FinishError) as raised:
        visible(main(100), over(1, 100, 5), over(2, 90, 15))
    assert "over 1" in str(raised.value) and "over 2" in str(raised.value)
    assert "job.yaml:1" in str(raised.value) and "job.yaml:2" in str(raised.value)


def test_pictures_in_pictures_may_overlap() -> None:
    extents = [over(1, 30, 20, corner="top"), over(2, 40, 20, corner="bottom")]
    assert len(place_over(extents, main(100), RATE)) == 2
