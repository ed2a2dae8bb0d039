"""Notes: text with a code and a level, ranked, and carried by JSON and between processes."""

from __future__ import annotations

import pickle

from finish.model import Note, act, detail, know, ranked


def test_a_note_is_its_text_with_a_code_and_a_level() -> None:
    note = act("alpha", "alpha channel: not delivered")
    assert note == "alpha channel: not delivered" and (note.code, note.level) == ("alpha", "act")


def test_notes_are_ranked_each_once_in_their_order() -> None:
    notes = (detail("d", "four"), know("k", "two"), act("a", "one"), know("k", "three"), know("k", "two"))
    assert ranked(notes) == ("one", "two", "three", "four")
    assert ranked(notes, "act", "know") == ("one", "two", "three") and ranked(notes, "detail") == ("four",)


def test_json_carries_a_note_and_older_files_have_plain_text() -> None:
    note = Note.read({"level": "act", "code": "alpha", "text": "x"})
    assert note.values == {"level": "act", "code": "alpha", "text": "x"} and Note.read(note.values) == note
    assert Note.read("just text").values == {"level": "know", "code": "", "text": "just text"}
    assert Note.read({"level": "loud"}).level == "know" and Note.read(5) == "5"


def test_a_note_goes_between_processes_whole() -> None:
    note = pickle.loads(pickle.dumps(act("alpha", "x")))
    assert (note, note.code, note.level) == ("x", "alpha", "act")
