"""Corrections and cameras, against colour-science and by hand, and baked into the one cube."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from finish import resources
from finish.model import Document
from finish.stages import colour as stage
from finish.stages.colour import look_reading
from finish.stages.colour.balance import LightBalance, PictureBalance, daylight
from finish.stages.colour.camera import CameraTransform, DisplayRendering, bt709, cameras
from finish.stages.colour.colour_settings import Balance
from finish.stages.colour.lut_bake import bake, compose, correction_transforms, through

Floats = NDArray[np.float64]
GREYS: Floats = np.linspace(0, 1, 51)[:, None].repeat(3, axis=1)
PROBES: Floats = np.random.default_rng(7).random((500, 3))


def science() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour

        # The submodules load on access, with warnings.
        return (colour, colour.models, colour.temperature, colour.adaptation)


def decoded(camera: str, codes: Floats) -> Floats:
    """Scene light in BT.709 primaries by colour-science, from the camera maker's own curve and primaries."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        colour = science()[0]
        curve, space = {
            "slog3-sgamut3cine": (colour.models.log_decoding_SLog3, "S-Gamut3.Cine"),
            "vlog": (colour.models.log_decoding_VLog, "V-Gamut"),
            "logc4": (colour.models.log_decoding_ARRILogC4, "ARRI Wide Gamut 4"),
            "dlog": (colour.models.log_decoding_DJIDLog, "DJI D-Gamut"),
            "clog3": (colour.models.log_decoding_CanonLog3, "Cinema Gamut"),
            "log3g10": (colour.models.log_decoding_Log3G10, "REDWideGamutRGB"),
        }[camera]
        light = np.asarray(curve(codes))
        return np.asarray(
            colour.RGB_to_RGB(light, space, "ITU-R BT.709", chromatic_adaptation_transform="Bradford")
        )


@pytest.mark.parametrize("camera", ["slog3-sgamut3cine", "vlog", "logc4", "dlog", "clog3", "log3g10"])
def test_cameras_are_as_colour_science_decodes_them(camera: Any) -> None:
    codes = 0.2 + 0.5 * PROBES
    theirs = decoded(camera, codes)
    assert np.abs(CameraTransform(camera).apply(codes) - theirs).max() <= 0.005 * max(1, np.abs(theirs).max())


@pytest.mark.parametrize("camera", cameras())
def test_greys_of_every_camera_are_greys_on_the_screen_and_rise(camera: Any) -> None:
    shown = DisplayRendering().apply(CameraTransform(camera).apply(GREYS))
    assert np.abs(shown - shown[:, :1]).max() < 0.002 and (np.diff(shown[:, 0]) >= -1e-6).all()
    assert shown.min() >= 0 and shown.max() <= 1.0001


def test_mid_grey_is_at_a_tenth_of_the_screens_light() -> None:
    assert DisplayRendering().apply(np.full((1, 3), 0.18))[0] ** 2.4 == pytest.approx([0.1] * 3, abs=0.005)


@pytest.mark.parametrize("kelvin", [2500, 3500, 4000, 5003, 6504, 7500, 12_000])
def test_daylight_is_where_colour_science_has_it(kelvin: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        temperature = science()[2]
        theirs = (
            temperature.CCT_to_xy_CIE_D(kelvin) if kelvin >= 4000 else temperature.CCT_to_xy_Kang2002(kelvin)
        )
    assert daylight(kelvin) == pytest.approx(tuple(theirs), abs=1e-4)


def test_exposure_is_stops_of_light_and_temperature_turns_its_white_to_ours() -> None:
    assert LightBalance(Balance(exposure=1.5)).apply(PROBES) == pytest.approx(PROBES * 2**1.5)
    x, y = daylight(4500)
    white = np.linalg.inv(bt709()) @ np.array((x / y, 1, (1 - x - y) / y))
    assert LightBalance(Balance(temperature=4500)).apply(white[None])[0] == pytest.approx(
        np.ones(3), abs=0.002
    )
    warmer, greener = (
        LightBalance(Balance(**each)).apply(np.ones((1, 3)))[0]
        for each in ({"temperature": 8000}, {"tint": -50})
    )
    assert warmer[0] > 1 > warmer[2] and greener[1] > greener[0] and greener[1] > greener[2]


def test_code_values_are_turned_around_their_pivots() -> None:
    assert PictureBalance(Balance(contrast=1.5, pivot=0.5)).apply(np.array([[0.5, 0.7, 0.3]]))[
        0
    ] == pytest.approx([0.5, 0.8, 0.2])
    grey = PictureBalance(Balance(saturation=0)).apply(PROBES)
    assert np.ptp(grey, axis=1).max() < 1e-12
    assert grey[:, 0] == pytest.approx(PROBES @ (0.2126, 0.7152, 0.0722))
    dull, vivid = np.array([[0.5, 0.45, 0.4]]), np.array([[1.0, 0.5, 0.0]])
    grown = [np.ptp(PictureBalance(Balance(vibrance=1)).apply(each)) / np.ptp(each) for each in (dull, vivid)]
    assert grown[0] > 1.8 and grown[1] == pytest.approx(1)
    done = PictureBalance(Balance(lift=(0.1, 0, 0), gamma=(1, 2, 1), gain=(1, 1, 0.5))).apply(
        np.array([[0.0, 0.25, 1.0]])
    )
    assert done[0] == pytest.approx([0.1, 0.5, 0.5])


def test_any_number_of_steps_is_one_cube() -> None:
    path = resources.entry("luts", "warm")
    look = Document(path, path.read_bytes())
    balance = Balance(exposure=0.3, temperature=6000, saturation=1.1)
    baked = bake((look,), 0.8, None, balance)
    exact = compose(
        [look_reading.read(look.data, "warm.cube")],
        0.8,
        through(correction_transforms(None, balance), PROBES),
    )
    off = np.abs(look_reading.read(baked.content(), "b.cube").apply(PROBES) - exact)
    assert off.mean() <= 0.0005 and off.max() <= baked.worst + 1e-6 and baked.size in (33, 65)


def test_nothing_to_do_is_no_step_and_the_plan_says_what_is_done() -> None:
    assert correction_transforms(None, Balance()) == () and len(correction_transforms("vlog", Balance())) == 2
    assert len(correction_transforms("vlog", Balance(exposure=1, contrast=1.2))) == 4
    settings = stage.ColourSettings(camera="logc3", balance=Balance(exposure=0.3, lift=(0, 0.1, 0)))
    text = stage.grade_note(settings, [bake((), 1.0, settings.camera, settings.balance)])
    assert text.startswith(
        "colour: logc3 (full-range RGB) rendered by ACES 1.1, SDR video within BT.709, "
        "then exposure 0.3, lift 0/0.1/0 in one 65³ cube"
    )


@pytest.mark.parametrize(
    "wrong",
    [{"exposure": 7}, {"gamma": (0, 1, 1)}, {"temperature": 100}, {"color": 1}, {"contrast": float("nan")}],
)
def test_corrections_out_of_bounds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Balance.model_validate(wrong)


def test_a_look_for_limited_range_codes_is_put_on_full_range_ones() -> None:
    """A look that swaps 64 and 940 in ten bits, stated for limited-range codes, swaps 0 and 1."""
    rows = "".join(
        f"{(1004 - number) / 1023:.9f} {(1004 - number) / 1023:.9f} {(1004 - number) / 1023:.9f}\n"
        for number in (0, 1023)
    )
    look = Document(Path("turn.cube"), b"LUT_1D_SIZE 2\n" + rows.encode())
    turned = look_reading.read(bake((look,), 1.0, legal=True).content(), "baked.cube").apply(
        np.array([[0.0] * 3, [0.25] * 3, [1.0] * 3])
    )
    assert turned[:, 0] == pytest.approx([1, 0.75, 0], abs=1e-5)
    assert look_reading.read(bake((look,), 1.0).content(), "baked.cube").apply(np.zeros((1, 3)))[
        0, 0
    ] == pytest.approx(1004 / 1023, abs=0.02)
