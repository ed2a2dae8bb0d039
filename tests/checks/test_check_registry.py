"""Every check of a delivered file is in the registry, and asks facts that any file can answer."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from finish import resources
from finish.api.loading import one_clip_job
from finish.checks import loudness_check, mono_compatibility, picture_levels
from finish.checks.check_registry import CHECKS, compliance_promises
from finish.model import Deliverable, Source, file_facts

EMPTY = Source(Path("empty.mp4"), "digest", 1, "mov", Fraction(0), None)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    (tmp_path / "clip.mp4").write_bytes(b"a clip")
    return tmp_path / "clip.mp4"


def deliverable(clip: Path, preset: str, **sections: Any) -> Deliverable:
    (one,) = one_clip_job(clip, [preset], sections or None).job.deliverables
    return one


@pytest.mark.parametrize("preset", resources.names("presets"))
def test_every_destination_is_asked_each_question_once(preset: str, clip: Path) -> None:
    names = [promise.name for promise in compliance_promises(deliverable(clip, preset))]
    assert len(names) == len(set(names))
    assert {"frame size", "frame rate", "picture codec", "sound codec", "true peak"} <= set(names)


@pytest.mark.parametrize("module", [loudness_check, mono_compatibility, picture_levels])
def test_every_check_is_registered(module: ModuleType) -> None:
    assert module.check in CHECKS.values()


def test_settings_require_what_any_file_must_keep(clip: Path) -> None:
    plain = {promise.name for promise in compliance_promises(deliverable(clip, "tiktok"))}
    strict = deliverable(
        clip, "tiktok", mix={"mono": "require"}, colour={"levels": "legal", "report": ["banding"]}
    )
    more = {promise.name for promise in compliance_promises(strict)} - plain
    assert more == {"mono compatibility", "levels outside EBU R 103", "banding (CAMBI)"}


FACTS = {name: fact for name, fact in vars(file_facts).items() if callable(fact) and name.islower()}
FACTS = {name: fact for name, fact in FACTS.items() if not name.startswith("_")}


@pytest.mark.parametrize("name", FACTS)
def test_a_file_without_picture_and_sound_has_no_fact_that_fails(name: str) -> None:
    fact: Callable[[Source], object] = FACTS[name]
    fact(EMPTY)
