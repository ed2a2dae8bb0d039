"""The stages as methods match the stages' settings; `pytest --write-golden` rewrites them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from api import fluent

from finish.model import Stage
from finish.stages import sound


def test_the_methods_are_the_stages(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--write-golden"):
        for path, text in fluent.sources().items():
            path.write_text(text, encoding="utf-8")
    for path, text in fluent.sources().items():
        assert path.read_text(encoding="utf-8") == text, "make golden"


def test_a_setting_more_is_another_method() -> None:
    class Settings(sound.SoundSettings):
        louder: float = 0

    grown = fluent.method(cast(Stage, SimpleNamespace(name="sound", Settings=Settings)))
    methods = "".join(fluent.sources().values())
    assert "louder: float = UNSET" in grown and grown not in methods
    assert fluent.method(sound) in methods


def test_no_setting_is_untyped() -> None:
    """A map in a setting is a `TypedDict`, and `Any` is only what a method passes on."""
    settings = [line for text in fluent.sources().values() for line in text.splitlines() if "= UNSET" in line]
    assert len(settings) > 50 and not [line for line in settings if "Any" in line]
