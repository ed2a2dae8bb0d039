"""Clearance on made-up pictures: ink inside, ink outside, no ink, noise, and frames that never come."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from finish.analyse.clearance import Clear, Clearance, Shown
from finish.units import Box

SAFE = Box(20, 10, 140, 70)
CARD = Box(40, 50, 100, 60)
HEIGHT, WIDTH = 90, 160


def measured(*pairs: tuple[Fraction, NDArray[np.uint8]], times: tuple[int, ...] = (1,)) -> Clear:
    fold = Clearance(SAFE, tuple(Shown((Fraction(time),), CARD) for time in times)).begin()
    for time, delivered in pairs:
        fold.add(time, np.stack([delivered, flat()]))
    return fold.result()


def flat() -> NDArray[np.uint8]:
    return np.full((HEIGHT, WIDTH), 100, np.uint8)


def inked(*boxes: Box, by: int = 120) -> NDArray[np.uint8]:
    picture = flat()
    for box in boxes:
        picture[box.top:box.bottom, box.left:box.right] += by
    return picture


def test_ink_in_its_box_is_as_promised() -> None:
    assert measured((Fraction(1), inked(CARD))) == Clear(0, 0)


def test_no_ink_is_a_missing_card() -> None:
    assert measured((Fraction(1), flat())) == Clear(0, 1)
    assert measured((Fraction(1), inked(Box(40, 20, 100, 30)))) == Clear(0, 1)


def test_a_frame_that_never_comes_is_a_missing_card() -> None:
    assert measured((Fraction(1), inked(CARD)), times=(1, 2)) == Clear(0, 1)
    assert measured(times=(1, 2)) == Clear(0, 2)


@pytest.mark.parametrize("left", range(140, 157))
def test_a_stroke_of_three_pixels_outside_is_found_wherever_it_stands(left: int) -> None:
    stroke = Box(left, 30, left + 3, 50)
    assert measured((Fraction(1), inked(CARD, stroke, by=120))).outside > 0
    assert measured((Fraction(1), inked(CARD, Box(left, 72, left + 3, 90), by=120))).outside > 0


def test_a_plate_that_leaves_the_box_by_some_pixels_is_found() -> None:
    assert measured((Fraction(1), inked(Box(16, 50, 100, 60)))).outside > 0
    assert measured((Fraction(1), inked(Box(40, 50, 144, 74)))).outside > 0
    assert measured((Fraction(1), inked(Box(20, 10, 140, 70)))).outside == 0


def test_darker_ink_counts_as_much() -> None:
    dark = flat()
    dark[76:84, 40:100] = 0
    assert measured((Fraction(1), dark)) == Clear(8 * 60, 1)


def test_noise_is_no_ink() -> None:
    random = np.random.default_rng(1)
    noisy = np.clip(inked(CARD) + random.normal(0, 12, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)
    assert np.count_nonzero(np.abs(noisy[72:].astype(int) - 100) > 24) > 20
    assert measured((Fraction(1), noisy)) == Clear(0, 0)


def test_times_that_a_container_rounded_are_recognised() -> None:
    assert measured((Fraction(1001, 1000), inked(CARD))) == Clear(0, 0)


def test_it_wants_every_time_once_and_in_order() -> None:
    question = Clearance(SAFE, (Shown((Fraction(2),), CARD), Shown((Fraction(1),), CARD), Shown((Fraction(2),), SAFE)))
    assert (question.wants.at, question.wants.pix_fmt) == ((1, 2), "gray")
    assert question.facts is Clear


def test_a_safe_box_outside_the_picture_leaves_everything_outside() -> None:
    fold = Clearance(Box(500, 500, 400, 400), (Shown((Fraction(1),), CARD),)).begin()
    fold.add(Fraction(1), np.stack([inked(CARD), flat()]))
    assert fold.result().outside > 0
