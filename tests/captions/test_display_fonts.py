"""The packaged display families: licences, roles, weights, size, and what draws letters that they lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from finish import resources
from finish.errors import FinishError
from finish.model import Document
from finish.stages.captions.typesetting import display_fonts
from finish.stages.captions.typesetting.style_file import read

FOLDERS = sorted(path for path in resources.folder("fonts").iterdir() if path.is_dir())
BUDGET = 3_000_000  # bytes in the wheel, uncompressed
ROLES = (resources.folder("fonts") / "FONTS.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_family_has_its_licence_and_its_role(folder: Path) -> None:
    licence = (folder / "OFL.txt").read_text(encoding="utf-8")
    assert licence.startswith("Copyright") and "SIL OPEN FONT LICENSE" in licence
    name = next(name for name in display_fonts.families() if "-".join(name.lower().split()) == folder.name)
    assert f"| {name} |" in ROLES, "state its role in FONTS.md"


def test_the_fonts_keep_their_budget() -> None:
    assert len(FOLDERS) >= 8
    assert sum(path.stat().st_size for path in resources.folder("fonts").rglob("*.ttf")) <= BUDGET


def test_weights_are_real_files() -> None:
    light, heavy = display_fonts.face("League Spartan", 800), display_fonts.face("League Spartan", 900)
    assert light.digest != heavy.digest
    assert display_fonts.face("Anton", 400).digest != display_fonts.face("Bangers", 400).digest


@pytest.mark.parametrize(
    ("name", "weight", "problem"),
    [
        ("Montserrat", 900, "Montserrat has the weights 600, 800, not 900"),
        ("Noto Sans", 900, "Noto Sans has the weights 400 to 700"),
        ("Papyrus", 400, "unknown font family 'Papyrus'"),
    ],
)
def test_what_is_not_there_is_named(name: str, weight: int, problem: str) -> None:
    with pytest.raises(FinishError, match=problem):
        display_fonts.face(name, weight)


@pytest.mark.parametrize("name", resources.names("styles"))
def test_every_packaged_style_has_its_font(name: str) -> None:
    path = resources.entry("styles", name)
    assert read(Document(path, path.read_bytes())).face.draws("Aa Éß 1,250?!")
