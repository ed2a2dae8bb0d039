"""Flicker on synthetic brightness: flicker is found and removed, intended light changes stay."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from finish.analysis.flicker import Flicker, FlickerFacts
from finish.stages.colour import messages
from finish.stages.colour.deflicker import VISIBLE, FrameGains, gains, shot_flicker
from finish.stages.colour.difference import GAMMA
from finish.units import Span

HALF = Fraction(1, 50)
FRAMES = np.arange(100)


def facts(course: np.ndarray) -> FlickerFacts:  # type: ignore[type-arg]
    """Frames whose brightness, in stops of light, follows this course."""
    changes = np.diff(course, prepend=course[:1]) / GAMMA
    return FlickerFacts(tuple(Fraction(number, 25) for number in range(len(course))), tuple(changes.tolist()))


def left(course: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """The remaining brightness course, in stops of light."""
    found = gains(facts(course), (), HALF)
    return course if found is None else course + np.array([gain for _, gain in found.steps]) * GAMMA


@pytest.mark.parametrize("period", [2, 3, 5, 8])
def test_pumping_is_taken_away(period: int) -> None:
    course = 0.1 * np.sin(2 * np.pi * FRAMES / period + 0.3)
    (one,) = shot_flicker(facts(course), ())
    assert one.stops == pytest.approx(course.std(), rel=0.12)
    assert left(course).std() < 0.15 * course.std()  # the largest error, at both ends


@pytest.mark.parametrize(
    "course",
    [np.zeros(100), 0.01 * FRAMES, 0.3 * np.sin(2 * np.pi * FRAMES / 100), np.zeros(1), np.zeros(2)],
    ids=["still", "a fade", "a slow change", "one frame", "two frames"],
)
def test_light_that_is_meant_stays(course: np.ndarray) -> None:  # type: ignore[type-arg]
    assert gains(facts(course), (), HALF) is None
    assert all(each.stops < VISIBLE for each in shot_flicker(facts(course), ()))


def test_a_cut_is_no_flicker_and_each_shot_is_looked_at_alone() -> None:
    course = np.where(FRAMES < 50, 0.0, 2.0)
    assert gains(facts(course), (Fraction(2),), HALF) is None
    pumps = course + np.where(FRAMES < 50, 0.1 * (-1.0) ** FRAMES, 0)
    found = gains(facts(pumps), (Fraction(2),), HALF)
    assert found is not None and not any(gain for time, gain in found.steps if time >= 2)
    assert all(gain for time, gain in found.steps if time < 1.9)


def test_a_flash_stays_one() -> None:
    course = np.where(FRAMES == 50, 3.0, 0.0)
    assert left(course).max() > 2.4


def test_of_a_part_only_its_frames_are_told_and_those_just_before() -> None:
    every = FrameGains(tuple((Fraction(number, 25), 0.01 * (number % 2)) for number in range(200)), HALF)
    part = every.slice(Span(Fraction(4), Fraction(6)))
    assert (
        part is not None
        and part.steps[0][0] >= Fraction(3) - Fraction(2, 25)
        and part.steps[-1][0] == Fraction(149, 25)
    )
    assert every.shift(Fraction(1)).steps[0][0] == 1 and every.digest != part.digest
    quiet = FrameGains(((Fraction(0), 0.0), (Fraction(9), 0.1)), HALF)
    assert quiet.slice(Span(Fraction(0), Fraction(4))) is None
    three = FrameGains(((Fraction(0), 0.02), (Fraction(1, 25), 0.0), (Fraction(2, 25), -0.01)), HALF)
    assert (
        three.commands("exposure@x", "exposure").data.decode()
        == "0.02-0.06 exposure@x exposure 0;\n0.06 exposure@x exposure -0.01;\n"
    )


def test_what_is_said() -> None:
    pumping = shot_flicker(facts(0.1 * (-1.0) ** FRAMES), ())
    assert messages.flicker(pumping, mended=True).startswith(
        "flicker: 1 of 1 shots flicker, the worst from 0 s by 0.1"
    )
    steady = shot_flicker(facts(np.zeros(9)), ())
    assert messages.flicker(steady, mended=False).startswith("flicker: no shot flickers visibly")


def test_what_moves_is_outvoted() -> None:
    noise = np.random.default_rng(1)
    base = noise.integers(60, 180, (90, 160, 3)).astype(np.uint8)
    fold = Flicker().begin()
    for number in range(6):
        picture = np.clip(base * (1.05 if number % 2 else 1.0), 0, 255).round().astype(np.uint8)
        picture[20:60, 10 * number : 10 * number + 40] = 250
        fold.add(Fraction(number, 25), picture)
    found = fold.result()
    assert found.changes[0] == 0 and np.abs(np.abs(found.changes[1:]) - np.log2(1.05)).max() < 0.005


@pytest.mark.parametrize("size", [(2, 2), (3, 50), (1080, 1)])
def test_tiny_and_dark_pictures_say_nothing_wrong(size: tuple[int, int]) -> None:
    fold = Flicker().begin()
    for level in (5, 9, 255, 100, 100):
        fold.add(Fraction(level), np.full((*size, 3), level, np.uint8))
    assert fold.result().changes == (0.0,) * 5
