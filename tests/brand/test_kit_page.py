"""The page of a kit, and packs made from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from clip_files import clip
from kit_folders import brand_folder
from typer.testing import CliRunner

from finish import api
from finish.cli.verbs import app
from finish.errors import PathError


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    folder = brand_folder(tmp_path)
    api.new_brand(folder)
    return folder


def test_the_page_has_every_token(kit: Path, tmp_path: Path) -> None:
    text = api.brand_sheet(kit, tmp_path / "kit.html").read_text()
    for part in (
        "Acme",
        "#FFB000",
        "primary on ground",
        "light on ground",
        "Heading, 81 px of 1080",
        "Spelled so",
    ):
        assert part in text, part
    assert ":1, less than 3:1" in text, "white on yellow"
    assert "<script" not in text and "http" not in text.replace("http-equiv", "")


def test_words_of_a_kit_are_text_on_the_page(kit: Path, tmp_path: Path) -> None:
    with (kit / "brand.yaml").open("a") as file:
        file.write('never: ["<b>cheap</b>"]\n')
    text = api.brand_sheet(kit, tmp_path / "kit.html").read_text()
    assert "&lt;b&gt;cheap" in text and "<b>cheap" not in text


def test_another_suffix_is_refused(kit: Path, tmp_path: Path) -> None:
    with pytest.raises(PathError, match="HTML"):
        api.brand_sheet(kit, tmp_path / "kit.png")


@pytest.mark.render
def test_the_page_shows_the_kit_on_footage(kit: Path, tmp_path: Path) -> None:
    film = clip(tmp_path / "clip.mp4", seconds=6, size="640x360")
    text = api.brand_sheet(kit, tmp_path / "kit.html", film).read_text()
    assert "Vertical, on clip.mp4" in text and "Wide, on clip.mp4" in text and text.count(">End card") == 2


def test_a_pack_is_checked_as_its_folder_is(kit: Path, tmp_path: Path) -> None:
    run = CliRunner()
    done = run.invoke(app, ["brand", "pack", str(kit)])
    pack = tmp_path / "acme.brand"
    assert done.exit_code == 0 and pack.is_file()
    digest = api.check_brand(kit).digest
    assert api.check_brand(pack).digest == digest and f"digest: {digest[:16]}" in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme", "acme.brand"], (
        "nothing is left behind"
    )


def test_another_kit_is_replaced_only_if_that_is_asked_for(kit: Path, tmp_path: Path) -> None:
    pack = api.pack_brand(kit)
    before = pack.read_bytes()
    assert api.pack_brand(kit).read_bytes() == before
    with (kit / "brand.yaml").open("a") as file:
        file.write("never: [cheap]\n")
    with pytest.raises(PathError, match="is another kit"):
        api.pack_brand(kit)
    assert pack.read_bytes() == before
    assert api.pack_brand(kit, replace=True).read_bytes() != before


def test_a_pack_has_its_suffix(kit: Path, tmp_path: Path) -> None:
    with pytest.raises(PathError, match=r"end its name in \.brand"):
        api.pack_brand(kit, tmp_path / "acme.zip")
