"""The designs of lower thirds: their words are inside, legible, and come and go completely."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from composite_world import RATE, VERTICAL, WIDE, delivery, planned, settings
from pydantic import ValidationError

from finish import resources
from finish.model.colour_contrast import contrast_ratio
from finish.stages.composite.composite_settings import LowerThird
from finish.stages.composite.designed_third import _ink_on
from finish.stages.composite.lower_third import LowerThirdFrames, lines, text_room
from finish.stages.composite.moving_layers import IN, OUT, MovingLayer
from finish.stages.composite.third_designs import DESIGNS, DesignName

NAMES: tuple[DesignName, ...] = get_args(DesignName)
THIRD = {"title": "Ada Lovelace", "subtitle": "Mathematician", "from": 1, "to": 5}


def third(**given: Any) -> LowerThird:
    return LowerThird.model_validate({**THIRD, **given})


def frames(design: str, side: Any = "left", **given: Any) -> LowerThirdFrames:
    made = third(design=design, **given)
    return LowerThirdFrames(*lines(made, 1080), side, made.accent, RATE, made.design)


def test_every_design_has_its_fonts() -> None:
    assert set(DESIGNS) == set(NAMES) and len(NAMES) >= 6
    for design in DESIGNS.values():
        for name in (design.title, design.subtitle):
            assert not name or (resources.folder("fonts") / name).is_file()


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("design", NAMES)
def test_it_comes_in_stays_and_goes(design: str, side: str) -> None:
    made = frames(design, side)
    pictures = list(made.frames())
    assert len(pictures) == made.coming + 1 + made.going
    still = pictures[made.coming]
    cover = [float(picture[:, :, 3].sum()) for picture in pictures]
    assert cover[0] < 0.2 * cover[made.coming] and cover[-1] < 0.2 * cover[made.coming]
    assert still.shape[:2] == (made.size.height, made.size.width)
    # The words end inside: nothing of their ink is at the canvas's edge.
    ink = still[:, :, :3].min(2) > 0.9
    assert not (ink & (still[:, :, 3] > 0.5))[[0, -1]].any() or design == "frame"
    assert float(IN) > 0


@pytest.mark.parametrize("accent", ["#FFB000", "#0A3D62", "#FFFFFF", "#101014", "#C8102E"])
def test_words_on_the_accent_are_legible(accent: str) -> None:
    assert contrast_ratio(_ink_on(accent), accent) >= 4.5


def test_a_line_without_a_subtitle_is_lower() -> None:
    for design in NAMES:
        assert frames(design).size.height > frames(design, subtitle=None).size.height


@pytest.mark.parametrize("design", NAMES)
@pytest.mark.parametrize("frame", [VERTICAL, WIDE])
def test_a_plan_has_it_inside_the_safe_area(design: str, frame: Any) -> None:
    to = delivery(frame)
    done = planned(settings(lower_third={**THIRD, "design": design}), to)
    (area,) = done.taken
    safe = to.safe.within(frame)
    assert area.box.left >= safe.left and area.box.right <= safe.right and area.box.bottom <= safe.bottom


def test_text_that_is_too_wide_is_refused_with_its_room() -> None:
    composite = settings(lower_third={**THIRD, "design": "pill", "title": "W" * 60})
    problems = [fit.problem for fit in composite.text_fits(delivery(VERTICAL)) if fit.problem]
    assert len(problems) == 1 and "px wide on a lower third" in problems[0]
    assert text_room(40, 800, "pill") < text_room(40, 800, "line")


def test_capitals_belong_to_the_design() -> None:
    title, subtitle = lines(third(design="block"), 1080)
    assert title.text == "ADA LOVELACE" and subtitle is not None and subtitle.text == "MATHEMATICIAN"
    assert lines(third(design="bar"), 1080)[0].text == "Ada Lovelace"


def test_an_unknown_design_is_refused() -> None:
    with pytest.raises(ValidationError, match="'bar', 'line'"):
        third(design="sparkle")


def test_designs_are_different_pictures() -> None:
    stills = {design: frames(design) for design in NAMES}
    assert len({made.digest for made in stills.values()}) == len(NAMES)
    means = [np.mean([picture.mean() for picture in made.frames()]) for made in stills.values()]
    assert len({round(float(mean), 4) for mean in means}) == len(NAMES)


def test_a_layer_is_in_at_the_end_of_the_way_in_and_leaves_as_it_came() -> None:
    moving = MovingLayer((0.0, float(IN)), lambda progress: (round(1000 * progress), 0), (0.0, float(IN)))
    half_in, half_out = float(IN) / 2, float(IN) + float(OUT) / 2
    assert moving.position(float(IN)) == (1000, 0) and moving.position(float(IN + OUT)) == (0, 0)
    assert moving.position(half_out) == moving.position(half_in)
    assert moving.strength(half_out) == pytest.approx(moving.strength(half_in))
