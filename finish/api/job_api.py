"""Jobs from Python: planned, run, explained; files judged, job folders made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from finish.api.loading import Sections, alone, bare, quick
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
from finish.jobspec import LoadedJob, Quick
from finish.media.probe import probe
from finish.model import CheckResult, Job, Stage
from finish.planning import plan_text
from finish.planning.stage_pipeline import examined
from finish.stages import STAGES
from finish.storage import cleanup
from finish.storage.new_job import gather, new_job
from finish.storage.publish import write_whole
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
    """The outcomes of `run` as they come, clip after clip; what the stores of `lenders` hold isn't made again; `executor` do the work.

    With a `look`, a small or short version goes to the job's `drafts/`, neither checked nor published.
    """
    job = bare(job)
    engine = Engine(
        job,
        stages,
        tell=on_event,
        cancel=cancel,
        store=store_of(job, store, lenders),
        invalidation=invalidation,
        executor=executor,
    )
    meant = select(job, names)
    yield from preview(engine, meant.deliverables, look) if look else engine.finish(meant.deliverables)
    yield from meant.outcomes


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
    """Finish a job: render, check, publish, and write `out/manifest.json`. One outcome per deliverable, in the job's order.

    What cannot be made ends as an outcome with its error, and the rest goes on.
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
    """Render a preview into the job's `drafts/`, neither checked nor published: of 540 px, or in `full_size`.

    `span` is the part of the programme that is rendered, in seconds from and to; by default all of it. SpecError for a span that ends
    before it starts.
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
    """The plan as text, and what a run would render and why; FinishError for what cannot be.

    With `details` the filter graph, every promise and every note; without, the length of each file and the notes that matter.
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
    """The plan as text of what can be made ("" for nothing), and why the rest cannot be."""
    job = bare(job)
    meant, engine = select(job, names), Engine(job, stages, tell=on_event, invalidation=invalidation)
    found = engine.plan(meant.deliverables)
    shown = (
        plan_text.text(found.renderings) if details else "\n".join(plan_text.summary(found.renderings)) + "\n"
    )
    revisions = [line for one in found.renderings for line in engine.revision(one)]
    return shown + "\n" + "\n".join(revisions) + "\n" if found.renderings else "", (
        *refusals(found),
        *meant.errors,
    )


def planned(
    job: Job | LoadedJob,
    names: Sequence[str] = (),
    *,
    invalidation: Invalidation = TRUSTING,
    stages: Sequence[Stage] = STAGES,
) -> tuple[Plan, tuple[FinishError, ...]]:
    """The plan as values, for programs, and why the rest cannot be made."""
    job = bare(job)
    meant = select(job, names)
    found = Engine(job, stages, invalidation=invalidation).plan(meant.deliverables)
    return found, (*refusals(found), *meant.errors)


def why(
    job: Job | LoadedJob,
    names: Sequence[str] = (),
    *,
    on_event: Listener | None = None,
    stages: Sequence[Stage] = STAGES,
) -> str:
    """Where the deliverables, as planned now, have another history than the published files: every filter that differs, by its piece."""
    job = bare(job)
    engine = Engine(job, stages, tell=on_event)
    found = engine.plan(select(job, names).whole())
    all_planned(found)
    return (
        "\n".join(
            f"{one.name}:\n" + "\n".join(f"  {line}" for line in engine.difference(one))
            for one in found.renderings
        )
        + "\n"
    )


def all_planned(found: Plan) -> None:
    """FinishError where something was refused."""
    if errors := refusals(found):
        raise several(errors)


def refusals(found: Plan) -> tuple[FinishError, ...]:
    """Why some cannot be made, each reason once."""
    return tuple({id(each.error): each.error for each in found.refused}.values())


def qc(
    file: str | Path, preset: str, *, stages: Sequence[Stage] = STAGES, store: Path | None = None
) -> tuple[CheckResult, ...]:
    """What a destination demands, asked of a finished file, whoever made it."""
    path = Path(file)
    if not path.exists():
        raise PathError(f"no file {str(file)!r}", "name a finished file")
    loaded = alone(path, [preset], stages=stages)
    deliverable = select_one(loaded.job)
    with scratch(store) as place:
        engine = Engine(loaded.job, stages, store=Store(place))
        delivered = examined(probe(path), engine.ask)
        return check_file(compliance_promises(deliverable), delivered, engine.ask)


def new(
    folder: Path, clip: Path | None = None, presets: Sequence[str] = ("tiktok", "youtube")
) -> tuple[Path, ...]:
    """Make a job folder whose own `make` works; the files that were written."""
    return new_job(folder, clip, presets)


def save(  # noqa: PLR0913 (most of them named)
    clip: str | Path,
    presets: Sequence[str],
    sections: Sections,
    folder: Path,
    *,
    accept: Sequence[str] = (),
    stages: Sequence[Stage] = STAGES,
) -> Path:
    """Write what `quick` would do as a new job folder, with copies of the files that it names; the folder."""
    # Every mistake is reported before anything is written.
    quick(clip, presets, sections, accept=accept, folder=folder, stages=stages)
    inside, held = gather(folder, Path(clip), sections)
    saved = Quick(inside, tuple(presets), held, accept=tuple(accept))
    write_whole(folder / "job.yaml", saved.written().encode())
    return folder


@contextmanager
def scratch(store: Path | None) -> Iterator[Path]:
    """A store that is gone afterwards, unless one was given."""
    if store:
        yield store
        return
    with cleanup.scratch("finish-store-") as folder:
        yield folder
