"""Watched folders from Python: job folders and clips that are added to one are finished."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from finish.api.loading import load
from finish.api.running import finishing
from finish.deliver.outcome import Outcome
from finish.errors import DiskError, FinishError, SpecError
from finish.execution.tasks import Executor
from finish.jobspec import JOB_FILE, LoadedJob
from finish.media.job_folder import allowed_libraries
from finish.watch.watch_items import JOBS
from finish.watch.watch_ledger import WatchEntry, WatchLedger
from finish.watch.watch_loop import QUIET, Finish, WatchLoop
from finish.watch.watch_page import ordered


def watch_folder(  # noqa: PLR0913 (all but one named and optional)
    folder: str | Path,
    *,
    template: str | Path | None = None,
    once: bool = False,
    quiet: float | None = None,
    libraries: Sequence[str | Path] = (),
    tell: Callable[[WatchEntry], None] | None = None,
    stop: threading.Event | None = None,
    executor: Executor | None = None,
) -> bool:
    """Finish each job folder or clip in `folder` once it hasn't changed for `quiet` seconds (default: 5).

    `template` is a job folder with `source: media/*`, from which each clip's job is made. Runs until `stop`
    is set; with `once`, until everything in the folder was tried. `tell` is called with every change of
    state. Returns whether nothing waits or failed in this run. SpecError for a `template` that isn't a job
    folder, or that contains `folder`.
    """
    watched, job = Path(folder), Path(template) if template is not None else None
    if job is not None:
        _refuse_template(watched, job)
    stop, began = stop or threading.Event(), time.time()
    loaded = partial(_loaded, libraries=tuple(map(Path, libraries)))
    loop = WatchLoop(
        watched,
        _finishing(watched, job, executor, stop, loaded),
        job,
        at_once=max(1, executor.capacity()) if executor else 1,
        quiet=QUIET if quiet is None else quiet,
        tell=tell or (lambda _: None),
    )
    try:
        loop.run(stop, once=once)
    finally:
        stop.set()
    entries = loop.ledger.entries.values()
    return not any(
        entry.state == "waiting" or (entry.state == "failed" and entry.when >= began) for entry in entries
    )


def watch_status(folder: str | Path) -> tuple[WatchEntry, ...]:
    """What in a watched folder waits, runs, is done or failed; failed ones first."""
    return tuple(ordered(WatchLedger(Path(folder)).entries.values()))


def _refuse_template(folder: Path, template: Path) -> None:
    """SpecError for a template that isn't a job folder or contains the watched folder."""
    if not (template / JOB_FILE).is_file():
        raise SpecError(f"{template} isn't a job folder", f"name a folder with a {JOB_FILE} in it")
    if folder.resolve().is_relative_to(template.resolve()):
        raise SpecError(
            f"{folder} is in the template {template}",
            "watch another folder: copies of the template would contain themselves",
        )


def _finishing(
    folder: Path,
    template: Path | None,
    executor: Executor | None,
    stop: threading.Event,
    loaded: Callable[[Path], LoadedJob],
) -> Finish:
    def finish(place: Path) -> Iterable[Outcome]:
        job = loaded(place).job
        inputs = {file for deliverable in job.deliverables for file in deliverable.inputs}
        names = {file.name for file in inputs | {*job.clips.values()}}
        if place.parent == folder / JOBS and place.name not in names:
            raise SpecError(
                f"{template}/{JOB_FILE} doesn't take {place.name}", "write there: source: media/*"
            )
        return finishing(job, cancel=stop, executor=executor)

    return finish


def _loaded(place: Path, *, libraries: Sequence[Path]) -> LoadedJob:
    """The job in a folder; DiskError if that fails while a library is empty: its disk may not be mounted."""
    try:
        return load(place, libraries=libraries)
    except FinishError:
        for library in (*libraries, *allowed_libraries()):
            if not _has_files(library):
                raise DiskError(
                    f"the library {library} is empty or missing", "check that its disk or share is mounted"
                ) from None
        raise


def _has_files(folder: Path) -> bool:
    with suppress(OSError):
        return any(folder.iterdir())
    return False
