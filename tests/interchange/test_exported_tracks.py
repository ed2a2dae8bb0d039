"""Timelines of several clips for other programs: what they read is what was planned."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio
import pytest
from timeline_plans import film
from timeline_plans import frames as span

from finish.errors import FinishError
from finish.graph.timeline import SpeedSpan, ratio
from finish.interchange.edl_events import edl_of_tracks
from finish.interchange.exported_tracks import ExportedPart, ExportedTracks
from finish.interchange.otio_tracks import otio_of_tracks
from finish.interchange.timeline_formats import FORMATS, TimelineFormat, exported
from finish.model import EditTransition
from finish.model.edit import EditTime
from finish.planning.segment_rows import SegmentRow, segment_rows
from finish.units import Span

RATE = 25


def rows(*, over: bool = False) -> tuple[SegmentRow, ...]:
    return segment_rows(film(over=over))


def test_each_clip_is_an_event_and_a_transition_has_two_lines() -> None:
    text, losses = exported(FORMATS["edl"], film(over=True))
    assert (
        text
        == """\
TITLE: film-tiktok
FCM: NON-DROP FRAME
* Spring: the card is written as an event without a tape
* hands: it's over the main track, and left out

001  BEACH    AA/V  C        00:00:01:00 00:00:02:20 00:00:00:00 00:00:01:20
* FROM CLIP NAME: beach.mp4

002  BEACH    AA/V  C        00:00:02:20 00:00:02:20 00:00:01:20 00:00:01:20
002  WALK     AA/V  D    010 00:00:01:15 00:00:05:05 00:00:01:20 00:00:03:15
M2   WALK     050.0                00:00:01:15
* FROM CLIP NAME: beach.mp4
* TO CLIP NAME: walk.mp4

003  AX       V     C        00:00:00:00 00:00:01:00 00:00:03:15 00:00:04:15
* FROM CLIP NAME: Spring

004  BEACH    AA    C        00:00:07:17 00:00:09:05 00:00:04:07 00:00:05:20
* FROM CLIP NAME: beach.mp4

005  BEACH    V     C        00:00:08:00 00:00:09:05 00:00:04:15 00:00:05:20
* FROM CLIP NAME: beach.mp4
"""
    )
    assert losses == (
        "Spring: the card is written as an event without a tape",
        "hands: it's over the main track, and left out",
    )


def with_transition(row: SegmentRow, stated: EditTransition) -> SegmentRow:
    return replace(row, segment=replace(row.segment, transition=stated))


@pytest.mark.parametrize(
    ("stated", "code", "lost"),
    [
        (EditTransition("wipe", EditTime(frames=10), direction="right"), "W001 010", ()),
        (
            EditTransition("wipe", EditTime(frames=10)),
            "W001 010",
            ("walk: the wipe to the left is written as one to the right",),
        ),
        (
            EditTransition("whip", EditTime(frames=10)),
            "D    010",
            ("walk: the whip is written as a dissolve",),
        ),
    ],
)
def test_what_an_edit_list_cannot_hold_is_said(
    stated: EditTransition, code: str, lost: tuple[str, ...]
) -> None:
    beach, walk, *_ = rows()
    text, losses = edl_of_tracks("film", ExportedTracks.of((beach, with_transition(walk, stated))))
    assert f"002  WALK     AA/V  {code} 00:00:01:15" in text and losses == lost
    assert all(f"* {loss}" in text for loss in losses)


def test_clips_of_one_name_have_reels_of_their_own() -> None:
    first, *_ = rows()
    assert first.source
    paths = ("/a/shots/long-name-of-a-clip.mp4", "/a/more/long-name-of-a-clip.mp4", "/a/ünï.mp4", "/a/bl.mp4")
    many = [
        replace(first, source=replace(first.source, path=Path(path)), frames=(50 * number, 50 * number + 50))
        for number, path in enumerate(paths)
    ]
    text, _ = edl_of_tracks("film", ExportedTracks.of(many))
    reels = [line.split()[1] for line in text.splitlines() if line[:1] == "0"]
    assert reels == ["LONGNAME", "LONGNAM2", "N", "BL2"]


def test_more_events_than_can_be_numbered() -> None:
    first, *_ = rows()
    many = [replace(first, frames=(50 * number, 50 * number + 50)) for number in range(1000)]
    with pytest.raises(FinishError, match=r"film: the timeline has 1000 events; CMX 3600 holds at most 999"):
        edl_of_tracks("film", ExportedTracks.of(many))


def test_a_format_of_one_clip_refuses_a_timeline() -> None:
    old = TimelineFormat("old", "an old list", ".old", lambda *_: "")
    with pytest.raises(FinishError, match="an old list holds one clip, and film is a timeline"):
        exported(old, film())


def read(text: str) -> opentimelineio.schema.Timeline:
    return opentimelineio.adapters.read_from_string(text, "otio_json")


def test_opentimelineio_reads_tracks_gaps_transitions_and_what_is_over() -> None:
    text, losses = exported(FORMATS["otio"], film(over=True))
    tracks = read(text).tracks
    assert [(track.name, track.kind) for track in tracks] == [
        ("Video", "Video"),
        ("Over 1", "Video"),
        ("Audio", "Audio"),
    ]
    assert [type(child).__name__ for child in tracks[0]] == ["Clip", "Transition", "Clip", "Clip", "Clip"]
    assert [type(child).__name__ for child in tracks[1]] == ["Gap", "Clip"]
    assert [type(child).__name__ for child in tracks[2]] == ["Clip", "Transition", "Clip", "Gap", "Clip"]
    assert tracks[1][0].duration().value == 60
    assert tracks[0][3].media_reference.parameters["title"] == "Spring"
    assert tracks[1][1].metadata["finish"] == {"segment": "hands", "place": "top-left, 30 % wide"}
    assert {track.duration().value for track in (tracks[0], tracks[2])} == {145}
    assert losses == (
        "Spring: the card is a generator that only finish knows",
        "hands: its place on the frame is only in `metadata`",
    )


def test_two_sounds_over_each_other_are_a_crossfade() -> None:
    beach, walk, *_ = rows()
    cut = replace(walk, transition=(0, 0), lead=5)
    tracks = ExportedTracks.of((replace(beach, lag=3), cut))
    assert [(item.start, item.end, item.into) for item in tracks.sounds] == [
        (0, 50, (0, 0)),
        (50, 90, (5, 3)),
    ]
    tracks = ExportedTracks.of((replace(beach, lag=3), replace(cut, lead=0)))
    assert [(item.start, item.end, item.part) for item in tracks.sounds] == [
        (0, 53, span(25, 78)),
        (53, 90, SpeedSpan(span(56, 130).start, span(56, 130).end, Fraction(37, RATE))),
    ]


def test_what_is_read_back_is_what_was_planned() -> None:
    """Two hundred timelines: cuts inside of clips, speeds, transitions, and edges of sounds."""
    for seed in range(200):
        tracks = ExportedTracks.of(list(_random_rows(random.Random(seed))))
        timeline = read(otio_of_tracks("x", tracks)[0])
        _check(timeline.tracks[0], tracks.pictures)
        _check(timeline.tracks[1], tracks.sounds)
        starts = [row.start for row in tracks.pictures[1:]]
        assert starts == [row.end for row in tracks.pictures[:-1]]


def _random_rows(chance: random.Random) -> Iterator[SegmentRow]:
    template, start = rows()[0], 0
    for number in range(chance.randint(1, 6)):
        parts, first = list[Span](), chance.randint(50, 100)
        for _ in range(chance.randint(1, 3)):
            count, speed = chance.randint(20, 60), chance.choice([1, 1, 2, 3])
            end = first + count * speed
            part = span(first, end)
            parts.append(part if speed == 1 else SpeedSpan(part.start, part.end, Fraction(count, RATE)))
            first = end + chance.randint(1, 20)
        length = round(sum(part.length for part in parts) * RATE)
        transition = (
            (chance.randint(0, 5), chance.randint(0, 5)) if number and chance.random() < 0.5 else (0, 0)
        )
        yield replace(
            template,
            segment=replace(template.segment, name=f"s{number}"),
            frames=(start, start + length),
            parts=tuple(parts),
            transition=transition,
            lead=chance.choice([0, 0, 4]) if number else 0,
            lag=chance.choice([0, 0, 7]),
        )
        start += length


def _check(track: opentimelineio.schema.Track, items: tuple[ExportedPart, ...]) -> None:
    clips = [child for child in track if isinstance(child, opentimelineio.schema.Clip)]
    joints = [child for child in track if isinstance(child, opentimelineio.schema.Transition)]
    assert len(clips) == len(items)
    for clip, item in zip(clips, items, strict=True):
        placed, used = track.range_of_child(clip), clip.source_range
        assert (placed.start_time.value, placed.duration.value) == (item.start, item.end - item.start)
        speed = clip.effects[0].time_scalar if clip.effects else 1
        begins = Fraction(used.start_time.value).limit_denominator(1000) / RATE
        assert begins == item.part.start and speed == float(ratio(item.part))
        shown = used.duration.value * speed / RATE
        assert shown == pytest.approx(float(item.part.end - item.part.start))
    stated = [item.into for item in items if sum(item.into)]
    assert [(joint.in_offset.value, joint.out_offset.value) for joint in joints] == stated
