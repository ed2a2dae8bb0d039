"""The outcomes on the screen: the relevant notes, most urgent first, once per clip.

Programs get all notes.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finish.cli.screen import Json, PlainScreen
from finish.deliver.outcome import Outcome
from finish.errors import MediaError
from finish.model import Footage, act, detail, know

NOTES = (know("rate", "16 fps become 30"), detail("crop", "0.31 reversals/s"), act("alpha", "alpha is lost"))


def failed(name: str) -> Outcome:
    return Outcome(name, None, notes=NOTES, error=MediaError("no"))


def test_notes_are_ranked_and_shown_once_a_clip(capsys: pytest.CaptureFixture[str]) -> None:
    screen = PlainScreen()
    for name, clip in (("a-en", "a.mp4"), ("a-de", "a.mp4"), ("b-en", "b.mp4")):
        screen.result("job", failed(name), Footage(Path(clip)))
    once = ["        action: alpha is lost [alpha]", "        note: 16 fps become 30"]
    assert capsys.readouterr().out.splitlines() == [
        "FAILED  job/a-en",
        *once,
        "FAILED  job/a-de",
        "FAILED  job/b-en",
        *once,
    ]


def test_programs_get_every_note_with_code_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    Json().result("job", failed("a"), Footage(Path("a.mp4")))
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert [(note["level"], note["code"]) for note in notes] == [
        ("know", "rate"),
        ("detail", "crop"),
        ("act", "alpha"),
    ]
