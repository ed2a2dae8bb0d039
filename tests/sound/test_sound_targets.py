"""Loudness targets: their numbers and sources, own numbers, and files held against them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from sound_world import FACTS, required

from finish.checks.loudness_targets import TARGETS
from finish.model import Stage
from finish.stages import sound as stage
from finish.stages.sound.gain_search import AchievableTarget

# ---------------------------------------------------------------- settings


def test_it_is_a_stage_and_asks_nothing_of_the_source() -> None:
    module: Stage = stage
    assert (module.name, module.touches, module.questions(stage.SoundSettings())) == ("sound", ("audio",), ())


def test_every_target_is_named_in_the_settings_and_has_a_source() -> None:
    field = stage.SoundSettings.model_fields["target"]
    assert set(get_args(field.annotation)) == {*TARGETS, "none"}
    assert all(target.source for target in TARGETS.values())


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("social", (-14.0, -1.5, 0.1)),
        ("r128", (-23.0, -1.0, 0.2)),
        ("r128-s1", (-23.0, -1.0, 0.2)),
        ("dpp", (-23.0, -3.0, 0.2)),
        ("a85", (-24.0, -2.0, 0.1)),
        ("podcast", (-16.0, -1.0, 0.1)),
    ],
)
def test_targets(name: str, numbers: tuple[float, float, float]) -> None:
    aim = stage.SoundSettings(target=name).aim
    assert (aim.lufs, aim.ceiling, aim.tolerance) == numbers


def test_own_numbers_replace_the_targets_and_say_whose_they_are() -> None:
    aim = stage.SoundSettings(target="r128", lufs=-18).aim
    assert (aim.lufs, aim.ceiling, aim.tolerance) == (-18, -1, 0.2)
    assert aim.source.startswith("lufs as stated; else EBU R 128")


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "loud"},
        {"lufs": 0},
        {"lufs": -41},
        {"lufs": math.nan},
        {"lufs": -math.inf},
        {"ceiling": 0.1},
        {"ceiling": -9.1},
        {"accept": "maybe"},
        {"target": "none", "lufs": -14},
        {"target": "none", "ceiling": -1},
        {"volume": 3},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        stage.SoundSettings.model_validate(wrong)


def test_any_file_can_be_held_against_the_target() -> None:
    assert [promise.name for promise in required()] == ["loudness", "true peak"]
    near = required(accept="achievable")
    assert [(promise.name, str(promise.accept)) for promise in near] == [
        ("loudness", "≤ -13.9"),
        ("true peak", "≤ -1.5"),
    ]
    assert required(target="none") == ()
    short = required(target="r128-s1")
    assert [(promise.name, promise.accept.high) for promise in short[1:]] == [
        ("true peak", -1.0),
        ("short-term loudness", -18.0),
    ]


def test_short_form_is_held_to_its_loudest_three_seconds() -> None:
    """EBU R 128 s1: −23 LUFS with at most −18 LUFS short-term; a range above 5 LU can't meet both."""
    even, uneven = replace(FACTS, short_term=-16.0), replace(FACTS, short_term=-13.0)
    assert (
        AchievableTarget.of(TARGETS["r128-s1"], even.integrated, even.true_peak, even.short_term).lufs
        == -23.0
    )  # type: ignore[arg-type]
    reach = AchievableTarget.of(TARGETS["r128-s1"], uneven.integrated, uneven.true_peak, uneven.short_term)  # type: ignore[arg-type]
    assert reach.lufs == -25.0 and "the loudest 3 s have -13.0 LUFS and may have at most -18" in reach.reason
    assert (
        AchievableTarget.of(TARGETS["r128"], uneven.integrated, uneven.true_peak, uneven.short_term).lufs
        == -23.0
    )  # type: ignore[arg-type]
    assert replace(FACTS, short_term=None).loudest == -70.0 and FACTS.loudest == -18.0
