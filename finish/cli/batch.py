"""Several jobs and clips in one run: equal work is done once, and one that fails doesn't stop the others."""

from __future__ import annotations

import functools
import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from finish import api
from finish.cli.batch_progress import BatchProgress
from finish.cli.screen import Screen
from finish.deliver.outcome import Event
from finish.engine.job_store import store_folder
from finish.engine.plan import TRUSTING, Invalidation
from finish.engine.scheduler import in_order
from finish.engine.selection import select
from finish.errors import (
    EXIT_BROKEN,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_KEPT,
    FinishError,
    PathError,
    unforeseen,
)
from finish.jobspec import LoadedJob
from finish.model import Footage, Job

if TYPE_CHECKING:
    from finish.engine.preview import PreviewRequest
    from finish.execution.tasks import Executor

T = TypeVar("T")

# The worst result of a batch counts: failed, then broken, then kept.
_WORST: Final = (EXIT_INTERRUPTED, EXIT_FAILED, EXIT_BROKEN, EXIT_KEPT)
_ENDINGS: Final = {EXIT_KEPT: "done", EXIT_BROKEN: "broken", EXIT_FAILED: "failed"}


def strictly(job: Job, strict: bool | None) -> Job:
    """The job with notes that ask for action refused or allowed in every destination; unchanged for None."""
    if strict is None:
        return job
    deliverables = (
        replace(deliverable, delivery=deliverable.delivery.model_copy(update={"strict": strict}))
        for deliverable in job.deliverables
    )
    return replace(job, deliverables=tuple(deliverables))


def worst(codes: Iterable[int]) -> int:
    """The exit code of a batch."""
    return min(codes, key=_WORST.index, default=EXIT_KEPT)


@dataclass(frozen=True)
class BatchResult:
    """How one deliverable, or a job that can't be loaded, ended.

    `footage` is None for a job; `reason` is the error or the broken promises in words.
    """

    footage: Footage | None
    name: str
    code: int
    reason: str = ""


@dataclass
class Batch:
    """Jobs one after the other; with an `executor`, as many at once as it has capacity for.

    `only` names deliverables, `labelled` adds the job to an error, `look` asks for drafts, and `strict`
    overrides the destinations.
    """

    screen: Screen
    only: tuple[str, ...] = ()
    labelled: bool = False
    look: PreviewRequest | None = None
    invalidation: Invalidation = TRUSTING
    executor: Executor | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    strict: bool | None = None
    results: list[BatchResult] = field(default_factory=list)
    self_contained: bool = True  # whether all jobs so far read only files in their own folders
    _targets: set[Path] = field(default_factory=set)
    _stores: list[Path] = field(default_factory=list)
    _reported: dict[int, FinishError] = field(default_factory=dict)  # held, because an id can be used again
    _progress: BatchProgress = field(default_factory=lambda: BatchProgress({}))

    @property
    def exit_code(self) -> int:
        """The worst exit code."""
        return worst(result.code for result in self.results)

    def run(self, loaders: Mapping[str, Callable[[], LoadedJob]]) -> None:
        """Finish every job that can be loaded; all are loaded before the first begins."""
        loaded = {target: self._attempt(target, loader) for target, loader in loaders.items()}
        jobs = [job for job in loaded.values() if job is not None]
        self.self_contained = all(job.self_contained for job in jobs)
        self._progress = BatchProgress.of(one for job in jobs for one in self._footage(job.job).values())
        works = [
            functools.partial(
                self._attempt, target, functools.partial(self._run, job, target if self.labelled else "")
            )
            for target, job in loaded.items()
            if job is not None
        ]
        at_once = min(len(works), self.executor.capacity()) if self.executor else 1
        if at_once > 1:
            deque(in_order(works, at_once, lambda _: self.cancel.set()), maxlen=0)
        else:
            for work in works:
                work()

    def _attempt(self, target: str, do: Callable[[], T]) -> T | None:
        """What `do` returns; None if it fails, after the error is reported."""
        try:
            return do()
        except FinishError as error:
            self._fail(error, target)
        except Exception as error:  # a fault of finish must not stop the next job
            if "FINISH_DEBUG" in os.environ:
                raise
            self._fail(unforeseen(error), target)
        return None

    def _tell(self, event: Event) -> None:
        if event.what == "render" and event.footage:
            self._progress.rendered(event.footage, event.done or 0.0)
        self.screen.tell(event, self._progress if self._progress.several else None)

    def _fail(self, error: FinishError, target: str) -> None:
        self.screen.error(error, target if self.labelled else "")
        self.results.append(BatchResult(None, target, error.exit_code, str(error)))

    def _run(self, loaded: LoadedJob, target: str) -> None:
        job = strictly(loaded.job, self.strict)
        targets = {job.folder / "out" / deliverable.name for deliverable in job.deliverables}
        if taken := targets & self._targets:
            raise PathError(
                f"{', '.join(sorted(map(str, taken)))} was already made from another clip of this run",
                "give every clip a name of its own",
            )
        self._targets |= targets
        for warning in loaded.warnings(date.today()):
            self.screen.line(f"note: {warning}")
        footage, ended = self._footage(job), Counter[Footage]()
        expected = Counter(footage.values())
        for outcome in api.finishing(
            job,
            self.only,
            on_event=self._tell,
            lenders=tuple(self._stores),
            look=self.look,
            invalidation=self.invalidation,
            cancel=self.cancel,
            executor=self.executor,
        ):
            one = footage[outcome.name]
            ended[one] += 1
            self._progress.ended(one, ended[one] / max(1, expected[one]))
            self.screen.result(job.name, outcome, one)
            self._report_once(outcome.error, target)
            reason = str(outcome.error or "; ".join(map(str, outcome.broken)))
            name = f"{job.name}/{outcome.name}"
            self.results.append(BatchResult(one, name, outcome.exit_code, reason))
        self._stores.append(store_folder(job))

    def _footage(self, job: Job) -> dict[str, Footage]:
        """The clip or timeline of each selected deliverable; empty for an unknown name, which
        `_run` reports."""
        try:
            return select(job, self.only).footage
        except FinishError:
            return {}

    def _report_once(self, error: FinishError | None, target: str) -> None:
        """Report an error once, although every deliverable of a clip has it."""
        if error is not None and id(error) not in self._reported:
            self._reported[id(error)] = error
            self.screen.error(error, target)

    def summary(self) -> Iterator[str]:
        """How a batch of several clips or jobs ended: counts, and each reason once with its deliverables."""
        footage = {result.footage for result in self.results}
        if len(footage) < 2 and len(self.results) < 4:
            return
        counts = {word: sum(one.code == code for one in self.results) for code, word in _ENDINGS.items()}
        ends = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        yield f"{_counts(footage - {None})}{len(self.results)} deliverables: {ends}"
        reasons: dict[tuple[str, str], list[str]] = {}
        for result in self.results:
            if result.code:
                ending = _ENDINGS.get(result.code, "failed").upper()
                reasons.setdefault((ending, result.reason), []).append(result.name)
        for (ending, reason), names in reasons.items():
            yield f"  {ending:<6}  {', '.join(names)}: {reason}"


def _counts(footage: Set[Footage | None]) -> str:
    """How many clips and timelines there are, such as "2 clips, 1 timeline, "."""
    timelines = sum(bool(one and one.timeline) for one in footage)
    counts = ((len(footage) - timelines, "clip"), (timelines, "timeline"))
    return "".join(f"{count} {noun}{'s' * (count != 1)}, " for count, noun in counts if count)
