"""The reference matches the package: no page is out of date, and every key has a description."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.generator.message_pages import notes
from docs.generator.pages import PAGES, REFERENCE
from docs.generator.spec_keys import keys
from finish import jobspec, resources
from finish.stages import STAGES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_up_to_date(name: str) -> None:
    assert (REFERENCE / name).read_text() == PAGES[name](), "run `make docs` and read the difference"


def test_every_key_of_the_job_spec_has_a_meaning() -> None:
    schema = jobspec.schema(STAGES)
    for name in [*(stage.name for stage in STAGES), "encode"]:
        found = list(keys(schema["properties"][name], name))
        assert found and [key.path for key in found if not key.meaning] == []


def test_every_preset_and_style_has_its_table() -> None:
    presets, styles = (REFERENCE / "presets.md").read_text(), (REFERENCE / "styles.md").read_text()
    assert all(f"\n## {name}\n" in presets for name in resources.names("presets"))
    assert all(f"\n### {name}\n" in styles for name in resources.names("styles"))


def test_notes_of_every_level_are_found_in_the_source() -> None:
    known = {(note.code, note.level) for note in notes()}
    assert {("damaged-accepted", "act"), ("alpha", "know"), ("ducked", "detail")} <= known
