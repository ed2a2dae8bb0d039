"""A brand kit: its tokens are checked, become defaults where a job states a graphic, and are kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import cv2
import jsonschema
import numpy as np
import pytest
from block_fonts import block_font
from brand_jobs import JOB, KIT, folder, loaded, mistakes, origins, png, section
from ruamel.yaml import YAML

from finish import jobspec, resources
from finish.api.loading import load
from finish.deliver.approval_record import with_published
from finish.jobspec.brand_departures import misnamed
from finish.jobspec.loaded_brand import LoadedBrand
from finish.jobspec.spec_tree import Node, Origin
from finish.model.brand_kit import BrandKit
from finish.model.colour_contrast import contrast_ratio
from finish.model.never_words import never_words_in
from finish.stages import STAGES

THIRD = JOB + "captions: {glossary: [Wile]}\n"
GRAPHICS = JOB.replace(
    "composite:\n", "composite:\n  lower_third: {title: Ada, from: 1, to: 4}\n  end_card: {}\n"
)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)  # WCAG's known near miss


def test_a_kit_alone_adds_no_graphic(tmp_path: Path) -> None:
    job = loaded(tmp_path, JOB.replace("  logo: {corner: top-left}\n", "  logo: null\n"))
    composite = section(job, "composite")
    assert (composite.logo, composite.lower_third, composite.end_card) == (None, None, None)


def test_a_stated_logo_takes_the_kits_logos_and_rules(tmp_path: Path) -> None:
    job = loaded(tmp_path)
    logo = section(job, "composite").logo
    assert [(name, document.path.name) for name, document in logo.variants] == [
        ("light", "light.png"),
        ("dark", "dark.png"),
    ]
    assert (logo.height_min, logo.clear, logo.corner) == (0.06, 0.5, "top-left")
    told = origins(job)
    assert told["composite.logo.light"] == ("light.png", "kit/brand.yaml:5")
    assert told["composite.logo.corner"] == ("top-left", "job.yaml:5")
    assert job.job.deliverables[0].notes == ()


def test_an_empty_logo_is_the_kits(tmp_path: Path) -> None:
    logo = section(loaded(tmp_path, JOB.replace("{corner: top-left}", "{}")), "composite").logo
    assert [name for name, _ in logo.variants] == ["light", "dark"]


def test_titles_take_colours_sizes_and_templates(tmp_path: Path) -> None:
    job = loaded(tmp_path, GRAPHICS)
    third, card = section(job, "composite").lower_third, section(job, "composite").end_card
    assert (third.accent, third.size, third.side) == ("#FFB000", 0.05, "right")
    assert (card.background, card.text, card.seconds) == ("#101014", "Acme\nPaid partnership", 3)
    assert origins(job)["composite.lower_third.accent"] == ("#FFB000", "kit/brand.yaml:3")


def test_captions_take_the_size_and_both_glossaries(tmp_path: Path) -> None:
    captions = section(loaded(tmp_path, THIRD), "captions")
    assert captions.look == {"size": 0.06} and captions.glossary == ("Wile", "Acme")
    assert captions.never.words == ("cheap",) and not captions.never.refuse
    assert captions.styled.size == 0.06


def test_a_colour_can_be_named_by_its_role(tmp_path: Path) -> None:
    job = GRAPHICS.replace("to: 4", "to: 4, accent: primary")
    assert section(loaded(tmp_path, job), "composite").lower_third.accent == "#0A3D62"
    wrong = mistakes(tmp_path / "other", job.replace("primary", "primry"))
    assert 'composite.lower_third.accent: unknown colour "primry" — did you mean "primary"?' in wrong
    assert wrong.startswith("job.yaml:5")


def test_a_file_of_the_job_keeps_the_kits_logos_out(tmp_path: Path) -> None:
    (tmp_path / "own.png").write_bytes(png(90))
    job = loaded(tmp_path, JOB.replace("{corner", "{file: own.png, corner"))
    assert [name for name, _ in section(job, "composite").logo.variants] == ["file"]
    (note,) = job.job.deliverables[0].notes
    assert note.code == "departs-from-brand"
    assert "composite.logo.file is own.png instead of light.png (kit/brand.yaml:5)" in note


def test_departures_are_listed_in_one_note_and_explained(tmp_path: Path) -> None:
    job = loaded(
        tmp_path, JOB.replace("top-left}", "top-left, height: 0.05}") + "captions: {style: karaoke}\n"
    )
    (note,) = job.job.deliverables[0].notes
    assert "captions.style is karaoke instead of boxed (kit/brand.yaml:11)" in note
    assert "composite.logo.height is 0.05 instead of at least 0.06 (kit/brand.yaml:5)" in note
    assert origins(job)["captions.style"] == (
        "karaoke",
        "job.yaml:8 (departs from the brand: boxed, kit/brand.yaml:11)",
    )


@pytest.mark.parametrize(
    ("kit", "job", "says"),
    [
        (
            "must: [captions.style]\n",
            "captions: {style: karaoke}\n",
            "captions.style: departs from the brand",
        ),
        ("must: [captions]\n", "captions: null\n", "departs from the brand, which requires boxed"),
        ("must: [never]\n", "", ""),
    ],
)
def test_what_must_stay_is_refused(tmp_path: Path, kit: str, job: str, says: str) -> None:
    if says:
        assert says in mistakes(tmp_path, JOB + job, KIT + kit)
    else:
        assert section(loaded(tmp_path, JOB, KIT + kit), "captions").never.refuse


def test_logo_rules_that_must_hold_are_refused(tmp_path: Path) -> None:
    kit = KIT.replace("clear: 0.5", "clear: 0.5, severity: must")
    assert "less than its least height" in mistakes(
        tmp_path, JOB.replace("top-left", "top-left, height: 0.05"), kit
    )
    assert "composite.logo.clear: departs from the brand, which requires 0.5" in mistakes(
        tmp_path, JOB.replace("top-left", "top-left, clear: 0.1"), kit
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "[accent, ground, large]",
            "[primary, ground]",
            "contrast[1]: primary on ground (#0A3D62 on #101014) has a",
        ),
        ("[text, ground]", "[txt, ground]", 'contrast[0][0]: unknown colour "txt" — did you mean "text"?'),
        ('"#FFB000"', "orange", 'colours.accent: "orange" isn\'t a colour'),
        ("light.png", "lihgt.png", "no such file"),
        ("schema: 1", "schema: 2", "a later version of finish wrote this brand"),
        ("glossary:", "glosary:", 'unknown key — did you mean "glossary"?'),
        ("name: Acme", "must: [captions.stile]", 'unknown setting "stile" — did you mean "style"?'),
        ("name: Acme", "must: [sound.target]", "the brand states no sound.target"),
        ("name: Acme", "must: [naming]", "the brand states no naming"),
        ("name: Acme", "naming: acme-{client}", "naming: "),
        ("name: Acme", "music: {beds: {up: up.wav}}", "music.beds.up: no such file"),
        ("name: Acme", "fonts: {display: light.png}", "fonts.display"),
        ("name: Acme", "licences: [{what: Ada, until: 2027-02-30}]", "isn't a date"),
        ("clear: 0.5", "grounds: [sky]", 'unknown colour "sky"'),
        ("side: right", "side: rigt", "lower_third"),
    ],
)
def test_mistakes_in_a_kit_are_reported_with_their_place(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in KIT
    wrong = mistakes(tmp_path, GRAPHICS, KIT.replace(old, new, 1))
    assert any(says in line and line.startswith("kit/brand.yaml:") for line in wrong.splitlines()), wrong


def test_a_forbidden_word_in_a_title_is_noted_or_refused(tmp_path: Path) -> None:
    job = GRAPHICS.replace("Ada", "So CHEAP!")
    (note,) = loaded(tmp_path, job).job.deliverables[0].notes
    assert (note.code, note.level) == ("never-word", "act")
    assert 'composite.lower_third.title (job.yaml:5) contains "cheap"' in note
    wrong = mistakes(tmp_path, job, KIT + "must: [never]\n")
    assert 'job.yaml:5:24  composite.lower_third.title: contains "cheap"' in wrong


def test_forbidden_words_are_whole_words_in_any_script() -> None:
    assert never_words_in("A cheaper cheap\nskate", ["cheap", "cheap skate", "cheapest"]) == (
        "cheap",
        "cheap skate",
    )
    assert never_words_in("これは最安です", ["最安"]) == ("最安",)
    assert never_words_in("che\u00adap", ["cheap"]) == ("cheap",)


def test_a_kit_can_be_pinned(tmp_path: Path) -> None:
    brand = loaded(tmp_path).brand
    assert brand is not None
    pinned = JOB.replace("kit/brand.yaml", f"{{file: kit/brand.yaml, digest: {brand.digest[:16]}}}")
    assert loaded(tmp_path, pinned).job.brand == brand.digest
    (tmp_path / "kit/more").mkdir()
    wrong = mistakes(tmp_path, pinned, KIT + "naming: x\n")
    assert "kit/brand.yaml has changed: its digest is" in wrong


def test_a_changed_file_of_a_kit_is_another_kit(tmp_path: Path) -> None:
    first = loaded(tmp_path / "a").job.brand
    assert first == loaded(tmp_path / "b").job.brand
    other = loaded(tmp_path / "a").job
    (tmp_path / "a/kit/dark.png").write_bytes(png(20))
    assert jobspec.load(tmp_path / "a", STAGES, _files).job.brand != other.brand


def _files(folder: Path) -> jobspec.Files:
    from finish.media.job_files import JobFiles

    return JobFiles(folder)


def test_an_approved_job_refuses_another_kit(tmp_path: Path) -> None:
    known = loaded(tmp_path).job.brand
    (tmp_path / "job.approved.yaml").write_text(f'version: 1\nfinish: "1"\nbrand: "{known}"\n')
    assert loaded(tmp_path).job.brand == known
    wrong = mistakes(tmp_path, JOB, KIT.replace("#FFB000", "#FFB100"))
    assert (
        "isn't the brand with which this job was published" in wrong and "finish upgrade JOB --yes" in wrong
    )


LICENCES = """\
licences:
  - {what: dark.png, holder: Foundry, until: 2027-03-31, territories: [DE, AT]}
  - {what: Ada, until: 2026-12-31}
"""


def test_licences_that_end_are_warned_about_on_a_given_day(tmp_path: Path) -> None:
    job = loaded(tmp_path, JOB, KIT + LICENCES)

    def about(today: date) -> list[str]:
        return [warning for warning in job.warnings(today) if "licence" in warning]

    assert about(date(2026, 11, 30)) == []
    assert about(date(2026, 12, 1)) == ["the licence of Ada expires on 2026-12-31, in 30 days"]
    assert "dark.png (Foundry) expired on 2027-03-31" in about(date(2027, 4, 1))[0]
    unused = loaded(tmp_path, JOB.replace("  logo: {corner: top-left}", "  logo: null"), KIT + LICENCES)
    assert [one for one in unused.warnings(date(2027, 4, 1)) if "dark.png" in one] == []


@pytest.mark.parametrize(("territory", "noted"), [("DE", 0), ("[AT, US]", 1), ("world", 1)])
def test_the_territory_of_a_deliverable_is_compared(tmp_path: Path, territory: str, noted: int) -> None:
    job = JOB.replace("preset: youtube", f"preset: youtube, territory: {territory}")
    notes = loaded(tmp_path, job, KIT + LICENCES).job.deliverables[0].notes
    assert len([note for note in notes if note.code == "licence-territory"]) == noted


def test_a_name_that_is_not_the_brands_is_a_departure(tmp_path: Path) -> None:
    kit = KIT + "naming: acme-{clip}\n"
    assert loaded(tmp_path, JOB, kit).job.deliverables[0].notes == ()
    (note,) = loaded(tmp_path, JOB.replace("acme-hero", "hero"), kit).job.deliverables[0].notes
    assert "name is hero instead of acme-{clip}" in note


@pytest.mark.parametrize(
    ("naming", "name", "fits"),
    [
        ("acme-{clip}-{preset}", "acme-hero-tiktok", True),
        ("acme-{clip}-{preset}", "acme-hero", False),
        ("acme-{clip}", "acme-", False),
        ("{clip}-x", "a-x", True),
        ("{clip}-x", "-x", False),
        ("acme", "acme", True),
        ("{clip}-{clip}-{clip}-{clip}-{clip}-z", "-" * 100, False),
    ],
)
def test_a_name_has_the_parts_of_the_pattern(naming: str, name: str, fits: bool) -> None:
    brand = LoadedBrand(BrandKit(naming=naming), Node({}, Origin("brand.yaml", Path())), "")
    assert misnamed(brand, name) == ("" if fits else naming)


def test_a_clip_of_its_own_can_change_a_logo(tmp_path: Path) -> None:
    (tmp_path / "own.png").write_bytes(png(90))
    job = JOB + "clips: {hero: {composite: {logo: {file: own.png}}}}\n"
    assert [name for name, _ in section(loaded(tmp_path, job), "composite").logo.variants] == ["file"]


def test_an_older_brand_is_a_kit_too(tmp_path: Path) -> None:
    job = loaded(tmp_path, JOB, "composite: {logo: {file: light.png}}\n")
    assert [name for name, _ in section(job, "composite").logo.variants] == ["file"]
    assert (
        job.brand is not None
        and job.brand.kit.model_dump(include=set(BrandKit.model_fields)) == BrandKit().model_dump()
    )


def test_editors_can_check_a_kit() -> None:
    schema = jobspec.brand_schema(STAGES)
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    kit = YAML(typ="safe").load(KIT)
    assert not list(check.iter_errors(kit))
    assert list(check.iter_errors({**kit, "templates": {"lower_third": {"side": "middle"}}}))
    assert list(check.iter_errors({**kit, "colours": {"accent": "orange"}}))
    assert list(check.iter_errors({**kit, "kolours": {}}))


def test_editors_accept_the_names_of_colours_in_a_job() -> None:
    check = jsonschema.Draft202012Validator(jobspec.schema(STAGES))
    assert not list(
        check.iter_errors(YAML(typ="safe").load(GRAPHICS.replace("to: 4", "to: 4, accent: primary")))
    )


def test_a_forbidden_word_on_a_card_of_a_timeline_is_noted(tmp_path: Path) -> None:
    cards = "timeline:\n  - {clip: hero.mp4}\n  - {card: title, title: Cheap bread, seconds: 2}\n"
    job = JOB.replace("source: hero.mp4\n", cards)
    notes = loaded(tmp_path, job).job.deliverables[0].notes
    assert [note.code for note in notes] == ["never-word"] and "timeline[1].title (job.yaml:5)" in notes[0]


def test_fonts_and_colours_of_captions_are_named(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "kit/Blocks.ttf").write_bytes(block_font("Acmed"))
    kit = KIT.replace(
        "captions: {style: boxed}", "captions: {style: boxed, look: {colour: accent, box: {colour: ground}}}"
    )
    kit += "fonts: {display: Blocks.ttf}\n"
    job = loaded(tmp_path, GRAPHICS.replace("to: 4", "to: 4, font: display"), kit)
    captions, third = section(job, "captions"), section(job, "composite").lower_third
    assert captions.look == {"colour": "#FFB000", "box": {"colour": "#101014"}, "size": 0.06}
    assert third.font.path == captions.font.path == tmp_path / "kit/Blocks.ttf"
    assert origins(job)["composite.lower_third.font"] == ("Blocks.ttf", "job.yaml:5")
    assert job.job.deliverables[0].notes == ()


def test_publishing_records_the_brand(tmp_path: Path) -> None:
    job = loaded(tmp_path).job
    approval = with_published(None, job.deliverables, STAGES, job.brand)
    assert approval.brand == job.brand
    later = with_published(approval, job.deliverables, STAGES, "0" * 64)
    assert later.brand == job.brand


def test_null_takes_a_token_away(tmp_path: Path) -> None:
    job = loaded(
        tmp_path, JOB.replace("{corner: top-left}", "{corner: top-left, dark: null, height_min: null}")
    )
    logo = section(job, "composite").logo
    assert [name for name, _ in logo.variants] == ["light"] and logo.height_min is None
    (note,) = job.job.deliverables[0].notes
    assert "composite.logo.dark is null instead of dark.png" in note


def test_a_changed_look_is_explained_as_a_departure(tmp_path: Path) -> None:
    job = loaded(tmp_path, JOB + "captions: {look: {size: 0.09}}\n")
    assert origins(job)["captions.look"] == (
        "{size: 0.09}",
        "job.yaml:8 (departs from the brand: 0.06, kit/brand.yaml:6)",
    )


def test_a_ground_of_the_logo_needs_a_variant_that_stands_out(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "kit/ring.png").write_bytes(ring())
    kit = KIT.replace("light: light.png, dark: dark.png", "light: ring.png").replace(
        "clear: 0.5", "grounds: [ground]"
    )
    assert section(loaded(tmp_path, JOB, kit), "composite").logo.grounds == ("#101014",)
    wrong = mistakes(tmp_path, JOB, kit.replace("[ground]", "[ground, text]"))
    assert "logos.grounds[1]: no logo stands out on text (#FFFFFF): 1.00:1, less than 3:1" in wrong


def ring() -> bytes:
    """A white disc on nothing."""
    pixels = np.zeros((40, 40, 4), np.uint8)
    cv2.circle(pixels, (20, 20), 15, (255, 255, 255, 255), -1)
    return bytes(cv2.imencode(".png", pixels)[1].tobytes())


def test_a_style_in_a_file_keeps_its_own_font(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "kit/Blocks.ttf").write_bytes(block_font("Acmed"))
    (tmp_path / "kit/style.yaml").write_bytes(resources.entry("styles", "clean").read_bytes())
    kit = KIT + "fonts: {text: Blocks.ttf}\n"
    assert section(loaded(tmp_path, JOB, kit), "captions").font is not None
    own = kit.replace("style: boxed", "style: ./style.yaml")
    assert section(loaded(tmp_path, JOB, own), "captions").font is None


def test_colours_are_named_wherever_a_job_states_one(tmp_path: Path) -> None:
    cards = (
        "timeline:\n  - {clip: hero.mp4}\n"
        "  - {card: title, title: Bread, seconds: 2, background: primary, "
        "transition: {dip: 0.4, colour: accent}}\n"
    )
    job = loaded(
        tmp_path, JOB.replace("source: hero.mp4\n", cards) + "reframe: {follow: pad, background: ground}\n"
    )
    edit = job.job.deliverables[0].edit
    assert edit is not None
    assert edit.segments[1].material.background == "#0A3D62"  # type: ignore[union-attr]
    assert section(job, "reframe").background == "#101014"
    blurred = JOB + "reframe: {follow: pad, background: blur}\n"
    assert section(loaded(tmp_path, blurred), "reframe").background == "blur"


def test_a_brand_in_a_library_is_a_kit(tmp_path: Path) -> None:
    folder(tmp_path / "agency")
    job = JOB.replace("brand: kit/brand.yaml", "libraries: [../agency]\nbrand: ../agency/kit/brand.yaml")
    folder(tmp_path / "job", job)
    made = load(tmp_path / "job", STAGES, libraries=[tmp_path / "agency"])
    assert [document.path.parent for _, document in section(made, "composite").logo.variants] == [
        tmp_path / "agency/kit",
        tmp_path / "agency/kit",
    ]
