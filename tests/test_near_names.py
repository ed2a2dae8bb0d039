"""Nearest-name guesses: mistyped names, parts of names, and names that resemble nothing."""

from __future__ import annotations

import pytest

from finish import resources
from finish.near_names import choices, guesses, nearest

PRESETS = resources.names("presets")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("tiktk", ("tiktok",)),
        ("YouTube", ("youtube",)),
        ("reels", ("facebook-reels", "instagram-reels")),
        ("reel", ("facebook-reels", "instagram-reels")),
        ("shorts", ("youtube-shorts",)),
        ("qqq", ()),
        ("", ()),
    ],
)
def test_the_presets_that_a_word_may_mean(word: str, meant: tuple[str, ...]) -> None:
    assert guesses(word, PRESETS) == meant
    assert nearest(word, PRESETS) == (meant[0] if meant else "")


def test_the_hint_names_every_guess_and_lists_what_there_is() -> None:
    known = ("brand-reels", "agency-reels", "other")
    assert (
        choices("reels", known)
        == 'did you mean "brand-reels" or "agency-reels"? (brand-reels, agency-reels, other)'
    )
    assert choices("zzz", known) == "use one of: brand-reels, agency-reels, other"
    assert choices("zzz", ()) == "there are no names to choose from"
    assert choices("zzz", [str(number) for number in range(40)]).endswith("29 and 10 more")
