"""Timelines: what each entry, transition and place means, and the settings and names of segments."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from edit_jobs import edit, load
from timing import Stopwatch

from finish.model import (
    CardMaterial,
    ClipMaterial,
    EditTime,
    EditTransition,
    GapMaterial,
    Place,
    SoundEdges,
    SpeedKey,
    SplitMaterial,
    StillMaterial,
)

BEACH, WALK, HANDS = (Path(f"/job/media/{name}.mp4") for name in ("beach", "walk", "hands"))


def s(text: str | float) -> EditTime:
    return EditTime.parse(text)


MATERIALS = {
    "{clip: media/beach.mp4}": ClipMaterial(BEACH),
    "{clip: media/beach.mp4, in: 1.2, out: 0:04}": ClipMaterial(BEACH, s(1.2), s(4)),
    "{clip: media/beach.mp4, in: 8f, seconds: 00:00:01:12}": ClipMaterial(
        BEACH, EditTime(frames=8), length=EditTime(timecode=(1, 12))
    ),
    "{clip: media/beach.mp4, speed: 1.5}": ClipMaterial(BEACH, speed=(SpeedKey(s(0), Fraction(3, 2)),)),
    "{clip: media/beach.mp4, speed: 1}": ClipMaterial(BEACH),
    "{clip: media/beach.mp4, speed: [{at: 0, by: 1}, {at: 8f, by: 0.3}]}": ClipMaterial(
        BEACH, speed=(SpeedKey(s(0), Fraction(1)), SpeedKey(s("8f"), Fraction(3, 10)))
    ),
    "{card: chapter, title: Spring, subtitle: New, seconds: 2, background: '#102030'}": CardMaterial(
        "chapter", s(2), "Spring", "New", "#102030"
    ),
    "{card: end, seconds: 8f}": CardMaterial("end", EditTime(frames=8)),
    "{gap: 1.5}": GapMaterial(s(1.5)),
    "{gap: 8f}": GapMaterial(EditTime(frames=8)),
    "{gap: '#101010', seconds: 1}": GapMaterial(s(1), "#101010"),
    "{gap: black, seconds: 1}": GapMaterial(s(1), "#000000"),
    "{gap: white, seconds: 1}": GapMaterial(s(1), "#ffffff"),
    "{split: [{clip: media/beach.mp4}, {clip: media/walk.mp4, in: 1, out: 3, speed: 2}], layout: rows}": (
        SplitMaterial(
            (ClipMaterial(BEACH), ClipMaterial(WALK, s(1), s(3), speed=(SpeedKey(s(0), Fraction(2)),))),
            "rows",
        )
    ),
    "{split: [{clip: media/beach.mp4}, {clip: media/walk.mp4}], seconds: 3}": SplitMaterial(
        (ClipMaterial(BEACH), ClipMaterial(WALK)), length=s(3)
    ),
}


@pytest.mark.parametrize("entry", MATERIALS)
def test_what_an_entry_shows(entry: str) -> None:
    (segment,) = edit(f"timeline:\n  - {entry}").segments
    assert segment.material == MATERIALS[entry]
    assert (segment.number, segment.where, segment.place) == (1, "job.yaml:3", None)


def test_a_still_is_read_whole() -> None:
    (push, boxes) = edit(
        "timeline:\n  - {still: art/pack.png, seconds: 3, move: push}\n"
        "  - {still: art/pack.png, seconds: 2, from: [0, 0, 1, 1], to: [0.2, 0.2, 0.8, 0.8]}"
    ).segments
    assert isinstance(push.material, StillMaterial) and isinstance(boxes.material, StillMaterial)
    assert (push.material.picture.data, push.material.length, push.material.move) == (
        b"art/pack.png",
        s(3),
        "push",
    )
    assert (boxes.material.box, boxes.material.until) == ((0, 0, 1, 1), (0.2, 0.2, 0.8, 0.8))


TRANSITIONS = {
    "{dissolve: 0.4}": EditTransition("dissolve", s(0.4)),
    "dissolve": EditTransition("dissolve", s(0.5)),
    "dip": EditTransition("dip", s(0.5)),
    "wipe": EditTransition("wipe", s(0.5)),
    "slide": EditTransition("slide", s(0.5)),
    "whip": EditTransition("whip", s(0.27)),
    "zoom": EditTransition("zoom", s(0.5)),
    "{dissolve: 12f, align: start, light: linear, short: hold}": EditTransition(
        "dissolve", EditTime(frames=12), "start", "linear", short="hold"
    ),
    "{dip: 1, colour: '#ffffff', align: end}": EditTransition("dip", s(1), "end", colour="#ffffff"),
    "{whip: 0.3, direction: up}": EditTransition("whip", s(0.3), direction="up"),
}


@pytest.mark.parametrize("stated", TRANSITIONS)
def test_what_a_transition_is(stated: str) -> None:
    first, second = edit(f"timeline: [{{gap: 1}}, {{gap: 1, transition: {stated}}}]").segments
    assert (first.transition, second.transition) == (None, TRANSITIONS[stated])


def test_the_first_segment_can_begin_with_black() -> None:
    for kind in ("dip", "dissolve"):
        (segment,) = edit(f"timeline: [{{gap: 1, transition: {kind}}}]").segments
        assert segment.transition == EditTransition(kind, s(0.5))


def test_how_sound_differs_from_the_picture() -> None:
    plain, edged = edit(
        "timeline: [{clip: media/beach.mp4}, "
        "{clip: media/walk.mp4, sound: {lead: 8f, lag: 0.5, gain: -6, mute: true}}]"
    ).segments
    assert plain.sound == SoundEdges()
    assert edged.sound == SoundEdges(s("8f"), s(0.5), -6, mute=True)


PLACES = {
    "at: 3.0, seconds: 2.5": (Place(s(3), shadow=False), SoundEdges(mute=True)),
    "at: 1, place: bottom-right": (Place(s(1), corner="bottom-right", width=0.3), SoundEdges(mute=True)),
    "at: 8f, place: top, width: 0.5, border: 0.01, radius: 0.1, shadow: false": (
        Place(s("8f"), corner="top", width=0.5, border=0.01, radius=0.1, shadow=False),
        SoundEdges(mute=True),
    ),
    "at: {segment: beach}, sound: {gain: -12}": (
        Place(after=("beach", s(0)), shadow=False),
        SoundEdges(gain=-12),
    ),
    "at: {segment: beach, offset: 0.5}, sound: {mute: false}": (
        Place(after=("beach", s(0.5)), shadow=False),
        SoundEdges(),
    ),
    "at: 1, sound: {}": (Place(s(1), shadow=False), SoundEdges(mute=True)),
}


@pytest.mark.parametrize("stated", PLACES)
def test_where_something_over_the_timeline_is(stated: str) -> None:
    made = edit(f"timeline: [{{clip: media/beach.mp4}}]\nover: [{{clip: media/hands.mp4, {stated}}}]")
    (over,) = made.over
    assert (over.place, over.sound) == PLACES[stated]
    assert (over.label, over.where) == ("over 1 (hands)", "job.yaml:3")


def test_a_still_over_the_timeline() -> None:
    made = edit("timeline: [{gap: 1}]\nover: [{still: art/pack.png, seconds: 1, at: 0, place: left}]")
    assert made.over[0].place == Place(s(0), corner="left", width=0.3)
    assert isinstance(made.over[0].material, StillMaterial)


def test_names_are_of_the_files_and_unique() -> None:
    made = edit("""\
timeline:
  - {clip: media/walk.mp4}
  - {clip: media/walk.mp4}
  - {clip: media/walk.mp4, name: walk-2}
  - {clip: media/walk.mp4, name: Walk_3.b}
  - {still: art/pack.png, seconds: 1}
  - {card: title, title: "Größe: 1 & 2", seconds: 1}
  - {card: title, seconds: 1}
  - {gap: 1}
  - {gap: 1}
  - {split: [{clip: media/walk.mp4}, {clip: media/beach.mp4}]}
over:
  - {clip: media/walk.mp4, at: 1}
""")
    assert [one.name for one in (*made.segments, *made.over)] == [
        "walk",
        "walk-3",
        "walk-2",
        "Walk_3.b",
        "pack",
        "Groe-1-2",
        "card",
        "gap",
        "gap-2",
        "split",
        "walk-4",
    ]


def test_a_pattern_is_a_segment_of_each_clip() -> None:
    made = edit("timeline:\n  - {gap: 1}\n  - {clip: media/*.mp4, out: 2, transition: whip}\n  - {gap: 1}")
    assert [(one.number, one.name, one.where) for one in made.segments] == [
        (1, "gap", "job.yaml:3"),
        (2, "beach", "job.yaml:4"),
        (3, "hands", "job.yaml:4"),
        (4, "walk", "job.yaml:4"),
        (5, "gap-2", "job.yaml:5"),
    ]
    assert [one.material for one in made.segments[1:4]] == [
        ClipMaterial(path, end=s(2)) for path in (BEACH, HANDS, WALK)
    ]
    assert {one.transition for one in made.segments[1:4]} == {EditTransition("whip", s(0.27))}


SECTIONS = """\
timeline:
  - {clip: media/beach.mp4}
  - {clip: media/walk.mp4, colour: {strength: 0.5}, reframe: {follow: subject}, captions: "{clip}.srt"}
colour: {levels: legal, strength: 0.9}
"""


def test_a_segments_own_settings_outrank_every_layer() -> None:
    (made,) = load(
        SECTIONS, "deliverables: [{name: a, preset: tiktok, colour: {strength: 0.2}}]"
    ).job.deliverables
    assert made.edit is not None
    beach, walk = made.edit.segments
    assert beach.settings is made.settings
    assert list(walk.settings) == list(made.settings)
    assert (walk.settings["colour"].strength, walk.settings["colour"].levels) == (0.5, "legal")  # type: ignore[attr-defined]
    assert walk.settings["reframe"].follow == "subject"  # type: ignore[attr-defined]
    assert walk.settings["sound"] is made.settings["sound"]
    assert made.settings["colour"].strength == 0.2  # type: ignore[attr-defined]


def test_the_clip_in_a_segments_path_is_its_own() -> None:
    made = edit(
        "timeline:\n"
        "  - {clip: media/walk.mp4, captions: '{clip}.srt', colour: {looks: ['looks/{clip}.cube']}}"
    )
    (walk,) = made.segments
    assert isinstance(walk.material, ClipMaterial) and walk.material.captions
    assert walk.material.captions.data == b"walk.srt"
    assert walk.settings["colour"].looks[0].data == b"looks/walk.cube"  # type: ignore[attr-defined]
    assert [document.data for document in made.documents] == [b"walk.srt"]


def test_captions_of_a_clip_have_the_deliverables_language() -> None:
    text = "timeline: [{clip: media/walk.mp4, captions: '{clip}.{lang}.srt'}]"
    made = edit(text, 'deliverables: [{name: "a-{lang}", preset: tiktok, for: {lang: [de]}}]')
    assert [document.data for document in made.documents] == [b"walk.de.srt"]


def test_an_edit_stands_for_its_first_clip_and_knows_all() -> None:
    (made,) = load("""\
timeline:
  - {card: title, seconds: 1}
  - {still: art/pack.png, seconds: 1}
  - {split: [{clip: media/walk.mp4}, {clip: media/beach.mp4}]}
  - {clip: media/walk.mp4}
over: [{clip: media/hands.mp4, at: 0}]
""").job.deliverables
    assert (made.name, made.source, made.clips) == ("film", WALK, (WALK, BEACH, HANDS))
    assert [document.path.name for document in made.documents] == ["style.yaml", "pack.png"]


def test_an_edit_without_a_clip() -> None:
    still, card = (
        load(f"timeline: [{{gap: 1}}, {entry}]").job.deliverables[0].source
        for entry in ("{still: art/pack.png, seconds: 1}", "{card: title, seconds: 1}")
    )
    assert (still, card) == (Path("/job/art/pack.png"), Path("/job/job.yaml"))


CUT = """\
timeline:
  - {clip: media/beach.mp4, transition: dip}
  - {clip: media/walk.mp4, transition: dissolve}
  - {still: art/pack.png, seconds: 1, transition: wipe}
over:
  - {clip: media/hands.mp4, at: {segment: beach}}
  - {clip: media/hands.mp4, at: {segment: walk}}
  - {clip: media/hands.mp4, at: 1}
"""


def test_a_deliverable_can_show_some_segments_only() -> None:
    whole, cut, start = load(
        CUT,
        """\
deliverables:
  - {name: whole, preset: tiktok}
  - {name: cut, preset: tiktok, only: [pack, walk]}
  - {name: start, preset: tiktok, only: [beach]}
""",
    ).job.deliverables
    assert whole.edit and cut.edit and start.edit
    assert [(one.name, one.number, one.transition and one.transition.kind) for one in cut.edit.segments] == [
        ("walk", 2, None),
        ("pack", 3, "wipe"),
    ]
    assert [one.name for one in cut.edit.over] == ["hands-2", "hands-3"]
    assert (cut.source, start.source) == (WALK, BEACH)
    assert [one.transition for one in start.edit.segments] == [EditTransition("dip", s(0.5))]
    assert len({whole.spec_digest, cut.spec_digest, start.spec_digest}) == 3


def test_several_timelines_of_a_job() -> None:
    made = load(
        """\
timelines:
  long: {timeline: [{clip: media/beach.mp4}, {clip: media/walk.mp4}], colour: {strength: 0.5}}
  short: [{clip: media/walk.mp4, out: 1}]
""",
        'deliverables: [{name: "{clip}-a", preset: tiktok}, {name: "{clip}-b", preset: youtube}]',
    ).job.deliverables
    assert [(one.name, one.edit and one.edit.name, one.source) for one in made] == [
        ("long-a", "long", BEACH),
        ("long-b", "long", BEACH),
        ("short-a", "short", WALK),
        ("short-b", "short", WALK),
    ]
    assert [one.settings["colour"].strength for one in made] == [0.5, 0.5, 1.0, 1.0]  # type: ignore[attr-defined]


CHANGES = [
    "timeline: [{clip: media/beach.mp4, in: 1}]",
    "timeline: [{clip: media/beach.mp4, name: x}]",
    "timeline: [{clip: media/walk.mp4}]",
    "timeline: [{clip: media/beach.mp4, colour: {strength: 0.5}}]",
    "timeline: [{clip: media/beach.mp4}]\nover: [{clip: media/hands.mp4, at: 1}]",
    "timeline: [{clip: media/beach.mp4}]\nover: [{clip: media/hands.mp4, at: 2}]",
]


def test_the_spec_digest_covers_the_timeline() -> None:
    digests = [
        load(text).job.deliverables[0].spec_digest
        for text in ("timeline: [{clip: media/beach.mp4}]", *CHANGES)
    ]
    assert len(set(digests)) == len(CHANGES) + 1
    assert load(CHANGES[0]).job.deliverables[0].spec_digest == digests[1]


def test_explain_lists_what_segments_state() -> None:
    loaded = load(
        CUT + "colour: {strength: 0.5}\n", "deliverables: [{name: a, preset: tiktok, only: [walk]}]"
    )
    stated = [(row.key, row.value, row.origin) for row in loaded.explain("a")]
    assert stated[:7] == [
        ("timeline.walk.clip", "media/walk.mp4", "job.yaml:4"),
        ("timeline.walk.transition.dissolve", "0.5", "job.yaml:4"),
        ("over.hands-2.clip", "media/hands.mp4", "job.yaml:8"),
        ("over.hands-2.at.segment", "walk", "job.yaml:8"),
        ("over.hands-3.clip", "media/hands.mp4", "job.yaml:9"),
        ("over.hands-3.at", "1", "job.yaml:9"),
        ("colour.looks", "[]", "default"),
    ]


def test_a_null_is_no_timeline() -> None:
    (made,) = load("source: media/beach.mp4\ntimeline: null\nover: null").job.deliverables
    assert (made.edit, made.source, made.clips) == (None, BEACH, (BEACH,))


def test_five_hundred_segments_load_in_a_second(stopwatch: Stopwatch) -> None:
    entry = "  - {clip: media/walk.mp4, in: 1, out: 2, transition: {dip: 0.4}, colour: {strength: 0.5}}\n"
    with stopwatch(1):
        made = edit("timeline:\n" + 500 * entry)
    assert (made.segments[-1].name, len(made.segments)) == ("walk-500", 500)
