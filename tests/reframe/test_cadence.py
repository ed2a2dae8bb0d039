"""A clip's rate and the destination's: an even cadence where there is one, and a note on all others."""

from __future__ import annotations

from fractions import Fraction

import pytest

from finish.model import Rates
from finish.stages.reframe.cadence import cadence

SOCIAL = Rates(low=Fraction(23), high=Fraction(60), otherwise=Fraction(30))
BROADCAST = Rates(low=Fraction(25), high=Fraction(25), otherwise=Fraction(25))
NTSC = "30000/1001"


@pytest.mark.parametrize(
    ("clip", "delivered"),
    [
        ("16", "48"),
        ("12", "24"),
        ("15", "30"),
        ("8", "24"),
        ("20", "60"),
        ("15000/1001", NTSC),
        ("24", "24"),
        ("27.5", "27.5"),
        ("120", "60"),
        ("100", "50"),
        ("240", "60"),
        ("90", "30"),
        ("18", "30"),
        ("22", "30"),
        ("1", "30"),
    ],
)
def test_an_even_cadence_is_taken_where_the_destination_has_one(clip: str, delivered: str) -> None:
    assert SOCIAL.of(Fraction(clip)) == Fraction(delivered)


@pytest.mark.parametrize(
    ("clip", "delivered", "level", "text"),
    [
        ("16", "48", "detail", "16 fps delivered at 48 fps: each frame is shown 3 times"),
        (
            "16",
            "30",
            "know",
            "16 fps delivered at 30 fps: frames are repeated unevenly, 2,2,2,2,1,2,2,2 times in turn",
        ),
        ("50", "25", "know", "50 fps delivered at 25 fps: 1 of every 2 frames is shown"),
        ("30", "25", "know", "30 fps delivered at 25 fps: 1 of every 6 frames are dropped"),
        (NTSC, "25", "know", "29.97 fps delivered at 25 fps: 17 % of frames are dropped"),
        (
            "24",
            "25",
            "know",
            "24 fps delivered at 25 fps: 4.2 % of frames are shown once more than the others",
        ),
        ("30", NTSC, "detail", "30 fps delivered at 29.97 fps: 0.1 % of frames are dropped"),
    ],
)
def test_a_rate_that_changes_is_reported_with_its_cadence(
    clip: str, delivered: str, level: str, text: str
) -> None:
    (note,) = cadence(Fraction(clip), Fraction(delivered))
    assert (str(note), note.level) == (text, level)


def test_a_rate_that_is_kept_is_not_worth_a_word() -> None:
    assert cadence(Fraction(NTSC), Fraction(NTSC)) == () and BROADCAST.of(Fraction(30)) == 25
