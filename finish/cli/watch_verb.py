"""`finish watch FOLDER`: what is dropped there is finished."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from finish import api
from finish.cli.batch import AtCluster
from finish.cli.naming import AllowLibrary
from finish.cluster.dask_executor import connected_or_none
from finish.deliver.outcome import Outcome
from finish.errors import EXIT_FAILED, EXIT_KEPT, DiskError, FinishError, SpecError
from finish.execution.tasks import Executor
from finish.jobspec import LoadedJob
from finish.media.job_files import allowed_here
from finish.watch.watch_items import JOBS
from finish.watch.watch_ledger import WatchEntry, WatchLedger, encoded
from finish.watch.watch_loop import QUIET, Finish, WatchLoop
from finish.watch.watch_page import PAGE, line, ordered


def watch(  # noqa: PLR0913, PLR0917 (one option each)
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="where job folders, or clips, are dropped")
    ],
    template: Annotated[
        Path | None, typer.Option("--job", help="a job folder with source: media/*, to make one of a clip")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="finish what lies there, and leave")] = False,
    quiet: Annotated[
        float, typer.Option("--quiet", min=0, help="seconds without a change after which a thing is whole")
    ] = QUIET,
    status: Annotated[
        bool, typer.Option("--status", help="only tell what is waiting, running, done and failed")
    ] = False,
    allow: AllowLibrary = None,
    cluster: AtCluster = "",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> int:
    """Finish each job folder, or clip, that is dropped into a folder, once it has stopped growing."""
    say = _json if as_json else _plain
    if status:
        for each in ordered(WatchLedger(folder).entries.values()):
            say(each)
        return EXIT_KEPT
    if template is not None and not (template / "job.yaml").is_file():
        raise SpecError(f"--job {template}: no job folder", "name a folder with a job.yaml in it")
    if template is not None and folder.resolve().is_relative_to(template.resolve()):
        raise SpecError(
            f"--job {template}: {folder} lies in it", "its copies would hold themselves: name another folder"
        )
    stop, began = threading.Event(), time.time()
    with connected_or_none(cluster) as hands:
        at_once = max(1, hands.room()) if hands else 1
        load = partial(_loaded, allowed=allow or ())
        watching = WatchLoop(
            folder,
            _finishing(folder, template, hands, stop, load),
            template,
            at_once=at_once,
            quiet=quiet,
            tell=say,
        )
        if not as_json:
            typer.echo(f"watching {folder}; {folder / PAGE} shows how it stands")
        try:
            watching.run(stop, once=once)
        finally:
            stop.set()
    ended = watching.ledger.entries.values()
    left = any(each.state == "waiting" or (each.state == "failed" and each.when >= began) for each in ended)
    return EXIT_FAILED if once and left else EXIT_KEPT


def _finishing(
    folder: Path,
    template: Path | None,
    hands: Executor | None,
    stop: threading.Event,
    load: Callable[[Path], LoadedJob],
) -> Finish:
    def finish(place: Path) -> Iterable[Outcome]:
        job = load(place).job
        if place.parent == folder / JOBS and place.name not in {clip.name for clip in job.clips.values()}:
            raise SpecError(f"{template}/job.yaml does not take {place.name}", "write there: source: media/*")
        return api.finishing(job, cancel=stop, hands=hands)

    return finish


def _loaded(place: Path, *, allowed: Sequence[Path]) -> LoadedJob:
    """The job in a folder; DiskError where that fails and a library that it may name is away, or left an empty folder."""
    try:
        return api.load(place, libraries=allowed)
    except FinishError:
        for each in (*allowed, *allowed_here()):
            if not _holds_something(each):
                raise DiskError(
                    f"the library {each} is empty or away", "is its disk, or share, there?"
                ) from None
        raise


def _holds_something(folder: Path) -> bool:
    with suppress(OSError):
        return any(folder.iterdir())
    return False


def _plain(entry: WatchEntry) -> None:
    typer.echo(encoded(line(entry)).decode())


def _json(entry: WatchEntry) -> None:
    typer.echo(json.dumps(asdict(entry)))
