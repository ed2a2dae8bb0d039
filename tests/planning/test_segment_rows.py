"""A timeline's segments in texts and JSON: what they show, when, and how they begin."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from timeline_plans import film

from finish.model import media_of, programme_account
from finish.model.notes import know
from finish.model.sequence_programme import SequenceProgramme, joined_notes
from finish.planning.segment_rows import segment_rows, table_lines


def test_the_table_has_exclusive_ends_ranges_speeds_transitions_and_sounds() -> None:
    assert list(table_lines(segment_rows(film(over=True)))) == [
        "   segment  in       out (exclusive)  source                     speed  transition          sound",
        "1  beach    0:00.00  0:02.00          beach.mp4 0:01.00–0:03.00",
        "2  walk     0:02.00  0:03.60          walk.mp4 0:02.00–0:05.20   2×     dissolve 10 frames",
        "3  Spring   0:03.60  0:04.60          card",
        "4  again    0:04.60  0:05.80          beach.mp4 0:08.00–0:09.20"
        "                             8 frames earlier, -3 dB",
        "   over   in       out (exclusive)  source                     place",
        "1  hands  0:02.40  0:03.20          hands.mp4 0:00.40–0:01.20  top-left, 30 % wide",
    ]


def test_a_column_that_says_nothing_is_left_out() -> None:
    first = segment_rows(film())[:1]
    assert next(table_lines(first)).split("  ")[-1].strip() == "source"


def test_programs_get_the_same_in_seconds_and_frames() -> None:
    rows = [row.values for row in segment_rows(film(over=True))]
    assert [(row["number"], row["name"], row["track"], row["kind"]) for row in rows] == [
        (1, "beach", "main", "clip"),
        (2, "walk", "main", "clip"),
        (3, "Spring", "main", "card"),
        (4, "again", "main", "clip"),
        (1, "hands", "over", "clip"),
    ]
    assert rows[1] == {
        "number": 2,
        "name": "walk",
        "track": "main",
        "kind": "clip",
        "files": ["walk.mp4"],
        "start": 2.0,
        "end": 3.6,
        "frames": [50, 90],
        "in": 2.0,
        "out": 5.2,
        "speed": [2.0, 2.0],
        "transition": {"kind": "dissolve", "frames": 10, "align": "centre"},
        "sound": {"lead": 0, "lag": 0, "gain": 0.0, "mute": False},
    }
    assert (rows[2]["in"], rows[2]["files"], rows[2]["transition"]) == (None, [], None)


def test_every_segment_ends_where_the_next_begins() -> None:
    rows = segment_rows(film())
    assert [one.span.end for one in rows[:-1]] == [other.span.start for other in rows[1:]]
    assert rows[-1].span.end == Fraction(145, 25)


def test_a_clip_is_one_source_and_what_is_drawn_is_none() -> None:
    programme = film(over=True).programme
    assert [source.path.name for source in media_of(programme)] == ["beach.mp4", "walk.mp4", "hands.mp4"]
    accounts = programme_account(programme)
    assert isinstance(accounts, list)
    assert [account["file"] for account in accounts] == ["beach.mp4", "walk.mp4", "hands.mp4"]
    assert "file" not in programme_account(programme.parts[0].clip)


def test_a_note_names_its_segments_unless_it_is_about_every_clip() -> None:
    programme = film().programme
    assert isinstance(programme, SequenceProgramme)
    everywhere, some = know("a", "loud"), know("b", "soft")
    notes = [[everywhere, some], [everywhere], [], [everywhere, some]]
    assert [str(note) for note in joined_notes(programme.placed, notes)] == ["loud", "beach, again: soft"]


def test_a_note_about_many_segments_names_the_first() -> None:
    programme = film().programme
    assert isinstance(programme, SequenceProgramme)
    walk = programme.placed[1]
    many = [type(walk)(f"clip{number}", walk.clip, walk.start, walk.spans) for number in range(13)]
    notes = [[know("b", "soft")]] * 12 + [[]]
    assert [str(note) for note in joined_notes(many, notes)] == ["clip0, clip1 and 10 more: soft"]


def test_a_segment_that_is_covered_all_the_time_has_its_transition() -> None:
    planned = film(over=True)
    programme = planned.programme
    assert isinstance(programme, SequenceProgramme)
    placed = tuple(
        replace(part, spans=()) if part.name in ("beach", "walk") else part for part in programme.placed
    )
    rows = segment_rows(replace(planned, programme=replace(programme, placed=placed)))
    assert [sum(row.transition) for row in rows] == [0, 10, 0, 0, 0]
