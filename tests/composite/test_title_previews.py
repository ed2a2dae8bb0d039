"""Every packaged title template has an up-to-date preview, and is listed by name."""

from __future__ import annotations

import struct

import pytest
from typer.testing import CliRunner

from finish import resources
from finish.cli.verbs import app
from finish.model import Document


@pytest.mark.parametrize("name", resources.names("titles"))
def test_a_template_has_a_picture_that_is_not_out_of_date(name: str) -> None:
    path = resources.entry("titles", name)
    png = path.with_name("preview.png").read_bytes()
    assert struct.unpack(">II", png[16:24]) == (480, 270) and len(png) < 40_000
    digest = Document(path, path.read_bytes()).digest
    assert b"tEXtfinish-style\0" + digest.encode() in png, "the template has changed: make golden"


def test_templates_are_listed_without_a_clip() -> None:
    listed = CliRunner().invoke(app, ["titles"])
    assert listed.exit_code == 0
    rows = listed.output.splitlines()
    assert sorted(row.split()[0] for row in rows) == sorted(resources.names("titles"))


def test_an_unknown_template_is_refused_with_the_nearest_one() -> None:
    refused = CliRunner().invoke(app, ["titles", "a.mp4", "--template", "headlin"])
    assert refused.exit_code == 2 and 'did you mean "headline"' in refused.output
