"""Every packaged style has an up-to-date preview, and is listed by name."""

from __future__ import annotations

import struct

import pytest
from typer.testing import CliRunner

from finish import resources
from finish.cli.verbs import app
from finish.model import Document
from finish.stages.captions.typesetting.style_file import read


@pytest.mark.parametrize("name", resources.names("styles"))
def test_a_style_has_a_picture_that_is_not_out_of_date(name: str) -> None:
    path = resources.entry("styles", name)
    png = path.with_name("preview.png").read_bytes()
    assert (
        png[:8] == b"\x89PNG\r\n\x1a\n"
        and struct.unpack(">II", png[16:24]) == (480, 270)
        and len(png) < 40_000
    )
    digest = Document(path, path.read_bytes()).digest
    assert b"tEXtfinish-style\0" + digest.encode() in png, "the style has changed: make golden"


def test_styles_are_listed_without_a_clip() -> None:
    listed = CliRunner().invoke(app, ["styles"])
    assert listed.exit_code == 0
    for name in resources.names("styles"):
        path = resources.entry("styles", name)
        assert f"{name:12s} {read(Document(path, path.read_bytes())).title}\n" in listed.output
