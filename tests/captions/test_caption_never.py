"""Words that captions may not contain are noted with their place, or refused."""

from __future__ import annotations

from typing import Any

import pytest
from caption_world import VERTICAL, delivery, plan_captions, programme, settings, srt

from finish.errors import FinishError

FILE = srt("Fresh bread", "So <i>CHEAP</i>!")


def notes(**never: Any) -> list[Any]:
    done = plan_captions(settings(FILE, never=never), programme(VERTICAL), delivery(VERTICAL))
    return [note for note in done.notes if note.code == "never-word"]


def test_a_caption_with_a_forbidden_word_is_noted_with_its_place() -> None:
    (note,) = notes(words=["cheap", "bread bin"])
    assert note.level == "act"
    assert note.startswith("a.srt:6, 0:04.00: the caption contains 'cheap', which must not be shown")


def test_a_caption_with_a_forbidden_word_is_refused() -> None:
    with pytest.raises(FinishError, match=r"the caption contains 'cheap'"):
        notes(words=["cheap"], refuse=True)


def test_captions_without_forbidden_words_have_no_note() -> None:
    assert notes(words=["loud"]) == notes() == []
