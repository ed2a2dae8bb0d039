"""Jobs from Python: run and previewed. The engine is imported only if something isn't up to date."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from finish.api.loading import job_of
from finish.deliver.outcome import Event, Outcome
from finish.engine.job_store import store_of
from finish.engine.plan import TRUSTING, Invalidation
from finish.engine.selection import select
from finish.engine.unchanged_job import UnchangedJob
from finish.errors import SpecError
from finish.jobspec import LoadedJob
from finish.model import Job, Stage
from finish.stages import STAGES
from finish.storage.store import most_bytes
from finish.units import Span

if TYPE_CHECKING:
    from finish.engine.preview import PreviewRequest
    from finish.execution.tasks import Executor

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
    begun = time.time()
    job_store, selection = store_of(job, store, lenders), select(job, names)
    unchanged = None
    if look is None and invalidation == TRUSTING:
        unchanged = UnchangedJob.of(job, selection.deliverables, job_store.folder)
    if unchanged is not None:
        yield from unchanged.outcomes(on_event or (lambda _: None))
        job_store.collect(most_bytes(), since=begun)
    else:
        from finish.engine.engine import Engine
        from finish.engine.preview import preview

        engine = Engine(
            job,
            stages,
            tell=on_event,
            cancel=cancel,
            store=job_store,
            invalidation=invalidation,
            executor=executor,
        )
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
    from finish.engine.preview import PreviewRequest

    request = PreviewRequest(part, not full_size)
    outcomes = finishing(job, names, on_event=on_event, cancel=cancel, look=request, stages=stages)
    return tuple(outcomes)
