"""Looks inspected and baked from the command line: the facts against looks whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from finish import api, resources
from finish.api.clip_api import from_python
from finish.cli.verbs import app
from finish.errors import FinishError
from finish.model import Document
from finish.review.lut_report import inspected
from finish.stages import colour
from finish.stages.colour import colour_planning
from finish.stages.colour.look_reading import read
from finish.stages.colour.lut_bake import cube_text
from finish.stages.colour.table import grid


def looks_of(names: list[str]) -> tuple[Document, ...]:
    """Looks as a job states them."""
    settings = from_python(colour, {"looks": names})
    assert isinstance(settings, colour.ColourSettings)
    return settings.looks


def made(change: object) -> Document:
    """A 17³ cube of a function of code values."""
    return Document(Path("made.cube"), cube_text(np.clip(change(grid(17)), 0, 1)))  # type: ignore[operator]


def test_a_look_is_told_by_what_it_does() -> None:
    same = inspected(made(lambda rgb: rgb))
    assert same.kind == "a 17³ cube" and same.effect.drift < 1e-6
    assert (same.effect.rising, same.effect.low, same.effect.high, same.effect.clipped) == (
        (True,) * 3,
        0,
        1,
        0,
    )
    warm = inspected(made(lambda rgb: rgb * (1, 0.9, 0.8))).effect
    assert warm.drift == pytest.approx(0.2, abs=1e-5) and warm.high == 1
    bright = inspected(made(lambda rgb: rgb + 0.25)).effect
    assert bright.clipped == pytest.approx(1 - (23 / 31) ** 3, abs=0.01) and bright.low == pytest.approx(0.25)
    fallen = inspected(made(lambda rgb: np.stack([rgb[:, 0], np.abs(rgb[:, 1] - 0.5), rgb[:, 2]], 1)))
    assert fallen.effect.rising == (
        True,
        False,
        True,
    ) and "greys fall in green: some tones change their order" in list(fallen.lines())


@pytest.mark.parametrize("name", resources.names("luts"))
def test_no_look_of_ours_turns_tones_around(name: str) -> None:
    found = api.inspect_look(name)
    assert found.effect.rising == (True, True, True) and found.kind == "a 17³ cube"


def test_a_grade_is_baked_for_other_programs(tmp_path: Path) -> None:
    target = tmp_path / "g.cube"
    balance = ["--balance", "exposure=0.3", "--balance", "lift=0,0,0.02"]
    done = CliRunner().invoke(app, ["lut", "bake", "warm", "punch", *balance, "-o", str(target)])
    assert (
        done.exit_code == 0
        and "exposure 0.3, lift 0/0/0.02, then warm + punch on full-range codes in one" in done.output
    )
    content, _ = api.bake_grade(
        {"looks": ["warm", "punch"], "balance": {"exposure": 0.3, "lift": [0, 0, 0.02]}}
    )
    assert target.read_bytes() == content and read(content, "g.cube").apply(np.ones((1, 3))).max() <= 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lut", "bake", "-o", "x.cube"], "this grade doesn't change the picture"),
        (["lut", "bake", "warm", "-o", "x.txt"], "isn't a .cube file"),
        (["lut", "bake", "--balance", "exposure=much", "-o", "x.cube"], "'much' isn't a number"),
        (["lut", "bake", "--balance", "exposure=99", "-o", "x.cube"], "balance.exposure"),
        (["lut", "bake", "--camera", "iphone", "-o", "x.cube"], "camera"),
        (["lut", "inspect", "warn"], 'unknown look "warn"'),
        (["lut", "inspect", "warm", "-o", "x.jpg"], "this picture is a PNG of one look"),
        (["lut", "bake", "--balance", "exposre=1", "-o", "x.cube"], "exposure"),
    ],
)
def test_mistakes_are_told(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2 and message in done.output and not list(tmp_path.iterdir())


def test_a_look_is_drawn(tmp_path: Path) -> None:
    target = tmp_path / "warm.png"
    done = CliRunner().invoke(app, ["lut", "inspect", "warm", "-o", str(target)])
    assert done.exit_code == 0 and target.read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(FinishError):
        api.picture_of_look("nowhere.cube")


def cube(change: object, size: int = 9) -> Document:
    """A cube whose values aren't limited to 0 to 1."""
    rows = "\n".join(" ".join(f"{value:.6g}" for value in row) for row in change(grid(size)))  # type: ignore[operator]
    return Document(Path("codes.cube"), f"LUT_3D_SIZE {size}\n{rows}\n".encode())


@pytest.mark.parametrize(
    ("most", "bits"), [(255, 8), (256, 8), (1023, 10), (1024, 10), (4095, 12), (65535, 16)]
)
def test_whole_codes_are_no_look_and_the_scale_is_named(most: int, bits: int) -> None:
    look = cube(lambda rgb: np.rint(rgb * most))
    with pytest.raises(ValidationError, match=f"these look like {bits}-bit codes — divide them by"):
        colour.ColourSettings(looks=(look,))
    assert f"can't be used: values up to {most:,}" in list(inspected(look).lines())[-1], (
        "and inspecting tells it too"
    )
    domain = Document(
        Path("d.cube"),
        f"DOMAIN_MIN 0 0 0\nDOMAIN_MAX {most} {most} {most}\n".encode() + cube(lambda rgb: rgb).data,
    )
    with pytest.raises(ValidationError, match=f"a domain up to {most:,}.* {bits}-bit codes"):
        colour.ColourSettings(looks=(domain,))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rgb: rgb * 100, "100 % of colours come out below black or above white"),
        (lambda rgb: rgb / 255, "nearly the same"),
        (lambda rgb: rgb - 2, "100 % of colours come out below"),
        (lambda rgb: rgb * 0 + 0.5, "nearly the same"),
    ],
)
def test_a_look_that_leaves_no_picture_is_refused(change: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        colour.ColourSettings(looks=(cube(change),))


@pytest.mark.parametrize(
    "change",
    [
        lambda rgb: rgb,
        lambda rgb: (rgb > 0.5) * 1.0,
        lambda rgb: rgb * 1.2 - 0.1,
        lambda rgb: 1 - rgb,
        lambda rgb: rgb * 0.02 + 0.01,
        lambda rgb: rgb + 0.0005,
    ],
)
def test_hard_and_odd_looks_are_used_without_a_word(change: object) -> None:
    assert not list(colour_planning._clipping(colour.ColourSettings(looks=(cube(change),))))


def test_a_look_that_clips_much_is_told() -> None:
    (note,) = colour_planning._clipping(colour.ColourSettings(looks=(cube(lambda rgb: rgb * 3),)))
    assert note.level == "act" and note.startswith("look codes: 3") and "lose their detail" in note
    assert not list(
        colour_planning._clipping(colour.ColourSettings(looks=(cube(lambda rgb: rgb * 3),), strength=0))
    )


CORRECTION = """<ColorCorrection id="{}"><SOPNode>
<Slope>{} 1 1</Slope><Offset>0 0 0</Offset><Power>1 1 1</Power></SOPNode></ColorCorrection>"""


def test_a_correction_of_several_is_named_by_its_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    inner = "".join(
        CORRECTION.format(*each) for each in (("shot 1", 0.5), ("shot 2", 0.25), ("twice", 1), ("twice", 1))
    )
    (tmp_path / "grades.ccc").write_text(f"<ColorCorrectionCollection>{inner}</ColorCorrectionCollection>")
    (tmp_path / "one.cc").write_text(CORRECTION.format("only", 0.75))
    white = np.ones((1, 3))
    for name, red in (
        ("grades.ccc#shot 1", 0.5),
        ("grades.ccc#shot 2", 0.25),
        ("one.cc", 0.75),
        ("one.cc#only", 0.75),
    ):
        (document,) = looks_of([name])
        assert read(document.data, document.path.name, document.part).apply(white)[0, 0] == red
    first, second = looks_of(["grades.ccc#shot 1", "grades.ccc#shot 2"])
    assert first.digest != second.digest and first.title == "grades shot 1"
    for name, message in (
        (
            "grades.ccc",
            '4 corrections in one file — name one, such as "grades.ccc#shot 1": shot 1, shot 2, twice, twice',
        ),
        (
            "grades.ccc#shot 3",
            'no correction has the id "shot 3" — ids in the file: shot 1, shot 2, twice, twice',
        ),
        ("grades.ccc#twice", '2 corrections have the id "twice"'),
        ("warm#x", '"#x" selects a correction, but a .cube file has one look'),
        ("none.ccc#x", 'no such file: "none.ccc"'),
    ):
        with pytest.raises(FinishError) as wrong:
            looks_of([name])
        assert message in str(wrong.value)
