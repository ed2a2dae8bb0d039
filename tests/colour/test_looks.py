"""The packaged looks: regenerated, catalogued, and natural."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from finish import resources
from finish.model import Document
from finish.review.lut_report import thumbnail
from finish.stages.colour import cube
from finish.stages.colour.camera import cameras as known_cameras
from finish.stages.colour.table import Floats, Table, grid

FOLDER = Path(__file__).resolve().parents[2] / "luts"
NAMES = resources.names("luts")
BT709 = np.array([0.2126, 0.7152, 0.0722])
# Dark and light skin of the ColorChecker (sRGB renderings), and three between and around them.
SKIN = np.array([[115, 82, 68], [196, 150, 130], [242, 204, 179], [89, 56, 41], [158, 115, 92]]) / 255
COLOURLESS, ONE_TONE = {"mono", "noir"}, {"sepia"}


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("luts_generate", FOLDER / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def table(name: str) -> Table:
    path = resources.entry("luts", name)
    return cube.read(path.read_bytes(), path.name)


def lab(rgb: Floats) -> Floats:
    """BT.709 display code values to CIE L*a*b* under D65."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    ratio = rgb**2.4 @ to_xyz.T / to_xyz.sum(axis=1)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def test_there_are_looks_and_warm_is_one() -> None:
    assert len(NAMES) >= 6
    assert "warm" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_look_has_a_thumbnail_of_its_present_self(name: str) -> None:
    path = resources.entry("luts", name)
    png = (FOLDER / "previews" / f"{name}.png").read_bytes()
    assert Document(path, path.read_bytes()).digest.encode() in png, "make golden"
    plain = thumbnail(Document(path, path.read_bytes()))
    assert png.startswith(plain[:-12]) and len(png) < 60_000


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("generate.py", "LUTS.md"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    subprocess.run([sys.executable, str(tmp_path / "generate.py")], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {name: (FOLDER / name).read_bytes() for name in made}
    assert {f"{name}.cube" for name in generator().LOOKS} <= set(made)


def test_every_look_has_its_row() -> None:
    looks, cameras = (FOLDER / "LUTS.md").read_text(encoding="utf-8").split("## Cameras")
    rows = [line.split("|") for line in looks.splitlines() if line.startswith("| `")]
    assert sorted(row[1].strip(" `") for row in rows) == list(NAMES)
    assert all(len(row) == 10 and all(cell.strip() for cell in row[1:-1]) for row in rows)
    assert all(f"`{camera}`" in cameras for camera in known_cameras())


@pytest.mark.parametrize("name", NAMES)
def test_greys_keep_their_order_and_nothing_is_clipped(name: str) -> None:
    look = table(name)
    greys = look.apply(np.linspace(0, 1, 1001)[:, None].repeat(3, axis=1))
    assert (np.diff(greys, axis=0) >= -1e-9).all()
    assert (np.diff(greys @ BT709) > 0).all()
    assert look.plain and look.values.min() >= 0 and look.values.max() <= 1
    luma = look.apply(grid(17)).reshape(17, 17, 17, 3) @ BT709
    for axis in range(3):
        assert (np.diff(luma, axis=axis) > 0).all()
    inner = look.apply(np.random.default_rng(2).uniform(0.02, 0.98, (20_000, 3)))
    assert (inner > 0).all() and (inner < 1).all()


@pytest.mark.parametrize("name", sorted(set(NAMES) - COLOURLESS - ONE_TONE))
def test_skin_stays_natural(name: str) -> None:
    before, after = lab(SKIN), lab(table(name).apply(SKIN))
    hue = np.degrees(np.arctan2(after[:, 2], after[:, 1]) - np.arctan2(before[:, 2], before[:, 1]))
    chroma = np.hypot(after[:, 1], after[:, 2]) / np.hypot(before[:, 1], before[:, 2])
    assert np.abs(hue).max() <= 11
    assert chroma.min() >= 0.6 and chroma.max() <= 1.5
    assert np.abs(after[:, 0] - before[:, 0]).max() <= 6


@pytest.mark.parametrize("name", sorted(COLOURLESS))
def test_black_and_white_has_no_colour(name: str) -> None:
    assert np.ptp(table(name).values, axis=-1).max() <= 1e-6


@pytest.mark.parametrize("name", NAMES)
def test_the_points_follow_the_formula(name: str) -> None:
    """17 points suffice: the table is close to the parameters everywhere, and closest on greys."""
    module = generator()
    if name not in module.LOOKS:
        pytest.skip("not one of ours")
    probes = np.random.default_rng(4).uniform(0, 1, (20_000, 3))
    greys = np.linspace(0, 1, 2000)[:, None].repeat(3, axis=1)
    off = [
        np.abs(table(name).apply(each) - module.apply(module.LOOKS[name], each)) * 255
        for each in (probes, greys)
    ]
    assert off[0].mean() <= 0.5
    assert off[1].max() <= 1
