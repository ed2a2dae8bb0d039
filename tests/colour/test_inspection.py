"""Looks examined and baked, from the command line: the facts against looks whose truth is stated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from finish import api, resources
from finish.cli.verbs import app
from finish.errors import FinishError
from finish.model import Document
from finish.review.lut import inspected
from finish.stages.colour.baked import written
from finish.stages.colour.reading import read
from finish.stages.colour.table import grid


def made(change: object) -> Document:
    """A 17³ cube of a function of code values."""
    return Document(Path("made.cube"), written(np.clip(change(grid(17)), 0, 1)))  # type: ignore[operator]


def test_a_look_is_told_by_what_it_does() -> None:
    same = inspected(made(lambda rgb: rgb))
    assert (same.kind, same.rising, same.low, same.high, same.clipped) == ("a 17³ cube", (True,) * 3, 0, 1, 0) and same.drift < 1e-6
    warm = inspected(made(lambda rgb: rgb * (1, 0.9, 0.8)))
    assert warm.drift == pytest.approx(0.2, abs=1e-5) and warm.high == 1
    bright = inspected(made(lambda rgb: rgb + 0.25))
    assert bright.clipped == pytest.approx(1 - (23 / 31) ** 3, abs=0.01) and bright.low == pytest.approx(0.25)
    fallen = inspected(made(lambda rgb: np.stack([rgb[:, 0], np.abs(rgb[:, 1] - 0.5), rgb[:, 2]], 1)))
    assert fallen.rising == (True, False, True) and "greys fall somewhere in green: tones change their order" in list(fallen.lines())


@pytest.mark.parametrize("name", resources.names("luts"))
def test_no_look_of_ours_turns_tones_around(name: str) -> None:
    found = api.inspect_look(name)
    assert found.rising == (True, True, True) and found.kind == "a 17³ cube"


def test_a_grade_is_baked_for_other_programs(tmp_path: Path) -> None:
    target = tmp_path / "g.cube"
    balance = ["--balance", "exposure=0.3", "--balance", "lift=0,0,0.02"]
    done = CliRunner().invoke(app, ["lut", "bake", "warm", "punch", *balance, "-o", str(target)])
    assert done.exit_code == 0 and "exposure 0.3, lift 0/0/0.02, then warm + punch on full-range codes in one" in done.output
    content, _ = api.bake_grade({"looks": ["warm", "punch"], "balance": {"exposure": 0.3, "lift": [0, 0, 0.02]}})
    assert target.read_bytes() == content and read(content, "g.cube").apply(np.ones((1, 3))).max() <= 1


@pytest.mark.parametrize(("words", "said"), [
    (["lut", "bake", "-o", "x.cube"], "a grade that does nothing"), (["lut", "bake", "warm", "-o", "x.txt"], "is no .cube"),
    (["lut", "bake", "--balance", "exposure=much", "-o", "x.cube"], "'much' is no number"),
    (["lut", "bake", "--balance", "exposure=99", "-o", "x.cube"], "balance.exposure"),
    (["lut", "bake", "--camera", "iphone", "-o", "x.cube"], "camera"), (["lut", "inspect", "warn"], 'no look "warn"'),
    (["lut", "inspect", "warm", "-o", "x.jpg"], "no .png of one look"),
    (["lut", "bake", "--balance", "exposre=1", "-o", "x.cube"], "exposure"),
])
def test_mistakes_are_told(words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2 and said in done.output and not list(tmp_path.iterdir())


def test_a_look_is_drawn(tmp_path: Path) -> None:
    target = tmp_path / "warm.png"
    done = CliRunner().invoke(app, ["lut", "inspect", "warm", "-o", str(target)])
    assert done.exit_code == 0 and target.read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(FinishError):
        api.picture_of_look("nowhere.cube")
