"""Jobs from Python: planned, run, previewed and explained; files checked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from finish.api.loading import job_of, one_clip_job
from finish.checks.check_registry import compliance_promises
from finish.checks.file_check import check_file
from finish.deliver.outcome import Event, Outcome
from finish.engine.engine import Engine
from finish.engine.job_store import store_of
from finish.engine.plan import TRUSTING, Invalidation, Plan
from finish.engine.preview import PreviewRequest, preview
from finish.engine.selection import select, select_one
from finish.errors import FinishError, PathError, SpecError, several
from finish.execution.tasks import Executor
from finish.jobspec import LoadedJob
from finish.media.probe import probe
from finish.model import CheckResult, Job, Stage
from finish.planning import plan_text
from finish.planning.stage_pipeline import examined
from finish.stages import STAGES
from finish.storage import cleanup
from finish.storage.store import Store
from finish.units import Span

Listener = Callable[[Event], None]


def finishing(  # noqa: PLR0913 (all but the job optional, most of them named)
    job: Job | LoadedJob,
    names: Sequence[str] = (),
    *,
    on_event: Listener | None = None,
    cancel: threading.Event | None = None,
    store: Path | None = None,
    lenders: Sequence[Path] = (),
    look: PreviewRequest | None = None,
    invalidation: Invalidation = TRUSTING,
    executor: Executor | None = None,
    stages: Sequence[Stage] = STAGES,
) -> Iterator[Outcome]:
    """Finish a job like `run`, but yield each outcome when it is known.

    What the stores of `lenders` hold isn't rendered again. An `executor` does the work on other machines.
    With `look`, a small or short preview goes to the job's `drafts/`, neither checked nor published.
    """
    job = job_of(job)
    engine = Engine(
        job,
        stages,
        tell=on_event,
        cancel=cancel,
        store=store_of(job, store, lenders),
        invalidation=invalidation,
        executor=executor,
    )
    selection = select(job, names)
    deliverables = selection.deliverables
    yield from preview(engine, deliverables, look) if look else engine.finish(deliverables)
    yield from selection.outcomes


def run(  # noqa: PLR0913
    job: Job | LoadedJob,
    names: Sequence[str] = (),
    *,
    on_event: Listener | None = None,
    cancel: threading.Event | None = None,
    store: Path | None = None,
    invalidation: Invalidation = TRUSTING,
    stages: Sequence[Stage] = STAGES,
) -> tuple[Outcome, ...]:
    """Finish a job: render, check, publish, and write `out/manifest.json`.

    Returns one outcome per deliverable, in the job's order. A deliverable that fails has an outcome with its
    error; the others are finished.
    """
    return tuple(
        finishing(
            job,
            names,
            on_event=on_event,
            cancel=cancel,
            store=store,
            invalidation=invalidation,
            stages=stages,
        )
    )


def draft(  # noqa: PLR0913 (all but the job optional, most of them named)
    job: Job | LoadedJob,
    names: Sequence[str] = (),
    *,
    span: tuple[float, float] | None = None,
    full_size: bool = False,
    on_event: Listener | None = None,
    cancel: threading.Event | None = None,
    stages: Sequence[Stage] = STAGES,
) -> tuple[Outcome, ...]:
    """Render a preview into the job's `drafts/`, neither checked nor published: 540 px, or `full_size`.

    `span` is the part of the programme to render, from and to in seconds (default: all of it). SpecError for
    a span that ends before it starts.
    """
    part = None if span is None else Span(*(Fraction(str(second)) for second in span))
    if part is not None and not 0 <= part.start < part.end:
        raise SpecError(f"the span {span} ends before it starts", "state the earlier time first")
    request = PreviewRequest(part, not full_size)
    outcomes = finishing(job, names, on_event=on_event, cancel=cancel, look=request, stages=stages)
    return tuple(outcomes)


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
