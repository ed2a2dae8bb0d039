"""Contrast by WCAG 2.2, against published numbers; styles become strong enough for any background."""

from __future__ import annotations

from typing import Any

import pytest
from caption_world import style
from hypothesis import given
from hypothesis import strategies as st

from finish import resources
from finish.stages.captions.placement.legibility import LEAST_CONTRAST, contrast, legible_anywhere, reinforced
from finish.stages.captions.typesetting.caption_style import CaptionStyle, OutlineStyle, PlateStyle

BARE: dict[str, Any] = {"outline": None, "shadow": None, "box": None}


@pytest.mark.parametrize(
    ("colour", "ground", "ratio"),
    [
        ("#FFFFFF", 0, 21.0),
        ("#000000", 255, 21.0),
        ("#FFFFFF", 255, 1.0),
        ("#767676", 255, 4.54),
        ("#777777", 255, 4.48),
        ("#FF0000", 255, 4.0),
        ("#0000FF", 255, 8.59),
        ("#FFFF00", 255, 1.07),
        ("#FFFFFF", 118, 4.54),
    ],
)
def test_ratios_known_from_the_standard_and_its_tools(colour: str, ground: int, ratio: float) -> None:
    assert contrast(style(colour=colour, **BARE), ground) == pytest.approx(ratio, abs=0.005)


def test_a_plate_or_an_outline_is_the_ground_as_far_as_it_covers() -> None:
    half = style(**{**BARE, "box": PlateStyle(colour="#000000", opacity=0.5)})
    assert contrast(half, 255) == pytest.approx(contrast(style(**BARE), 128), abs=0.05)
    assert contrast(
        style(**{**BARE, "outline": OutlineStyle(width=0.05, colour="#000000", opacity=1)}), 255
    ) == pytest.approx(21)
    assert (
        contrast(style(**{**BARE, "outline": OutlineStyle(width=0.01, colour="#000000", opacity=1)}), 255)
        == 1
    ), "a hair is no ground"


@pytest.mark.parametrize("name", resources.names("styles"))
def test_every_packaged_style_is_read_on_any_ground(name: str) -> None:
    assert (
        legible_anywhere(style(name))
        and min(contrast(style(name), luma) for luma in range(256)) >= LEAST_CONTRAST
    )


colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06X}")


@st.composite
def styles(draw: st.DrawFn) -> CaptionStyle:
    outline = draw(
        st.none() | st.builds(OutlineStyle, width=st.floats(0, 0.2), colour=colours, opacity=st.floats(0, 1))
    )
    plate = draw(st.none() | st.builds(PlateStyle, colour=colours, opacity=st.floats(0, 1)))
    return style(colour=draw(colours), outline=outline, box=plate, shadow=None)


@given(styles(), st.integers(0, 255))
def test_a_style_made_stronger_is_read_on_any_ground(look: CaptionStyle, luma: int) -> None:
    assert contrast(reinforced(look), luma) >= LEAST_CONTRAST and legible_anywhere(reinforced(look))
