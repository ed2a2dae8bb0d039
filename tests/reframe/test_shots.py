"""Cuts to the exact frame, on pictures built with known truth; and what isn't a cut."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from clip_files import shared
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from reframe_studio import answered, opened, seen

from finish.analysis import shots
from finish.analysis.shots import ShotFacts, Shots, changed, shrunk

SIZE = (72, 128)
Picture = np.ndarray


def scene(seed: int, low: int = 20, high: int = 235) -> Picture:
    """A picture of blocks in many colours, between two code values."""
    blocks = np.random.default_rng(seed).integers(low, high + 1, (9, 16, 3))
    return np.kron(blocks, np.ones((8, 8, 1))).astype(np.uint8)


def found(pictures: Sequence[Picture], rate: int = 25, start: Fraction = Fraction(0)) -> list[int]:
    """The frame numbers of the cuts."""
    fold = Shots().begin()
    for number, picture in enumerate(pictures):
        fold.add(start + Fraction(number, rate), picture)
    facts = fold.result()
    assert facts.frames == len(pictures)
    return [int((cut - start) * rate) for cut in facts.cuts]


def test_a_cut_is_found_on_its_very_frame() -> None:
    clip = [scene(1)] * 30 + [scene(2)] * 17 + [scene(3)] * 40
    assert found(clip) == [30, 47]
    assert found(clip, rate=30, start=Fraction(834, 1000)) == [30, 47]


def test_times_are_those_of_the_frames_whatever_their_gaps() -> None:
    fold = Shots().begin()
    times = np.cumsum([Fraction(1, 30) if number % 3 else Fraction(1, 15) for number in range(60)]).tolist()
    for number, time in enumerate(times):
        fold.add(time, scene(1 if number < 33 else 2))
    assert fold.result().cuts == (times[33],)


def test_a_cut_from_dark_to_dark_is_found() -> None:
    rng = np.random.default_rng(0)
    dark = [
        np.clip(scene(seed, 17, 45) + rng.integers(-2, 3, (*SIZE, 3)), 0, 255).astype(np.uint8)
        for seed in [1] * 25 + [2] * 25
    ]
    assert found(dark) == [25]


def test_noise_in_the_dark_is_no_cut() -> None:
    rng = np.random.default_rng(0)
    assert found([rng.integers(0, 24, (*SIZE, 3)).astype(np.uint8) for _ in range(40)]) == []


@pytest.mark.parametrize("length", [1, 2, 4, 6])
def test_a_flash_is_no_cut(length: int) -> None:
    white = np.full((*SIZE, 3), 250, np.uint8)
    assert found([scene(1)] * 30 + [white] * length + [scene(1)] * 30) == []


def test_a_white_scene_is_a_cut_when_nothing_comes_back() -> None:
    white = np.full((*SIZE, 3), 250, np.uint8)
    assert found([scene(1)] * 30 + [white] * 20 + [scene(2)] * 30) == [30, 50]
    assert found([scene(1)] * 30 + [white] * 2 + [scene(2)] * 30) == [30], "a flash on a cut is one cut"


def test_a_cut_blended_over_two_frames_is_one_cut() -> None:
    half = ((scene(1).astype(int) + scene(2)) // 2).astype(np.uint8)
    assert found([scene(1)] * 30 + [half] + [scene(2)] * 30) == [30]


def test_a_fast_pan_is_no_cut_and_hides_none() -> None:
    wide = np.concatenate([scene(seed) for seed in range(8)], axis=1)
    pan = [wide[:, 20 * step : 20 * step + SIZE[1]] for step in range(40)]
    assert min(changed(shrunk(one), shrunk(other)) for one, other in pairwise(pan)) > shots.CHANGED, (
        "fast indeed"
    )
    assert found([pan[0]] * 25 + pan + [pan[-1]] * 25) == []


def test_a_pan_that_moves_in_every_second_frame_is_no_cut() -> None:
    wide = np.concatenate([scene(seed) for seed in range(8)], axis=1)
    assert (
        found([wide[:, 20 * (step // 2) : 20 * (step // 2) + SIZE[1]] for step in range(60)], rate=50) == []
    )


def test_a_lower_third_that_pops_in_is_no_cut() -> None:
    titled = scene(1).copy()
    titled[56:66] = 20
    assert found([scene(1)] * 30 + [titled] * 30 + [scene(1)] * 30) == []


def test_a_dissolve_is_no_cut() -> None:
    steps = [(scene(1) * (1 - mix) + scene(2) * mix).astype(np.uint8) for mix in np.linspace(0, 1, 25)]
    assert found([scene(1)] * 25 + steps + [scene(2)] * 25) == []


def test_bars_of_black_don_t_hide_a_cut() -> None:
    def narrow(seed: int) -> Picture:
        picture = np.zeros((*SIZE, 3), np.uint8)
        picture[:, 50:78] = scene(seed)[:, 50:78]
        return picture

    assert found([narrow(1)] * 25 + [narrow(2)] * 25) == [25]


def test_the_shortest_shot() -> None:
    assert found([scene(1)] * 25 + [scene(2)] * 5 + [scene(3)] * 25) == [25, 30], "0.2 s"
    assert found([scene(1)] * 25 + [scene(2)] * 4 + [scene(3)] * 25) == [25], "0.16 s"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(8, 30), min_size=1, max_size=6))
def test_every_cut_of_any_edit_is_found(lengths: list[int]) -> None:
    clip = [scene(number) for number, length in enumerate(lengths) for _ in range(length)]
    assert found(clip) == np.cumsum(lengths)[:-1].tolist()


@pytest.mark.parametrize("shape", [(2, 640), (640, 2), (2, 2), (1, 1), (360, 640), (639, 333)])
def test_any_size_will_do(shape: tuple[int, int]) -> None:
    dark, bright = np.full((*shape, 3), 30, np.uint8), np.full((*shape, 3), 220, np.uint8)
    assert found([dark] * 25 + [bright] * 25) == [25]
    assert found([bright]) == found([]) == []


def test_pictures_are_not_kept() -> None:
    fold = Shots().begin()
    wide = np.concatenate([scene(seed) for seed in range(8)], axis=1)
    for number in range(400):
        step = 20 * (number % 40)
        fold.add(Fraction(number, 25), wide[:, step : step + SIZE[1]])
        assert len(fold._before) <= 8


def test_the_facts_survive_json() -> None:
    facts = ShotFacts((Fraction(1001, 30000), Fraction(5)), 321)
    adapter = TypeAdapter(Shots().facts)
    assert adapter.validate_json(adapter.dump_json(facts)) == facts


@pytest.mark.media
@pytest.mark.render
def test_a_real_promo_has_its_twenty_cuts() -> None:
    """Both frames of every cut were checked by eye.

    Between the cuts: three lower thirds, a whip pan, and a man who walks past the lens.
    """
    truth = [17, 36, 54, 73, 93, 111, 130, 149, 167, 186, 204, 222, 291, 432, 540, 609, 710, 769, 819, 949]
    clip = opened(shared("footage/office-promo.mp4"))
    times = [time for time, _ in seen(clip.conformed.filter("scale", w=2, h=2))]
    assert [times.index(cut) for cut in answered(clip.conformed).answers[Shots].cuts] == truth


@pytest.mark.media
@pytest.mark.render
@pytest.mark.parametrize("name", ["film-dialogue", "street-crowd"])
def test_a_single_shot_has_none(name: str) -> None:
    assert answered(opened(shared(f"footage/{name}.mp4")).conformed).answers[Shots].cuts == ()
