"""A kit from a folder: what it guesses, why, what it leaves out, and that it is valid."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit_folders import NAVY, YELLOW, brand_folder, logo, sound
from typer.testing import CliRunner

from finish import api
from finish.brand.brand_folder import survey
from finish.brand.kit_draft import DraftEntry, DraftSection, KitDraft
from finish.brand.new_kit import brand_name, new_kit
from finish.cli.verbs import app
from finish.errors import FinishError, PathError


def test_a_folder_becomes_a_valid_kit(tmp_path: Path) -> None:
    folder = brand_folder(tmp_path)
    written = api.new_brand(folder)
    assert written.path == folder / "brand.yaml" and written.left_out == ()
    checked = api.check_brand(folder)
    kit = checked.kit
    assert checked.name == "Acme" and checked.warnings == ()
    assert kit.colours["primary"] == "#FFB000" and kit.colours["text"] == "#FFFFFF"
    names = (kit.logos.light, kit.logos.dark, kit.logos.mark)
    assert [file.path.name if file else "" for file in names] == [
        "logo-white.png",
        "logo-dark.png",
        "mark.png",
    ]
    assert set(kit.fonts) == {"display", "text"}
    assert kit.failing() == ()


def test_faint_pairs_are_comments_and_an_accent_stands_out(tmp_path: Path) -> None:
    draft = new_kit(survey(brand_folder(tmp_path)))
    colours = draft.stated("colours")
    assert "accent" not in colours, "navy on nearly black: graphics take the primary colour"
    assert colours["secondary"] == "#0A3D62"
    assert "# - [text, primary, large]" in draft.text() and "not to be combined" in draft.text()


def test_the_name_of_a_logo_counts_where_its_ink_is_mixed(tmp_path: Path) -> None:
    logo(tmp_path / "logo-dark.png", YELLOW, YELLOW, NAVY)
    assert new_kit(survey(tmp_path)).stated("logos")["dark"] == "logo-dark.png"
    logo(tmp_path / "logo-dark.png", (255, 255, 255))
    draft = new_kit(survey(tmp_path))
    assert draft.stated("logos")["light"] == "logo-dark.png"
    assert "though its name says otherwise: check it" in draft.text()


def test_music_is_a_bed_or_a_sting_by_length(tmp_path: Path) -> None:
    sound(tmp_path / "Calm Song.wav", 20)
    sound(tmp_path / "ding.wav", 1)
    music = new_kit(survey(tmp_path)).stated("music")
    assert music == {"beds": {"calm-song": "Calm Song.wav"}, "stings": {"ding": "ding.wav"}}


def test_what_cannot_be_used_is_left_out_with_the_reason(tmp_path: Path) -> None:
    folder = brand_folder(tmp_path)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    (folder / "broken.ttf").write_bytes(b"rubbish")
    (folder / "vector.svg").write_text("<svg/>")
    left_out = {item.what: item.why for item in new_kit(survey(folder)).left_out}
    assert "export it as a PNG" in left_out["vector.svg"]
    assert left_out["broken.png"] and left_out["broken.ttf"]


def test_a_kit_is_never_overwritten(tmp_path: Path) -> None:
    folder = brand_folder(tmp_path)
    (folder / "brand.yaml").write_text("schema: 1\n")
    with pytest.raises(PathError, match="exists"):
        api.new_brand(folder)
    assert (folder / "brand.yaml").read_text() == "schema: 1\n"


def test_links_and_hidden_files_are_not_read(tmp_path: Path) -> None:
    logo(tmp_path / "elsewhere" / "logo.png", YELLOW)
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "logo.png").symlink_to(tmp_path / "elsewhere" / "logo.png")
    (tmp_path / "kit" / "more").symlink_to(tmp_path / "elsewhere")
    logo(tmp_path / "kit" / ".hidden.png", YELLOW)
    assert survey(tmp_path / "kit").empty
    with pytest.raises(PathError, match="no logos"):
        api.new_brand(tmp_path / "kit")


@pytest.mark.parametrize("name", ["a: b", "it's #1", 'quo"te', "- list", "null", "{map}"])
def test_odd_names_are_spelled_as_yaml(name: str, tmp_path: Path) -> None:
    logo(tmp_path / "kit" / f"{name} logo.png", (255, 255, 255))
    api.new_brand(tmp_path / "kit")
    kit = api.check_brand(tmp_path / "kit").kit
    assert kit.logos.light and kit.logos.light.path.name == f"{name} logo.png"


@pytest.mark.parametrize(
    ("path", "name"), [("acme-films", "Acme Films"), ("acme/brand", "Acme"), ("ACME_tv", "ACME Tv")]
)
def test_the_name_is_that_of_the_folder(path: str, name: str, tmp_path: Path) -> None:
    assert brand_name(tmp_path / path) == name


def test_a_section_of_comments_hides_nothing() -> None:
    entry = DraftEntry("until", "2027-01-01", "a guess", stated=False)
    text = KitDraft("Made.", (DraftSection("licences", (entry,)),)).text()
    assert "# licences:" in text.splitlines() and "\nlicences:" not in text


def test_the_verbs_report_in_words(tmp_path: Path) -> None:
    folder = brand_folder(tmp_path)
    run = CliRunner()
    assert "written: read the comments" in run.invoke(app, ["brand", "new", str(folder)]).output
    done = run.invoke(app, ["brand", "check", str(folder)])
    assert done.exit_code == 0
    assert done.output.startswith("Acme: 4 colours, 2 fonts, 3 logos; digest ")


def test_mistakes_have_their_lines(tmp_path: Path) -> None:
    (tmp_path / "brand.yaml").write_text(
        'schema: 1\ncolours: {text: "#777777", ground: "#888888"}\ncontrast: [[text, ground]]\n'
        "captions: {style: nothing-such}\n"
    )
    with pytest.raises(FinishError) as wrong:
        api.check_brand(tmp_path)
    text = str(wrong.value)
    assert "brand.yaml:3" in text and "less than 4.5:1" in text
    assert "brand.yaml:4" in text and "nothing-such" in text


def test_licences_that_end_are_warnings(tmp_path: Path) -> None:
    from datetime import date

    (tmp_path / "brand.yaml").write_text(
        "schema: 1\nname: Acme\nlicences:\n  - {what: Ada, until: 2027-01-10}\n"
    )
    assert api.check_brand(tmp_path, date(2026, 1, 1)).warnings == ()
    (warning,) = api.check_brand(tmp_path, date(2027, 1, 1)).warnings
    assert warning == "the licence of Ada expires on 2027-01-10, in 9 days"


def test_a_missing_kit_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(PathError, match="No such file"):
        api.check_brand(tmp_path)
