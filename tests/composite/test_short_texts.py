"""Texts that aren't measured because they fit for certain."""

from __future__ import annotations

import pytest
from composite_world import WIDE, delivery, settings

from finish.stages.composite.lettering import LetteringLine
from finish.stages.composite.short_texts import LATIN, WIDEST, texts_are_short

THIRD = {"title": "Ada", "from": 0, "to": 4}


@pytest.mark.parametrize("weight", [400, 600])
def test_no_latin_letter_is_wider_than_assumed(weight: int) -> None:
    letters = [chr(code) for code in range(32, LATIN) if chr(code).isprintable()]
    assert max(LetteringLine(letter, weight, 1000, None).width for letter in letters) <= WIDEST * 1000


def test_short_texts_fit_and_long_ones_are_measured() -> None:
    to = delivery(WIDE, {})
    assert texts_are_short(settings(lower_third=THIRD, end_card={"text": "Bye\nfor now"}), to)
    for title in ("W" * 60, "日本"):
        assert not texts_are_short(settings(lower_third={**THIRD, "title": title}), to)
    assert not texts_are_short(settings(end_card={"text": "a\n" * 20}), to)
    assert not texts_are_short(settings(labels=({"text": "Ada", "from": 0, "to": 4},)), to)


def test_what_is_short_fits() -> None:
    to = delivery()
    for count in range(1, 40):
        made = settings(lower_third={**THIRD, "title": "W" * count})
        if texts_are_short(made, to):
            assert not [fit for fit in made.text_fits(to, rooms=True) if fit.problem]
