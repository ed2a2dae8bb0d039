"""A clip from Python: stages put on it as a lazy value, explained or rendered."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finish._fluent import Fluent
from finish.api.job_api import Listener, plan
from finish.api.loading import alone
from finish.deliver.outcome import Outcome
from finish.engine.engine import Engine
from finish.engine.selection import select_one
from finish.errors import PromiseError, SpecError
from finish.jobspec import AssetLibrary
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Origin, tree_of
from finish.jobspec.validation import validated
from finish.media.job_files import JobFiles
from finish.model import CheckResult, Job, Settings, Stage
from finish.stages import STAGES
from finish.storage.store import Store


@dataclass(frozen=True)
class Delivered:
    """A published file: where it lies, every measured fact by the name of its promise, and the verdicts."""

    path: Path
    measured: Mapping[str, Any]
    promises: tuple[CheckResult, ...]


def open(path: str | Path, stages: Sequence[Stage] = STAGES) -> Clip:
    """A clip to put stages on; nothing is read until it is explained or rendered."""
    return Clip(Path(path), (), tuple(stages))


@dataclass(frozen=True)
class Clip(Fluent):
    """A clip with stages put on it, lazily: their order doesn't matter, a repeated stage replaces the earlier one."""

    path: Path
    stated: tuple[Settings, ...] = ()
    stages: tuple[Stage, ...] = tuple(STAGES)

    def then(self, settings: Settings) -> Clip:
        """The clip with one stage's settings put on it; FinishError for settings of a stage that it doesn't have."""
        if not any(isinstance(settings, stage.Settings) for stage in self.stages):
            raise SpecError(
                f"no stage takes {type(settings).__module__}.{type(settings).__name__}", "pass it in stages="
            )
        kept = tuple(each for each in self.stated if type(each) is not type(settings))
        return replace(self, stated=(*kept, settings))

    def _put(self, name: str, values: Mapping[str, Any]) -> Clip:
        stage = next((each for each in self.stages if each.name == name), None)
        if stage is None:
            raise SpecError(
                f"this clip has no stage {name!r}", f"it has {', '.join(each.name for each in self.stages)}"
            )
        return self.then(from_python(stage, values))

    def explain(self, preset: str = "youtube") -> str:
        """The plan as text, for a destination."""
        return plan(self._job(preset), stages=self.stages)

    def render(
        self,
        target: str | Path,
        preset: str,
        *,
        on_event: Listener | None = None,
        cancel: threading.Event | None = None,
        store: Path | None = None,
    ) -> Delivered:
        """Render, check and publish one file; PromiseError when a promise breaks, and then nothing is published."""
        path = Path(target).absolute()
        job = self._job(preset)
        asked = select_one(job)
        if path.suffix != f".{asked.delivery.container.format}":
            raise SpecError(
                f"{path.name}: {preset} is delivered as .{asked.delivery.container.format}", "name it so"
            )
        named = replace(job, folder=path.parent, deliverables=(replace(asked, name=path.stem),))
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

    def _job(self, preset: str) -> Job:
        sections = {
            stage.name: settings.model_dump(exclude_unset=True, by_alias=True)
            for settings in self.stated
            for stage in self.stages
            if isinstance(settings, stage.Settings)
        }
        return alone(self.path, [preset], sections, self.stages).job


def from_python(stage: Stage, values: Mapping[str, Any]) -> Settings:
    """A stage's settings from plain values, with the same messages as for a job file; paths count from the folder of work."""
    report = Report("python")
    here = Path.cwd()
    stated = tree_of(dict(values), Origin("python", here, path=stage.name))
    settings = validated(stage.Settings, stated, report, AssetLibrary(JobFiles(Path(here.anchor))))
    report.settle()
    assert settings is not None
    return settings


def _delivered(outcome: Outcome) -> Delivered:
    if outcome.error:
        raise outcome.error
    if outcome.path is None:
        raise PromiseError("; ".join(str(each) for each in outcome.broken), "nothing was published")
    return Delivered(
        outcome.path, {each.promise.name: each.measured for each in outcome.results}, outcome.results
    )
