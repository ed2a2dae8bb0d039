"""Matching: known drifts are recovered, other scenes half matched, decisions obeyed; ΔE2000 is verified."""

from __future__ import annotations

import warnings
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import plate, png
from pydantic import ValidationError

from finish import graph
from finish.analysis.colour_tones import CELLS, FrameTones, ToneFacts, Tones
from finish.analysis.flicker import Flicker, FlickerFacts
from finish.analysis.shots import ShotFacts, Shots
from finish.errors import FinishError
from finish.graph import describe
from finish.model import ClipProgramme, Delivery, Document, Measure, Programme, Rates, Source
from finish.stages import colour as stage
from finish.stages.colour.colour_settings import Balance
from finish.stages.colour.correction_fitting import fit_correction, parameters, scaled
from finish.stages.colour.difference import difference, lab
from finish.stages.colour.lut_bake import correction_transforms
from finish.stages.colour.table import through
from finish.units import Size

Colours = NDArray[np.float64]
STILL = Document(Path("hero.png"), png(plate(64, 36)))
# Pairs 1, 7, 9, 13, 17, 20, and 25 of Sharma, Wu and Dalal (2005), table 1: hue wrap-around at 180° and 0°,
# greys, dark and light colours.
SHARMA = (
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
)


def scene(seed: int) -> Colours:
    """Cells (CELLS, CELLS, 3) of a synthetic scene: soft shapes of light and colour."""
    noise = np.random.default_rng(seed)
    rows, columns = np.mgrid[0 : 1 : CELLS * 1j, 0 : 1 : CELLS * 1j]
    waves = sum(
        noise.uniform(0.2, 1)
        * np.sin(noise.uniform(1, 9) * rows + noise.uniform(1, 9) * columns + noise.uniform(0, 6))
        for _ in range(6)
    )
    light = 0.45 + 0.12 * waves
    return np.clip(light[..., None] + noise.uniform(-0.08, 0.08, (CELLS, CELLS, 3)), 0.05, 0.9)


def looks(*cells: Colours, start: float = 0) -> tuple[FrameTones, ...]:
    """Four samples of a scene per second."""
    return tuple(
        FrameTones(
            Fraction(start) + Fraction(number, 4), np.rint(each * 255).astype(np.uint8).tobytes().hex()
        )
        for number, each in enumerate(cells)
    )


def drifted(cells: Colours, balance: Balance) -> Colours:
    return np.clip(through(correction_transforms(None, balance), cells.reshape(-1, 3)), 0, 1).reshape(
        cells.shape
    )


DRIFTS = (
    Balance(exposure=0.3),
    Balance(exposure=-0.3, temperature=5900),
    Balance(exposure=0.2, temperature=7100, tint=15),
    Balance(contrast=1.15, saturation=0.8),
    Balance(exposure=-0.2, contrast=0.9, saturation=1.2, tint=-12),
)


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda each: each.stated)
def test_a_drift_is_found_and_undone(drift: Balance) -> None:
    reference = [scene(seed) for seed in (1, 2, 3)]
    found = fit_correction(looks(*(drifted(each, drift) for each in reference)), looks(*reference), ())
    assert found.same_scene and found.before > 1.5 and found.after < 0.45  # cells of 8 bits differ by 0.35
    assert not found.limited
    assert (
        abs(found.balance.exposure + drift.exposure) < 0.1
        and abs(np.log(found.balance.saturation * drift.saturation)) < 0.05
    )


def test_what_moved_does_not_mislead() -> None:
    reference = scene(4)
    moved = drifted(reference, Balance(exposure=0.3))
    moved[4:8, 10:14] = (0.8, 0.3, 0.2)
    found = fit_correction(looks(moved), looks(reference), ())
    assert found.same_scene and abs(found.balance.exposure + 0.3) < 0.05


def test_another_scene_is_met_half_way_and_told_so() -> None:
    dark, bright = scene(5) * 0.5, scene(6)
    found = fit_correction(looks(dark), looks(bright), ())
    assert not found.same_scene and 0 < found.balance.exposure <= 0.6 and found.after < found.before
    assert np.all(np.abs(parameters(found.balance)) <= np.array((0.6, 22.6, 25, 0.151, 0.176)))
    common = fit_correction(looks(dark), looks(bright), (), Balance())
    assert parameters(common.balance) == pytest.approx(parameters(found.balance) / 2, abs=0.06)


@pytest.mark.parametrize("cells", [np.zeros((CELLS, CELLS, 3)), np.ones((CELLS, CELLS, 3))])
def test_a_picture_that_says_nothing_is_left_alone(cells: Colours) -> None:
    assert (
        fit_correction(looks(cells), looks(scene(1)), ()).balance
        == fit_correction(looks(scene(1)), looks(cells), ()).balance
        == Balance()
    )


def test_what_already_matches_is_left_alone() -> None:
    found = fit_correction(looks(scene(7)), looks(scene(7)), ())
    assert found.before == found.after == 0 and found.balance == Balance()


def test_so_much_of_a_correction() -> None:
    whole = Balance(exposure=0.4, temperature=5600, tint=-8, contrast=1.1, saturation=0.9)
    assert parameters(scaled(whole, 0.5)) == pytest.approx(parameters(whole) / 2, abs=0.06)
    assert scaled(whole, 0) == Balance() and scaled(whole, 1) == whole


def science() -> Any:
    """The colour-science module, without the warning about its optional dependencies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour

    return colour


def test_lab_and_the_difference_are_those_of_another_implementation() -> None:
    noise = np.random.default_rng(0)
    one, other = noise.uniform(0, 1, (2, 4000, 3))
    oracle = science()
    space = oracle.RGB_COLOURSPACES["ITU-R BT.709"]
    theirs = [
        oracle.XYZ_to_Lab(each**2.4 @ space.matrix_RGB_to_XYZ.T, space.whitepoint) for each in (one, other)
    ]
    assert np.abs(lab(one) - theirs[0]).max() < 0.05  # their matrix is rounded to four digits
    assert np.abs(difference(*theirs) - oracle.delta_E(*theirs, method="CIE 2000")).max() < 1e-9
    near = theirs[0] + noise.normal(0, 0.5, theirs[0].shape)
    assert (
        np.abs(difference(theirs[0], near) - oracle.delta_E(theirs[0], near, method="CIE 2000")).max() < 1e-9
    )


@pytest.mark.parametrize(("one", "other", "apart"), SHARMA)
def test_the_difference_is_sharmas(one: tuple[float, ...], other: tuple[float, ...], apart: float) -> None:
    assert float(difference(np.array(one), np.array(other))) == pytest.approx(apart, abs=5e-5)
    assert float(difference(np.array(other), np.array(one))) == pytest.approx(apart, abs=5e-5)


class FixedAnswers:
    """An `Ask` with fixed answers: the cuts, samples of the clip and the reference, and brightness."""

    def __init__(
        self,
        cuts: tuple[float, ...],
        seen: tuple[FrameTones, ...],
        reference: tuple[FrameTones, ...],
        changes: tuple[float, ...] = (),
    ):
        self.questions: list[Measure[Any]] = []
        times = tuple(Fraction(number, 25) for number in range(len(changes)))
        self._facts = {Shots: ShotFacts(tuple(map(Fraction, cuts)), 0), Flicker: FlickerFacts(times, changes)}
        self._tones = {False: ToneFacts(seen), True: ToneFacts(reference)}

    def __call__(self, question: Measure[Any], /) -> Any:
        self.questions.append(question)
        return (
            self._tones[question.of.name != "source"]
            if isinstance(question.analyser, Tones)
            else self._facts[type(question.analyser)]
        )

    def prepare(self, questions: Any, /) -> None:
        raise AssertionError(questions)


def programme(**changes: Any) -> Programme:
    picture = graph.source("video", "clip", "clip.mp4", index=0, demuxer="mov", size=Size(1280, 720))
    clip = Source(Path("clip.mp4"), "clip", 1, "mov", Fraction(0), None)
    made = ClipProgramme(
        source=clip,
        conformed=picture,
        picture=picture,
        sound=picture,
        frame=Size(1280, 720),
        rate=Fraction(25),
        frames=100,
    )
    return replace(made, **changes)


def delivery(rate: int = 25) -> Delivery:
    return Delivery(
        frame=Size(1280, 720), rates=Rates(low=Fraction(rate), high=Fraction(rate), otherwise=Fraction(rate))
    )


BRIGHT, DARK = drifted(scene(1), Balance(exposure=0.3)), drifted(scene(2), Balance(exposure=-0.3))
TWO = FixedAnswers((2,), (*looks(*[BRIGHT] * 8), *looks(*[DARK] * 8, start=2)), looks(scene(1), scene(2)))


def plan(ask: Any = TWO, rate: int = 25, on: Programme | None = None, **settings: Any) -> Programme:
    return stage.plan(stage.ColourSettings(**settings), on or programme(), delivery(rate), ask)


def test_each_shot_gets_a_cube_of_its_own_from_cut_to_cut() -> None:
    planned = plan(match={"to": STILL})
    text = describe({"picture": planned.picture})
    assert (
        text.count("lut3d") == 2
        and "enable=gte(t,-0.02)*lt(t,1.98)" in text
        and "enable=gte(t,1.98)*lt(t,999999.98)" in text
    )
    assert planned.picture.pointwise
    (decision,) = planned.decisions
    one, other = decision.values["shots"]
    assert (
        (one["from"], other["from"]) == (0, 2)
        and abs(one["exposure"] + 0.3) < 0.02
        and abs(other["exposure"] - 0.3) < 0.02
    )
    assert planned.notes[1].startswith("match: 2 shots to hero.png: ΔE2000 ")
    assert "exposure -0." in planned.notes[2] and "exposure 0." in planned.notes[3]


def test_on_other_frames_or_after_a_cut_the_grade_stays_where_the_clips_time_is_told() -> None:
    assert not plan(rate=30, match={"to": STILL}).picture.pointwise
    assert plan(
        rate=30, looks=(Document(Path("a.cube"), b"LUT_3D_SIZE 2\n" + b"0 0 0\n0 0 1\n" * 4),)
    ).picture.pointwise


def test_the_reference_is_asked_once_and_the_clip_as_all_stages_ask() -> None:
    ask = FixedAnswers((), looks(scene(1)), looks(scene(1)))
    plan(ask, match={"to": STILL})
    assert {question.analyser for question in ask.questions} == set(
        stage.questions(stage.ColourSettings(match={"to": STILL}))
    )  # type: ignore[arg-type]
    assert [question.of.name for question in ask.questions if isinstance(question.analyser, Tones)] == [
        "image",
        "source",
    ]


def test_a_decision_is_obeyed_and_asks_nothing() -> None:
    (decision,) = plan(match={"to": STILL}).decisions
    changed = {
        **decision.values,
        "of": decision.of,
        "shots": [{"from": 0, "exposure": 0.5}, {"from": 1.5, "tint": 4}],
    }
    again = plan(cast(Any, None), on=programme(locked={"colour": changed}), match={"to": STILL})
    text = describe({"picture": again.picture})
    assert "lt(t,1.48)" in text and "exposure 0.5" in again.notes[2] and "tint 4" in again.notes[3]


@pytest.mark.parametrize(
    ("shots", "message"),
    [
        ([], "start at 0"),
        ([{"from": 1}], "start at 0"),
        ([{"from": 0}, {"from": 0}], "each later"),
        ([{"from": 0, "exposure": 99}], ""),
        ("shots", ""),
        ([{"from": 0, "tint": "much"}], ""),
        ([{"from": "x"}], ""),
        ([{"from": float("nan")}], ""),
        ([None], ""),
    ],
)
def test_a_lock_file_that_is_not_understood_says_so(shots: Any, message: str) -> None:
    (decision,) = plan(match={"to": STILL}).decisions
    with pytest.raises(FinishError, match="the lock file's values of colour can't be read") as wrong:
        plan(on=programme(locked={"colour": {"of": decision.of, "shots": shots}}), match={"to": STILL})
    assert message in wrong.value.message


def test_another_reference_or_balance_decides_anew_and_a_strength_does_not() -> None:
    about = [
        plan(match=match, **more).decisions[0].of
        for match, more in (
            ({"to": STILL}, {}),
            ({"to": STILL, "strength": 0.4}, {}),
            ({"to": Document(Path("b.png"), STILL.data + b"x")}, {}),
            ({"to": STILL}, {"balance": Balance(exposure=1)}),
            ({"to": STILL}, {"camera": "vlog"}),
        )
    ]
    assert about[0] == about[1] and len(set(about)) == 4


def test_a_shot_by_hand_replaces_what_was_found() -> None:
    hands = [{"from": 1, "to": 3, "balance": {"exposure": 1}}]
    text = describe({"picture": plan(match={"to": STILL, "shots": hands}).picture})
    assert [line.split("enable=")[1].split(" ")[0] for line in text.splitlines() if "lut3d" in line] == [
        "gte(t,-0.02)*lt(t,0.98)",
        "gte(t,0.98)*lt(t,2.98)",
        "gte(t,2.98)*lt(t,999999.98)",
    ]
    left = plan(match={"to": STILL, "shots": [{"balance": {}}]})
    assert "lut3d" not in describe({"picture": left.picture}) and left.decisions


def test_a_shot_too_short_to_be_seen_is_as_the_one_before() -> None:
    seen = looks(*[drifted(scene(1), Balance(exposure=0.3))] * 4)
    planned = plan(FixedAnswers((1.05,), seen, looks(scene(1))), match={"to": STILL})
    one, other = planned.decisions[0].values["shots"]
    assert (
        one["exposure"] == other["exposure"] != 0
        and describe({"picture": planned.picture}).count("lut3d") == 1
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"match": {"to": Document(Path("a.png"), b"GIF89a")}},
        {"match": {"to": STILL, "strength": 1.1}},
        {"match": {}},
        {"match": {"to": STILL, "shots": [{"from": 3, "to": 2}]}},
        {"camera": "vlog", "flicker": "mend"},
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        stage.ColourSettings(**settings)
