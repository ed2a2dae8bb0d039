"""The colour stage's plans as text."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError
from timing import Stopwatch

from finish import graph, resources
from finish.checks import picture_levels
from finish.graph import describe, push_down_lut
from finish.model import ClipProgramme, Document, Programme, Source, Stage
from finish.stages import colour
from finish.units import Size

SWAPPED = Document(
    Path("brand/swap.cube"), b"LUT_3D_SIZE 2\n0 0 0\n0 0 1\n0 1 0\n0 1 1\n1 0 0\n1 0 1\n1 1 0\n1 1 1\n"
)


def programme() -> Programme:
    picture = graph.source("video", "clip", "clip.mp4", index=0, demuxer="mov", size=Size(1280, 720))
    sound = graph.source("audio", "clip", "clip.mp4", index=1, demuxer="mov")
    source = Source(Path("clip.mp4"), "clip", 1, "mov", Fraction(0), None)
    return ClipProgramme(
        source=source,
        conformed=picture,
        picture=picture,
        sound=sound,
        frame=Size(1280, 720),
        rate=Fraction(25),
        frames=125,
    )


def plan(**settings: Any) -> Programme:
    unused = cast(Any, None)
    return colour.plan(colour.ColourSettings(**settings), programme(), unused, unused)


def test_it_is_a_stage() -> None:
    stage: Stage = colour
    assert stage.name == "colour"
    assert stage.questions(colour.ColourSettings()) == ()
    assert [picture_levels.promises(requirement) for requirement in colour.ColourSettings().requirements] == [
        ()
    ]


@pytest.mark.parametrize("settings", [{}, {"looks": ()}, {"looks": (SWAPPED,), "strength": 0}])
def test_nothing_asked_nothing_done(settings: dict[str, Any]) -> None:
    assert plan(**settings) == programme()


def test_looks_are_one_cube_in_float() -> None:
    planned = plan(looks=(SWAPPED,))
    assert describe({"picture": planned.picture}) == (
        "v0   source clip #0 (mov)\n"
        "v1   v0 | zscale filter=spline36 matrix=gbr primaries=709 range=full transfer=709\n"
        "v2   v1 | format pix_fmts=gbrpf32le\n"
        "v3   v2 | lut3d file=cube:d47be35192b0746c interp=tetrahedral\n"
        "picture = v3\n"
    )
    assert planned.picture.size == Size(1280, 720)
    assert planned.notes == ("colour: swap on full-range codes in one 2³ cube",)
    assert (planned.sound, planned.conformed) == (programme().sound, programme().conformed)


def test_several_looks_at_a_strength_are_still_one_cube() -> None:
    planned = plan(looks=(SWAPPED, SWAPPED), strength=0.5)
    assert describe({"picture": planned.picture}).count("lut3d") == 1
    assert planned.notes[0].startswith("colour: swap + swap at 50 % on full-range codes in one ")


def test_the_grade_sinks_below_a_crop() -> None:
    cropped = plan(looks=(SWAPPED,)).picture.filter("crop", w=406, h=720, x=437, y=0, size=Size(406, 720))
    (sunk,) = push_down_lut([cropped])
    assert describe({"picture": sunk}).splitlines()[1].startswith("v1   v0 | crop")
    assert sunk.name == "lut3d" and sunk.size == Size(406, 720)


def test_the_key_follows_the_look_and_its_strength() -> None:
    other = Document(Path("brand/swap.cube"), SWAPPED.data.replace(b"0 0 1\n", b"0 0 .9\n", 1))
    keys = {
        plan(looks=(SWAPPED,)).picture.key,
        plan(looks=(other,)).picture.key,
        plan(looks=(SWAPPED,), strength=0.5).picture.key,
    }
    assert len(keys) == 3
    moved = Document(Path("elsewhere.cube"), SWAPPED.data)
    assert plan(looks=(moved,)).picture == plan(looks=(SWAPPED,)).picture


@pytest.mark.parametrize("strength", [-0.01, 1.01, float("nan"), float("inf"), "much"])
def test_a_strength_out_of_bounds_is_refused(strength: object) -> None:
    with pytest.raises(ValidationError):
        colour.ColourSettings(strength=strength)  # type: ignore[arg-type]


def test_a_look_that_cannot_be_read_is_a_mistake_of_the_spec() -> None:
    with pytest.raises(ValueError, match="a Lustre or Flame table can't be read"):
        colour.ColourSettings(looks=(Document(Path("film.3dl"), b""),))


def test_planning_with_a_look_of_ours_is_quick(stopwatch: Stopwatch) -> None:
    path = resources.entry("luts", "warm")
    with stopwatch(0.1):  # 0.015 when this was written
        plan(looks=(Document(path, path.read_bytes()),))
