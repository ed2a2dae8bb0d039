"""What finishing jobs will take, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from finish.api.loading import bare
from finish.engine import cost_model
from finish.engine.cost_model import Estimate
from finish.engine.engine import Engine
from finish.engine.selection import select
from finish.jobspec import LoadedJob
from finish.model import Job, Stage
from finish.stages import STAGES
from finish.storage import run_times


def estimate(job: Job | LoadedJob, names: Sequence[str] = (), stages: Sequence[Stage] = STAGES) -> Estimate:
    """What a run of a job would take, as jobs like it took on this machine; reads each clip, and plans and renders nothing.

    What stands as it was published is left out. FinishError for a clip that cannot be read, or what cannot be made.
    """
    job = bare(job)
    asked = replace(job, deliverables=select(job, names).whole())
    measured, said = cost_model.basis(cost_model.kind(asked.deliverables, stages), run_times.known())
    return cost_model.estimate_clips(list(Engine(asked, stages).outstanding()), measured, said)
