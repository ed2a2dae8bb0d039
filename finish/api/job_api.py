"""Jobs from Python: planned and explained; files checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from finish.api.loading import job_of, one_clip_job
from finish.api.running import Listener
from finish.checks.check_registry import compliance_promises
from finish.checks.file_check import check_file
from finish.engine.engine import Engine
from finish.engine.plan import TRUSTING, Invalidation, Plan
from finish.engine.selection import select, select_one
from finish.errors import FinishError, PathError, several
from finish.jobspec import LoadedJob
from finish.media.probe import probe
from finish.model import CheckResult, Job, Stage
from finish.planning import plan_text
from finish.planning.stage_pipeline import examined
from finish.stages import STAGES
from finish.storage import cleanup
from finish.storage.store import Store


def plan(  # noqa: PLR0913 (all but the job optional, most of them named)
    job: Job | LoadedJob,
    names: Sequence[str] = (),
    *,
    details: bool = True,
    on_event: Listener | None = None,
    invalidation: Invalidation = TRUSTING,
    stages: Sequence[Stage] = STAGES,
) -> str:
    """The plan as text, and what a run would render and why; FinishError if anything can't be planned.

    With `details`, the filter graph, every promise and every note; without, the length of each file and the
    notes that you need to know.
    """
    text, errors = planning(
        job, names, details=details, on_event=on_event, invalidation=invalidation, stages=stages
    )
    if errors:
        raise several(errors)
    return text


def planning(  # noqa: PLR0913
    job: Job | LoadedJob,
    names: Sequence[str] = (),
    *,
    details: bool = True,
    on_event: Listener | None = None,
    invalidation: Invalidation = TRUSTING,
    stages: Sequence[Stage] = STAGES,
) -> tuple[str, tuple[FinishError, ...]]:
    """The plan of what can be made, as text ("" for nothing), and the errors of the rest."""
    job = job_of(job)
    selection, engine = select(job, names), Engine(job, stages, tell=on_event, invalidation=invalidation)
    plan = engine.plan(selection.deliverables)
    errors = (*refusals(plan), *selection.errors)
    if not plan.renderings:
        return "", errors
    text = (
        plan_text.text(plan.renderings) if details else "\n".join(plan_text.summary(plan.renderings)) + "\n"
    )
    revisions = [line for rendering in plan.renderings for line in engine.revision(rendering)]
    return text + "\n" + "\n".join(revisions) + "\n", errors


def planned(
    job: Job | LoadedJob,
    names: Sequence[str] = (),
    *,
    invalidation: Invalidation = TRUSTING,
    stages: Sequence[Stage] = STAGES,
) -> tuple[Plan, tuple[FinishError, ...]]:
    """The plan of what can be made, as values, and the errors of the rest."""
    job = job_of(job)
    selection = select(job, names)
    plan = Engine(job, stages, invalidation=invalidation).plan(selection.deliverables)
    return plan, (*refusals(plan), *selection.errors)


def why(
    job: Job | LoadedJob,
    names: Sequence[str] = (),
    *,
    on_event: Listener | None = None,
    stages: Sequence[Stage] = STAGES,
) -> str:
    """The filters that differ between the plan and the published files, by piece."""
    job = job_of(job)
    engine = Engine(job, stages, tell=on_event)
    plan = engine.plan(select(job, names).whole())
    require_all_planned(plan)
    differences = (
        f"{rendering.name}:\n" + "\n".join(f"  {line}" for line in engine.difference(rendering))
        for rendering in plan.renderings
    )
    return "\n".join(differences) + "\n"


def require_all_planned(plan: Plan) -> None:
    """FinishError if a deliverable can't be planned."""
    if errors := refusals(plan):
        raise several(errors)


def refusals(plan: Plan) -> tuple[FinishError, ...]:
    """The errors of deliverables that can't be planned, each once."""
    return tuple({id(refused.error): refused.error for refused in plan.refused}.values())


def qc(
    file: str | Path, preset: str, *, stages: Sequence[Stage] = STAGES, store: Path | None = None
) -> tuple[CheckResult, ...]:
    """Check any file against a destination's specification; returns every check result."""
    path = Path(file)
    if not path.exists():
        raise PathError(f"no such file: {str(file)!r}", "name a finished file")
    loaded = one_clip_job(path, [preset], stages=stages)
    deliverable = select_one(loaded.job)
    with scratch(store) as place:
        engine = Engine(loaded.job, stages, store=Store(place))
        delivered = examined(probe(path), engine.ask)
        return check_file(compliance_promises(deliverable), delivered, engine.ask)


@contextmanager
def scratch(store: Path | None) -> Iterator[Path]:
    """The folder of a store; a temporary one unless one is given."""
    if store:
        yield store
        return
    with cleanup.scratch("finish-store-") as folder:
        yield folder
