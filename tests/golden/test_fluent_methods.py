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
        fluent.TARGET.write_text(fluent.source(), encoding="utf-8")
    assert fluent.TARGET.read_text(encoding="utf-8") == fluent.source(), "make golden"


def test_a_setting_more_is_another_method() -> None:
    class Settings(sound.SoundSettings):
        louder: float = 0

    grown = fluent.method(cast(Stage, SimpleNamespace(name="sound", Settings=Settings)))
    assert "louder: float = UNSET" in grown and grown not in fluent.source()
    assert fluent.method(sound) in fluent.source()
