"""What finishing jobs will take, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from finish.api.jobs import bare
from finish.effects import times
from finish.engine import costs
from finish.engine.chosen import chosen
from finish.engine.costs import Estimate
from finish.engine.local import Engine
from finish.model import Job, Stage
from finish.spec import Loaded
from finish.stages import STAGES


def estimate(job: Job | Loaded, names: Sequence[str] = (), stages: Sequence[Stage] = STAGES) -> Estimate:
    """What a run of a job would take, as jobs like it took on this machine; reads each clip, and plans and renders nothing.

    What stands as it was published is left out. FinishError for a clip that cannot be read, or what cannot be made.
    """
    job = bare(job)
    asked = replace(job, deliverables=chosen(job, names).whole())
    measured, said = costs.basis(costs.kind(asked.deliverables, stages), times.known())
    return costs.estimated(list(Engine(asked, stages).outstanding()), measured, said)
