"""A logo's variants, and lines in a user's font."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from block_fonts import block_font
from composite_world import planned, settings
from pydantic import ValidationError

from finish.model import Document
from finish.stages.composite.lettering import LetteringLine, UserFont, drawn


def logo(grey: int = 255) -> Document:
    pixels = np.full((40, 80, 4), (grey, grey, grey, 255), np.uint8)
    return Document(Path(f"{grey}.png"), cv2.imencode(".png", pixels)[1].tobytes())


def font() -> Document:
    return Document(Path("Blocks.ttf"), block_font("ABEabcdefghijklmnoprst ."))


def test_a_logo_has_its_variants_in_order() -> None:
    files = {"l.png": logo(250), "d.png": logo(10), "m.png": logo(90)}
    stated = settings(files, logo={"mark": "m.png", "dark": "d.png", "light": "l.png"}).logo
    assert stated is not None
    assert [name for name, _ in stated.variants] == ["light", "dark", "mark"]
    assert stated.picture == files["l.png"]


@pytest.mark.parametrize(
    ("given", "says"),
    [({}, "no picture"), ({"file": "l.png", "height": 0.05, "height_min": 0.06}, "less than its least")],
)
def test_a_logo_without_a_picture_or_too_small_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        settings({"l.png": logo()}, logo=given)


def test_a_line_is_drawn_in_the_users_font_as_wide_as_it_says() -> None:
    line = LetteringLine("ABE abc", 600, 40, font())
    cover, start, baseline = drawn(line)
    rows, columns = np.flatnonzero(cover.max(1) > 0.5), np.flatnonzero(cover.max(0) > 0.5)
    assert isinstance(line.font, UserFont) and line.undrawn == ""
    assert abs(len(rows) - 20) <= 1 and abs(rows[-1] + 1 - baseline) <= 1  # 500 of 1000 units at 40 px
    assert columns[-1] + 1 - start <= line.width == 140 + 4  # 7 x 500 units, and the rounding


def test_a_line_that_the_users_font_lacks_is_drawn_by_a_packaged_one_and_noted() -> None:
    third = {"title": "Zoë", "subtitle": "Editor", "from": 1, "to": 5, "font": "B.ttf"}
    stated = settings({"B.ttf": font()}, lower_third=third)
    notes = planned(stated).notes
    (note,) = (note for note in notes if note.code == "font-lacks")
    assert note.level == "act" and "Blocks.ttf lacks 'Zë'" in note


def test_the_font_and_size_of_an_end_card_change_its_lines() -> None:
    def lines(**given: Any) -> tuple[str, ...]:
        stated = settings({"B.ttf": font()}, end_card={"text": "Baked\ntoday", **given})
        done = planned(stated)
        return done.picture.key, done.notes

    assert len({lines()[0], lines(font="B.ttf")[0], lines(size=0.1)[0]}) == 3


def test_a_font_that_is_none_is_refused_with_the_spec() -> None:
    broken = Document(Path("x.ttf"), b"no font")
    with pytest.raises(ValidationError, match="isn't a valid font"):
        settings({"x.ttf": broken}, end_card={"text": "Hi", "font": "x.ttf"})
