"""Settings given from Python are validated once: by the call, and not again when the job is resolved."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import finish
from finish import api
from finish.errors import FinishError
from finish.stages.colour import ColourSettings
from finish.stages.sound import SoundSettings

SECTIONS = {stage.Settings.__name__ for stage in finish.STAGES}


@pytest.fixture
def validations(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each stage's settings were validated, by the name of their model."""
    counts: Counter[str] = Counter()
    original = BaseModel.model_validate.__func__  # type: ignore[attr-defined]

    def counted(model: type[BaseModel], *args: Any, **options: Any) -> Any:
        if model.__name__ in SECTIONS:
            counts[model.__name__] += 1
        return original(model, *args, **options)

    monkeypatch.setattr(BaseModel, "model_validate", classmethod(counted))
    return counts


@pytest.fixture
def hero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> finish.Clip:
    """A clip whose media isn't read: these tests only resolve its job."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hero.mp4").write_bytes(b"")
    return finish.open("hero.mp4")


def test_a_call_is_validated_once(hero: finish.Clip, validations: Counter[str]) -> None:
    graded = hero.colour(["warm"]).sound("r128", accept="achievable")
    assert validations == {"ColourSettings": 1, "SoundSettings": 1}
    (deliverable,) = graded.job("tiktok").deliverables
    assert {name: validations[name] for name in SECTIONS} == dict.fromkeys(SECTIONS, 1)
    assert [deliverable.settings[name] for name in ("colour", "sound")] == list(graded.stated)
    assert deliverable.settings["colour"] is graded.stated[0], "the value itself passes through"


def test_settings_of_ones_own_are_not_validated_again(hero: finish.Clip, validations: Counter[str]) -> None:
    own = SoundSettings(target="r128", accept="exact")
    (deliverable,) = hero.then(own).job("youtube").deliverables
    assert deliverable.settings["sound"] is own and validations["SoundSettings"] == 0
    (other,) = api.quick("hero.mp4", ["youtube"], {"sound": own}).job.deliverables
    assert other.settings["sound"] is own and validations["SoundSettings"] == 0


def test_what_a_destination_adds_is_validated_with_it(hero: finish.Clip, validations: Counter[str]) -> None:
    """Defaults of the destination make another section, whose rules between keys are checked."""
    (deliverable,) = hero.sound(ceiling=-3).job("tiktok").deliverables
    assert validations["SoundSettings"] == 2
    assert deliverable.settings["sound"] == SoundSettings(target="social", accept="achievable", ceiling=-3)


def test_a_job_file_is_validated_once(hero: finish.Clip, tmp_path: Path, validations: Counter[str]) -> None:
    del hero
    (tmp_path / "job.yaml").write_text(
        "source: hero.mp4\nsound: {lufs: -16}\ndeliverables: [{name: a, preset: tiktok}]\n"
    )
    finish.load(tmp_path)
    assert {name: validations[name] for name in SECTIONS} == dict.fromkeys(SECTIONS, 1)


def test_errors_name_the_calls_key(hero: finish.Clip) -> None:
    with pytest.raises(FinishError) as raised:
        hero.sound(target="socal")
    assert str(raised.value).startswith(
        'python  sound.target: unknown target "socal" — did you mean "social"?'
    )
    with pytest.raises(FinishError) as raised:
        hero.colour(looks=["warm"], strength=2)
    assert str(raised.value).startswith("python  colour.strength: 2 is out of range")
    with pytest.raises(FinishError) as raised:
        hero.colour(["warm"]).job("tiktk")
    assert str(raised.value).startswith('python  deliverables[0].preset: unknown preset "tiktk"')


def test_a_path_is_a_name(hero: finish.Clip, tmp_path: Path) -> None:
    (tmp_path / "own.cube").write_text(
        "LUT_3D_SIZE 2\n" + "".join(f"{code & 1} {code >> 1 & 1} {code >> 2}\n" for code in range(8))
    )
    (by_path,) = hero.colour([Path("own.cube")]).stated
    (by_name,) = hero.colour(["own.cube"]).stated
    assert by_path == by_name and isinstance(by_path, ColourSettings)
