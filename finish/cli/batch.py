"""Several jobs and clips in one run: one bad one doesn't stop the others, equal work is done once, and the end says which failed."""

from __future__ import annotations

import functools
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from finish import api
from finish.cli.batch_progress import BatchProgress
from finish.cli.screen import Screen
from finish.deliver.outcome import Event
from finish.engine.plan import TRUSTING, Invalidation
from finish.engine.preview import PreviewRequest
from finish.engine.scheduler import in_order
from finish.engine.selection import chosen, store_folder
from finish.errors import (
    EXIT_BROKEN,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_KEPT,
    FinishError,
    PathError,
    unforeseen,
)
from finish.execution.tasks import Executor
from finish.jobspec import LoadedJob
from finish.model import Job

T = TypeVar("T")
AtCluster = Annotated[
    str, typer.Option("--cluster", help="have a Dask cluster do the work: tcp://host:8786, or local:2")
]

# Over a batch the worst ending counts (design: verbs): could not run, then broken, then kept.
_WORST: Final = (EXIT_INTERRUPTED, EXIT_FAILED, EXIT_BROKEN, EXIT_KEPT)
_ENDINGS: Final = {EXIT_KEPT: "done", EXIT_BROKEN: "broken", EXIT_FAILED: "failed"}


def is_media(path: Path) -> bool:
    """Whether a path means a clip and no job: a file that is no YAML."""
    return path.is_file() and path.suffix.lower() not in (".yaml", ".yml")


def strictly(job: Job, strict: bool | None) -> Job:
    """The job with notes that ask for action refused, or let be, whatever its destinations say; as it is for None."""
    if strict is None:
        return job
    deliverables = (
        replace(each, delivery=each.delivery.model_copy(update={"strict": strict}))
        for each in job.deliverables
    )
    return replace(job, deliverables=tuple(deliverables))


def worst(codes: Iterable[int]) -> int:
    """The exit code of a batch."""
    return min(codes, key=_WORST.index, default=EXIT_KEPT)


@dataclass(frozen=True)
class BatchResult:
    """How one thing of a batch ended: which clip it was of ("" for a whole job), its name as told, its exit code, and why."""

    clip: str
    name: str
    code: int
    why: str = ""


@dataclass
class Batch:
    """Jobs one after the other; where `hands` do the work, as many at once as they can do errands. `only` names the deliverables that are
    wanted; `labelled` says which job an error is of; `look` asks for drafts; `strict` overrules the destinations."""

    shown: Screen
    only: tuple[str, ...] = ()
    labelled: bool = False
    look: PreviewRequest | None = None
    anew: Invalidation = TRUSTING
    hands: Executor | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    strict: bool | None = None
    ended: list[BatchResult] = field(default_factory=list)
    _made: set[Path] = field(default_factory=set)
    _stores: list[Path] = field(default_factory=list)
    _told: dict[int, FinishError] = field(
        default_factory=dict
    )  # held: another could get the number of one that is gone
    _course: BatchProgress = field(default_factory=lambda: BatchProgress({}))

    @property
    def exit_code(self) -> int:
        return worst(each.code for each in self.ended)

    def run(self, loaders: Mapping[str, Callable[[], LoadedJob]]) -> None:
        """Finish jobs, one after the other, whatever happens to each; all are read before the first begins."""
        loaded = {target: self._tried(target, loader) for target, loader in loaders.items()}
        self._course = BatchProgress.of(
            clip for each in loaded.values() if each for clip in self._clips(each.job).values()
        )
        works = [
            functools.partial(
                self._tried, target, functools.partial(self._run, each, target if self.labelled else "")
            )
            for target, each in loaded.items()
            if each is not None
        ]
        at_once = min(len(works), self.hands.room()) if self.hands else 1
        for _ in (
            in_order(works, at_once, lambda _: self.cancel.set())
            if at_once > 1
            else (work() for work in works)
        ):
            pass

    def _tried(self, target: str, do: Callable[[], T]) -> T | None:
        """What `do` returns; None where that went wrong, which is told."""
        try:
            return do()
        except FinishError as wrong:
            self._failed(wrong, target)
        except Exception as fault:  # ours; the next job must not pay for it
            if "FINISH_DEBUG" in os.environ:
                raise
            self._failed(unforeseen(fault), target)
        return None

    def _tell(self, event: Event) -> None:
        if event.what == "render" and event.clip:
            self._course.rendered(event.clip, event.done or 0.0)
        self.shown.tell(event, self._course if self._course.several else None)

    def _failed(self, wrong: FinishError, target: str) -> None:
        self.shown.error(wrong, target if self.labelled else "")
        self.ended.append(BatchResult("", target, wrong.exit_code, str(wrong)))

    def _run(self, loaded: LoadedJob, target: str) -> None:
        job = strictly(loaded.job, self.strict)
        targets = {job.folder / "out" / each.name for each in job.deliverables}
        if targets & self._made:
            again = ", ".join(sorted(str(each) for each in targets & self._made))
            raise PathError(
                f"{again} was already made from another clip of this batch",
                "give the clips names of their own",
            )
        self._made |= targets
        for warning in loaded.warnings(date.today()):
            self.shown.line(f"note: {warning}")
        clips, ended = self._clips(job), Counter[Path]()
        asked = Counter(clips.values())
        for outcome in api.finishing(
            job,
            self.only,
            on_event=self._tell,
            lenders=tuple(self._stores),
            look=self.look,
            anew=self.anew,
            cancel=self.cancel,
            hands=self.hands,
        ):
            clip = clips[outcome.name]
            ended[clip] += 1
            self._course.over(clip, ended[clip] / max(1, asked[clip]))
            self.shown.result(job.name, outcome, clip)
            self._tell_once(outcome.error, target)
            why = str(outcome.error or "; ".join(map(str, outcome.broken)))
            self.ended.append(BatchResult(str(clip), f"{job.name}/{outcome.name}", outcome.exit_code, why))
        self._stores.append(store_folder(job))

    def _clips(self, job: Job) -> dict[str, Path]:
        """The clip of each deliverable that is wanted; none where a name is unknown, which is told when its turn comes."""
        try:
            return chosen(job, self.only).clips
        except FinishError:
            return {}

    def _tell_once(self, wrong: FinishError | None, target: str) -> None:
        """What is wrong with a clip is wrong with each of its deliverables, and said once."""
        if wrong is not None and id(wrong) not in self._told:
            self._told[id(wrong)] = wrong
            self.shown.error(wrong, target)

    def summary(self) -> Iterator[str]:
        """How a batch of several clips or jobs ended: how many, and each reason once with all that it stopped."""
        clips = {each.clip for each in self.ended}
        if len(clips) < 2 and len(self.ended) < 4:
            return
        counts = {word: sum(each.code == code for each in self.ended) for code, word in _ENDINGS.items()}
        yield f"{len(clips - {''})} clips, {len(self.ended)} deliverables: " + ", ".join(
            f"{n} {word}" for word, n in counts.items() if n
        )
        reasons: dict[tuple[str, str], list[str]] = {}
        for each in self.ended:
            if each.code:
                reasons.setdefault((_ENDINGS.get(each.code, "failed").upper(), each.why), []).append(
                    each.name
                )
        for (ending, why), names in reasons.items():
            yield f"  {ending:<6}  {', '.join(names)}: {why}"
