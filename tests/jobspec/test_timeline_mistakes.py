"""Every mistake in a timeline, in its words, with its place and its segment."""

from __future__ import annotations

import json

import pytest
from edit_jobs import load, mistakes
from hypothesis import given
from hypothesis import strategies as st

from finish.errors import FinishError

TIME = "write seconds (1.5), minutes:seconds (0:01.5), frames (8f), or a timecode (00:00:01:12)"
CLIP = "name, transition, clip, in, out, speed, seconds, sound, captions, colour, reframe"
KINDS = "clip, still, card, gap, split"
MOVES = "dissolve, dip, wipe, slide, whip, zoom"
B = "clip: media/beach.mp4"

ENTRIES = {
    "{clip: media/beech.mp4}": '12  clip of segment 2 (beech): no such file: "media/beech.mp4"',
    "{clip: nothing/*.mp4}": '12  clip of segment 2 (clip): no file matches "nothing/*.mp4"',
    "{clip: 5}": '12  clip of segment 2 (clip): must be text or a map, not 5 — put it in quotes: "5"',
    "media/beach.mp4": (
        '5  segment 2 (entry): must be a map, not "media/beach.mp4" — write {clip: media/walk.mp4}'
    ),
    "{clip: media/beach.mp4, still: art/pack.png}": (
        "5  segment 2 (entry): clip and still are in one entry — write an entry for each"
    ),
    "{name: intro}": f"5  segment 2 (intro): states nothing to show — add one of {KINDS}",
    "{clp: media/beach.mp4}": (f'6  clp of segment 2 (entry): unknown key — did you mean "clip"? ({KINDS})'),
    "{clip: media/beach.mp4, inn: 1}": (
        f'29  inn of segment 2 (beach): unknown key — did you mean "in"? ({CLIP})'
    ),
    "{clip: media/beach.mp4, mix: {}}": f"29  mix of segment 2 (beach): unknown key — use one of: {CLIP}",
    "{clip: media/beach.mp4, in: 3, out: 1}": (
        "5  segment 2 (beach): out (1) must be after in (3), because it is exclusive"
    ),
    "{clip: media/beach.mp4, in: 8f, out: 8f}": (
        "5  segment 2 (beach): out (8f) must be after in (8f), because it is exclusive"
    ),
    "{clip: media/beach.mp4, in: 00:00:02:00, out: 00:00:01:24}": (
        "5  segment 2 (beach): out (00:00:01:24) must be after in (00:00:02:00), because it is exclusive"
    ),
    "{clip: media/beach.mp4, out: 0}": (
        "5  segment 2 (beach): out (0) must be after in (0), because it is exclusive"
    ),
    "{clip: media/beach.mp4, out: 2, seconds: 2}": (
        "5  segment 2 (beach): out and seconds are both stated — keep one"
    ),
    "{clip: media/beach.mp4, in: soon}": f"33  in of segment 2 (beach): 'soon' isn't a time — {TIME}",
    "{clip: media/beach.mp4, in: -1}": f"33  in of segment 2 (beach): '-1' isn't a time — {TIME}",
    "{clip: media/beach.mp4, in: 90000}": (
        f"33  in of segment 2 (beach): '90000' is longer than a day — {TIME}"
    ),
    "{clip: media/beach.mp4, in: [1]}": "33  in of segment 2 (beach): must be a time, not a list",
    "{clip: media/beach.mp4, in: yes}": f"33  in of segment 2 (beach): 'yes' isn't a time — {TIME}",
    "{clip: media/beach.mp4, in: true}": "33  in of segment 2 (beach): must be a time, not true",
    "{clip: media/beach.mp4, seconds: 0f}": (
        "38  seconds of segment 2 (beach): 0 is out of range — use more than 0"
    ),
    "{clip: media/beach.mp4, speed: 5}": "36  speed of segment 2 (beach): 5 is out of range — use 0.25 to 4",
    "{clip: media/beach.mp4, speed: [{at: 0, by: 0.1}]}": (
        "49  speed[0].by of segment 2 (beach): 0.1 is out of range — use 0.25 to 4"
    ),
    "{clip: media/beach.mp4, speed: [{at: 2, by: 1}, {at: 1, by: 2}]}": (
        "36  speed of segment 2 (beach): 1 isn't after 2 — state rising times"
    ),
    "{clip: media/beach.mp4, transition: disolve}": (
        '41  transition of segment 2 (beach): unknown transition "disolve" — '
        f'did you mean "dissolve"? ({MOVES})'
    ),
    "{clip: media/beach.mp4, transition: {}}": (
        f"41  transition of segment 2 (beach): no kind is stated — state one of {MOVES} with its length"
    ),
    "{clip: media/beach.mp4, transition: {dissolve: 1, dip: 1}}": (
        "41  transition of segment 2 (beach): dissolve and dip are stated — "
        f"state one of {MOVES} with its length"
    ),
    "{clip: media/beach.mp4, transition: {dip: 1, direction: up}}": (
        "41  transition of segment 2 (beach): a dip has no direction — "
        "delete it, or use one of: wipe, slide, whip"
    ),
    "{clip: media/beach.mp4, transition: {dissolve: 0}}": (
        "52  transition.dissolve of segment 2 (beach): 0 is out of range — use more than 0"
    ),
    "{clip: media/beach.mp4, sound: {gan: 3}}": (
        '37  sound.gan of segment 2 (beach): unknown key — did you mean "gain"? (lead, lag, gain, mute)'
    ),
    "{clip: media/beach.mp4, captions: b.srt}": ('39  captions of segment 2 (beach): no such file: "b.srt"'),
    "{clip: media/beach.mp4, name: Düne}": (
        '35  name of segment 2 (Düne): "ü" can\'t be used in a name — use A-Z a-z 0-9 . _ -'
    ),
    "{clip: media/beach.mp4, name: WALK}": (
        "35  name of segment 2 (WALK): segment 1 (walk) has this name, too (job.yaml:3) — use another one"
    ),
    "{clip: media/*.mp4, name: x}": (
        "31  name of segment 3 (x): segment 2 (x) has this name, too (job.yaml:4) — "
        "leave out the name of a pattern"
    ),
    "{clip: media/*.mp4, in: 3, out: 1}": (
        "5  segment 2 (beach): out (1) must be after in (3), because it is exclusive"
    ),
    "{clip: media/beach.mp4, colour: {strength: 2}}": (
        "48  colour.strength of segment 2 (beach): 2 is out of range — use 0 to 1"
    ),
    "{still: walk.srt, seconds: 1}": (
        '13  still of segment 2 (walk-2): "walk.srt" isn\'t a still picture — use .jpeg, .jpg, .png'
    ),
    "{still: art/pack.png}": '5  seconds of segment 2 (pack): missing — add "seconds: …" (its length)',
    "{still: art/pack.png, seconds: 1, from: [0.5, 0, 0.5, 1]}": (
        "5  segment 2 (pack): from is empty — write [left, top, right, bottom]"
    ),
    "{still: art/pack.png, seconds: 1, to: [0, 0, 1, 1], move: push}": (
        "5  segment 2 (pack): move: push and from or to are both stated — keep one"
    ),
    "{card: titel, seconds: 1}": (
        '12  card of segment 2 (card): unknown template "titel" — did you mean "title"? (title, chapter, end)'
    ),
    "{gap: black}": "5  segment 2 (gap): the length is missing — add seconds",
    "{gap: 1, seconds: 1}": (
        "5  segment 2 (gap): the length is stated twice — write {gap: black, seconds: 1}, or {gap: 1}"
    ),
    "{gap: red, seconds: 1}": (
        '11  gap of segment 2 (gap): "red" isn\'t a colour — write black, white, or "#101010"'
    ),
    "{gap: 0}": "11  gap of segment 2 (gap): 0 is out of range — use more than 0",
    "{split: [{clip: media/beach.mp4}]}": (
        "13  split of segment 2 (split): is too short: 1 item — use at least 2"
    ),
    "{split: [{clip: media/beach.mp4}, {clip: media/*.mp4}]}": (
        "46  split[1].clip of segment 2 (split): matches 3 clips — name one"
    ),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_mistake_in_an_entry_names_its_segment(entry: str) -> None:
    assert mistakes(f"timeline:\n  - {{clip: media/walk.mp4, name: walk}}\n  - {entry}") == [
        f"4:{ENTRIES[entry]}"
    ]


OVER = {
    "{clip: media/hands.mp4}": (
        '5  at of over 1 (hands): missing — add "at: …" (the programme\'s time, or {segment, offset})'
    ),
    "{clip: media/hands.mp4, at: {segment: wlak}}": (
        '43  at.segment of over 1 (hands): unknown segment "wlak" — did you mean "walk"? (walk)'
    ),
    "{clip: media/hands.mp4, at: {segmnt: walk}}": (
        '34  at.segmnt of over 1 (hands): unknown key — did you mean "segment"? (segment, offset)'
    ),
    "{clip: media/hands.mp4, at: x}": f"33  at of over 1 (hands): 'x' isn't a time — {TIME}",
    "{clip: media/hands.mp4, at: 1, transition: whip}": (
        "48  transition of over 1 (hands): a whip isn't possible over the timeline — use dissolve"
    ),
    "{clip: media/hands.mp4, at: 1, name: walk}": (
        "42  name of over 1 (walk): segment 1 (walk) has this name, too (job.yaml:3) — use another one"
    ),
    "{clip: media/hands.mp4, at: 1, width: 0.3}": (
        "5  over 1 (hands): width needs a place — add place: bottom-right, or delete width"
    ),
    "{clip: media/hands.mp4, at: 1, place: top, width: 2}": (
        "55  width of over 1 (hands): 2 is out of range — use 0.05 to 1"
    ),
    "{card: title, seconds: 1, at: 1}": (
        "6  card of over 1 (entry): a card can't be over the timeline — "
        "use clip or still, or add it to the timeline"
    ),
}


@pytest.mark.parametrize("entry", OVER)
def test_a_mistake_over_the_timeline(entry: str) -> None:
    assert mistakes(f"timeline:\n  - {{clip: media/walk.mp4, name: walk}}\nover:\n  - {entry}") == [
        f"5:{OVER[entry]}"
    ]


TRACKS = {
    "timeline: []": "2:11  timeline: is empty — add a segment, such as - {clip: media/walk.mp4}",
    "timeline: media/walk.mp4": (
        '2:11  timeline: must be a list, not "media/walk.mp4" — '
        "add a segment, such as - {clip: media/walk.mp4}"
    ),
    f"timeline: [{', '.join(501 * ['{gap: 1}'])}]": (
        "2:11  timeline: 501 segments — a track has at most 500; split it into several timelines"
    ),
    "timeline: [{gap: 1, transition: wipe}]": (
        "2:33  transition of segment 1 (gap): a wipe isn't possible before the first segment — "
        "use dip or dissolve, which begin with black"
    ),
    "timeline: [{gap: 1}]\nsource: media/walk.mp4": (
        "3:1  source: can't be stated together with timeline — keep timeline or source"
    ),
    "timeline: [{gap: 1}]\ntimelines: {a: [{gap: 1}]}": (
        "3:1  timelines: can't be stated together with timeline — keep timeline or timelines"
    ),
    "timeline: [{gap: 1}]\nclips: {walk: {}}": (
        "3:1  clips: can't be used with a timeline — write the settings into the segment of the clip"
    ),
    "timelines: {a: [{gap: 1}]}\nover: []": (
        "3:1  over: needs a timeline beside it — state it under the name of the timeline"
    ),
    "source: media/walk.mp4\nover: []": "3:1  over: needs a timeline beside it — add a timeline",
    "timelines: {}": "2:12  timelines: is empty — write {long: [{clip: media/walk.mp4}]}",
    "timelines: [1]": "2:12  timelines: must be a map, not a list — write {long: [{clip: media/walk.mp4}]}",
    "timelines: {a b: [{gap: 1}]}": (
        '2:13  timelines."a b": "a b" can\'t be used in a file name — write "a-b"'
    ),
    "timelines: {a: {over: [{still: art/pack.png, seconds: 1, at: 0}]}}": (
        '2:16  timelines.a.timeline: missing — add "timeline: …" (its segments)'
    ),
    "timelines: {a: {timeline: [{gap: 1}], sounds: {}}}": (
        '2:39  timelines.a.sounds: unknown key — did you mean "sound"? '
        "(timeline, over, encode, colour, reframe, captions, sound)"
    ),
    "timelines: {a: {timeline: [{gap: 1}], sound: {target: -2}}}": (
        "2:55  timelines.a.sound.target: -2 is out of range — use -40 to -5"
    ),
}


@pytest.mark.parametrize("text", TRACKS)
def test_a_mistake_in_a_track(text: str) -> None:
    assert mistakes(text) == [TRACKS[text]]


ONLY = {
    "timeline: [{gap: 1, name: walk}]": (
        '3:49  deliverables[0].only[0]: unknown segment "wlak" of film — did you mean "walk"? (walk)'
    ),
    "source: media/walk.mp4": (
        "3:42  deliverables[0].only: only needs a timeline — "
        "write a timeline instead of a source, or delete it"
    ),
}


@pytest.mark.parametrize("text", ONLY)
def test_only_names_segments_of_a_timeline(text: str) -> None:
    assert mistakes(text, "deliverables: [{name: a, preset: tiktok, only: [wlak]}]") == [ONLY[text]]


def test_only_is_a_list() -> None:
    assert mistakes("timeline: [{gap: 1}]", "deliverables: [{name: a, preset: tiktok, only: gap}]") == [
        '3:48  deliverables[0].only: must be a list, not "gap" — write [gap]'
    ]


CAPTIONS = {
    '{name: "a-{lang}", preset: tiktok, for: {lang: [de, en]}}': (
        '2:45  captions of segment 1 (walk): no such file: "walk.en.srt" — add it, or name another file'
    ),
    "{name: a, preset: tiktok}": (
        '2:45  captions of segment 1 (walk): "{lang}" has no value — '
        'add "for: {lang: [en, de]}" to the deliverable'
    ),
}


@pytest.mark.parametrize("deliverable", CAPTIONS)
def test_captions_that_a_language_lacks(deliverable: str) -> None:
    text = "timeline: [{clip: media/walk.mp4, captions: '{clip}.{lang}.srt'}]"
    assert mistakes(text, f"deliverables: [{deliverable}]") == [CAPTIONS[deliverable]]


def test_all_mistakes_are_reported_at_once() -> None:
    text = """\
timeline:
  - {clip: media/none.mp4, in: 2, out: 1, colour: {strenth: 1}}
  - {clip: media/walk.mp4, colour: {strength: 2}}
  - {gap: 0}
over:
  - {clip: media/hands.mp4, at: {segment: none-2}}
"""
    assert [line.partition("  ")[0] for line in mistakes(text)] == [
        "3:5",
        "3:12",
        "3:52",
        "4:47",
        "5:11",
        "7:43",
    ]


KEYS = st.sampled_from(
    [
        "clip",
        "still",
        "card",
        "gap",
        "split",
        "name",
        "in",
        "out",
        "seconds",
        "speed",
        "transition",
        "sound",
        "captions",
        "colour",
        "at",
        "place",
        "segment",
        "dissolve",
        "dip",
        "wipe",
        "lead",
        "mute",
        "by",
        "move",
        "from",
        "to",
        "title",
        "width",
        "only",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(0, 5)
    | st.sampled_from(
        ["media/walk.mp4", "media/*.mp4", "art/pack.png", "8f", "0:01", "dip", "title", "é\x1b"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


TRACK = st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=3) | VALUES


@given(TRACK, TRACK, st.sampled_from(["timeline", "timelines"]))
def test_any_timeline_loads_or_is_a_mistake(track: object, over: object, key: str) -> None:
    try:
        load(f"{key}: {json.dumps(track)}\nover: {json.dumps(over)}")
    except FinishError as wrong:
        assert all(line.isprintable() for line in str(wrong).splitlines())
