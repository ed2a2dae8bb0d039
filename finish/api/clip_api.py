"""A clip from Python: a lazy value with stages, which you can explain or render."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from finish._fluent import Fluent
from finish.api.job_api import plan
from finish.api.loading import one_clip_job
from finish.api.running import Listener
from finish.deliver.outcome import Outcome, kept_text
from finish.engine.engine import Engine
from finish.engine.selection import select_one
from finish.errors import PromiseError, SpecError
from finish.jobspec import AssetLibrary
from finish.jobspec.mistakes import Report
from finish.jobspec.section_settings import section_settings
from finish.jobspec.spec_tree import Origin, tree_of
from finish.media.job_files import JobFiles
from finish.model import CheckResult, Job, Settings, Stage
from finish.stages import STAGES
from finish.storage.store import Store

_STATED: Final = "python"  # the place that errors name


@dataclass(frozen=True)
class Delivered:
    """A published file: its path, every measured value by the name of its promise, and the check results."""

    path: Path
    measured: Mapping[str, Any]
    promises: tuple[CheckResult, ...]

    def __repr__(self) -> str:
        return f"<Delivered {self.path}, {kept_text(self.promises)}>"


def open(path: str | Path, stages: Sequence[Stage] = STAGES) -> Clip:
    """A clip without stages; nothing is read until you explain or render it."""
    return Clip(Path(path), (), tuple(stages))


@dataclass(frozen=True)
class Clip(Fluent):
    """A clip with stages; their order doesn't matter, and a repeated stage replaces the earlier one."""

    path: Path
    stated: tuple[Settings, ...] = ()
    stages: tuple[Stage, ...] = tuple(STAGES)

    def __repr__(self) -> str:
        return f"<Clip {self.path}: {', '.join(self._sections()) or 'no settings'}>"

    def then(self, settings: Settings) -> Clip:
        """The clip with one stage's settings; SpecError for settings of a stage that it doesn't have."""
        if not any(isinstance(settings, stage.Settings) for stage in self.stages):
            raise SpecError(
                f"no stage takes {type(settings).__module__}.{type(settings).__name__}", "pass it in stages="
            )
        others = tuple(stated for stated in self.stated if type(stated) is not type(settings))
        return replace(self, stated=(*others, settings))

    def _put(self, name: str, values: Mapping[str, Any]) -> Clip:
        stages = {stage.name: stage for stage in self.stages}
        stage = stages.get(name)
        if stage is None:
            raise SpecError(f"this clip has no stage {name!r}", f"use one of {', '.join(stages)}")
        return self.then(from_python(stage, values))

    def explain(self, preset: str = "youtube") -> str:
        """The plan for a destination, as text."""
        return plan(self.job(preset), stages=self.stages)

    def render(
        self,
        target: str | Path,
        preset: str,
        *,
        on_event: Listener | None = None,
        cancel: threading.Event | None = None,
        store: Path | None = None,
    ) -> Delivered:
        """Render, check and publish one file; PromiseError, with nothing published, for a broken promise."""
        path = Path(target).absolute()
        job = self.job(preset)
        deliverable = select_one(job)
        suffix = f".{deliverable.delivery.container.format}"
        if path.suffix != suffix:
            raise SpecError(f"{path.name}: {preset} is delivered as {suffix}", f"use the suffix {suffix}")
        named = replace(job, folder=path.parent, deliverables=(replace(deliverable, name=path.stem),))
        engine = Engine(
            named,
            self.stages,
            tell=on_event,
            cancel=cancel,
            store=Store(store) if store else None,
            out=path.parent,
        )
        (outcome,) = engine.finish()
        return _delivered(outcome)

    def job(self, preset: str) -> Job:
        """The job for one destination, for example to draft it; the clip itself isn't read."""
        return one_clip_job(self.path, [preset], self._sections(), self.stages, _STATED).job

    def _sections(self) -> dict[str, Settings]:
        """The settings by the names of their stages."""
        return {
            stage.name: settings
            for settings in self.stated
            for stage in self.stages
            if isinstance(settings, stage.Settings)
        }


def from_python(stage: Stage, values: Mapping[str, Any]) -> Settings:
    """A stage's settings from plain values, with the same messages as for a job file.

    Relative paths start at the current folder.
    """
    report = Report(_STATED)
    current = Path.cwd()
    stated = tree_of(dict(values), Origin(_STATED, current, path=stage.name))
    settings = section_settings(stage, stated, AssetLibrary(JobFiles(Path(current.anchor))), report)
    report.settle()
    assert settings is not None
    return settings


def _delivered(outcome: Outcome) -> Delivered:
    """The published file; raises the outcome's error or PromiseError."""
    if outcome.error:
        raise outcome.error
    if outcome.path is None:
        raise PromiseError("; ".join(map(str, outcome.broken)), "nothing was published")
    measured = {result.promise.name: result.measured for result in outcome.results}
    return Delivered(outcome.path, measured, outcome.results)
