"""A run plans each deliverable's picture once, and renders none that will be refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clip_files import clip

from finish import api
from finish.engine.engine import Engine
from finish.errors import SoundError
from finish.model import Job, Stage
from finish.stages import STAGES

JOB = """\
source: hero.mp4
encode: {picture: {speed: ultrafast}, size: 320x180}
deliverables: [{name: one, preset: youtube}]
"""


@dataclass(frozen=True)
class Counted:
    """A stage that counts its plans."""

    stage: Stage
    counts: Counter[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage, name)

    def plan(self, *arguments: Any) -> Any:
        self.counts[self.stage.name] += 1
        return self.stage.plan(*arguments)


@dataclass(frozen=True)
class Refusing(Counted):
    """A stage that refuses every deliverable before it asks anything about an encoding."""

    def plan(self, *arguments: Any) -> Any:
        self.counts[self.stage.name] += 1
        raise SoundError("refused")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    clip(tmp_path / "hero.mp4", seconds=1, size="320x180")
    (tmp_path / "job.yaml").write_text(JOB)
    return api.load(tmp_path).job


@pytest.mark.render
def test_the_picture_is_planned_once(job: Job) -> None:
    counts: Counter[str] = Counter()
    stages: tuple[Any, ...] = tuple(Counted(stage, counts) for stage in STAGES)
    (outcome,) = Engine(job, stages).finish()
    assert outcome.exit_code == 0, outcome.error
    pictures = [stage.name for stage in STAGES if "video" in stage.touches]
    assert {name: counts[name] for name in pictures} == dict.fromkeys(pictures, 1)


@pytest.mark.render
def test_what_the_sound_refuses_is_not_rendered(job: Job) -> None:
    """Only questions about an encoding are answered while pictures render."""
    counts: Counter[str] = Counter()
    stages: tuple[Any, ...] = tuple(
        (Refusing if stage.name == "sound" else Counted)(stage, counts) for stage in STAGES
    )
    engine = Engine(job, stages)
    (outcome,) = engine.finish()
    assert "refused" in str(outcome.error) and counts["sound"] > 0
    assert engine.renderer.meter.megapixels == 0
