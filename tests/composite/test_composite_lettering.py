"""Text on a canvas: a font that covers it, a width that holds it, a weight that is visible."""

from __future__ import annotations

import numpy as np
import pytest

from finish.errors import FinishError
from finish.stages.composite.lettering import LetteringLine, drawn


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("Ágnes Mayer", "NotoSans[wght]"),
        ("Алла", "NotoSans[wght]"),
        ("שלום", "NotoSansHebrew[wght]"),
        ("สวัสดี", "NotoSansThai[wght]"),
    ],
)
def test_a_line_is_drawn_by_a_font_that_has_all_of_it(text: str, family: str) -> None:
    assert LetteringLine(text, 600, 40).font.path.stem == family


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A\U00020000", "no font draws"),
        ("Anna שלום", "no single font draws all of"),
        ("日本", "no font draws '日' \\(U\\+65E5"),
    ],
)
def test_what_no_font_draws_is_told(text: str, says: str) -> None:
    with pytest.raises(FinishError, match=says) as raised:
        _ = LetteringLine(text, 400, 40).font
    assert raised.value.code == "glyph"


@pytest.mark.parametrize("text", ["Ágnes Mayer-Quist", "WWWWWWWW", "iiiiiiii", "שלום עולם", "สวัสดีครับ"])
@pytest.mark.parametrize("em", [17.0, 47.52])
def test_ink_is_as_wide_as_was_said_and_none_is_cropped(text: str, em: float) -> None:
    line = LetteringLine(text, 600, em)
    cover, start, baseline = drawn(line)
    columns, rows = np.flatnonzero(cover.max(0) > 0.02), np.flatnonzero(cover.max(1) > 0.02)
    assert columns[-1] + 1 - start <= line.width + 0.1 * em and columns[0] >= start - 0.2 * em
    assert columns[-1] + 1 - columns[0] >= 0.85 * line.width - em
    assert 0 < rows[0] < baseline and rows[-1] < cover.shape[0] - 1


def test_letters_stand_on_the_baseline() -> None:
    cover, _, baseline = drawn(LetteringLine("HHH", 600, 50))
    rows = np.flatnonzero(cover.max(1) > 0.5)
    assert abs(rows[-1] + 1 - baseline) <= 1 and abs(len(rows) - 0.714 * 50) <= 1.5


def test_a_weight_is_drawn() -> None:
    assert (
        drawn(LetteringLine("Weight", 600, 40))[0].sum()
        > 1.15 * drawn(LetteringLine("Weight", 400, 40))[0].sum()
    )
