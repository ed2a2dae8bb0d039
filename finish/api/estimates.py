"""Estimates of a job from Python: time, CPU time and storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from finish.api.loading import job_of
from finish.engine import cost_model
from finish.engine.cost_model import Estimate
from finish.engine.engine import Engine
from finish.engine.selection import select
from finish.jobspec import LoadedJob
from finish.model import Job, Stage
from finish.stages import STAGES
from finish.storage import run_times


def estimate(job: Job | LoadedJob, names: Sequence[str] = (), stages: Sequence[Stage] = STAGES) -> Estimate:
    """Estimate what a run of a job takes, from runs of similar jobs on this machine.

    Each clip is read, but nothing is planned or rendered. Deliverables that are up to date aren't counted.
    FinishError for a clip that can't be read.
    """
    job = job_of(job)
    selected = replace(job, deliverables=select(job, names).whole())
    measured, basis = cost_model.basis(cost_model.kind(selected.deliverables, stages), run_times.known())
    return cost_model.estimate_clips(list(Engine(selected, stages).outstanding()), measured, basis)
