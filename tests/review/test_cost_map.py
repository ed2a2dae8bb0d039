"""The map of costs over a frame: no media."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from golden.golden_world import source

from finish.model import ClipProgramme
from finish.review.cost_map import tinted
from finish.scene.scene_content import Scene, SceneBox
from finish.units import Box, Size

GREY = np.full((90, 160, 3), 128, np.uint8)
CLIP = source()
PROGRAMME = ClipProgramme(
    source=CLIP,
    conformed=CLIP.picture,
    picture=CLIP.picture,
    sound=CLIP.sound(),
    frame=Size(1280, 720),
    rate=Fraction(25),
    frames=250,
)
# The eyes of somebody at the left, for the first two seconds.
EYES = Scene(boxes=(SceneBox("eyes", Box(160, 300, 260, 360), 0, 50, 10_000),))


def test_only_places_that_would_cover_something_are_tinted() -> None:
    picture = tinted(GREY, EYES, PROGRAMME, Fraction(1))
    assert picture[41, 26, 0] > 128 + 40 and picture[41, 26, 1] < 128 - 30
    assert (picture[:, 110:] == 128).all()


def test_what_has_left_costs_nothing() -> None:
    assert (tinted(GREY, EYES, PROGRAMME, Fraction(3)) == GREY).all()


def test_letters_cost_less_than_eyes() -> None:
    letters = Scene(boxes=(SceneBox("letters", Box(160, 300, 260, 360), 0, 50),))
    red = [int(tinted(GREY, scene, PROGRAMME, Fraction(1))[41, 26, 0]) for scene in (letters, EYES)]
    assert 128 < red[0] < red[1]
