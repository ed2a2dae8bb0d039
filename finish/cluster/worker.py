"""Errands as another machine does them: the same pieces and answers, into the same store."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Final

from finish import resources
from finish.cluster import localize
from finish.errors import ClusterError, FFmpegError, MediaError
from finish.execution.frame_reader import Analysis, FrameReader, fact_key
from finish.execution.renderer import Renderer
from finish.execution.tasks import AnalysisTask, MachineTask, RenderTask, ReportFrames
from finish.media.ffmpeg import ffmpeg_program, ffmpeg_runner
from finish.units import digest

# What it may look like when more of a film was read than was fetched: then all of it is.
# Of each run that this process works for: whether somebody has stopped it. A run is stopped for good, so nothing is ever cleared.
_STOPPED: Final[dict[str, threading.Event]] = {}


def stopped(run: str) -> threading.Event:
    return _STOPPED.setdefault(run, threading.Event())


def stop(run: str) -> None:
    """End what this process does for a run, and whatever it would be given."""
    stopped(run).set()


def do(task: MachineTask, run: str, tell: ReportFrames | None = None) -> None:
    """Have the pieces or the answers of a task in its store; FinishError as anywhere."""
    try:
        _do(task, run, tell, all_of_it=False)
    except (MediaError, FFmpegError):
        if not localize.partly(task):
            raise
        _do(task, run, tell, all_of_it=True)


def _do(task: MachineTask, run: str, tell: ReportFrames | None, *, all_of_it: bool) -> None:
    with localize.reached(task, all_of_it=all_of_it) as (here, store, states):
        workshop = Renderer(store, stopped(run))
        workshop.states = states
        match here:
            case RenderTask():
                workshop.make(*here.groups, tell=tell, frames=here.frames)
                for piece in filter(
                    None, map(workshop.find, here.ends)
                ):  # what was here before must be for all to have, too
                    store.offer(piece)
            case AnalysisTask():
                Analysis(FrameReader(workshop), store).prepare(here.questions)
                for each in here.questions:
                    store.offer_fact(fact_key(each))


def refuse_other(asked: Mapping[str, str], found: Mapping[str, str], name: str) -> None:
    """ClusterError where the worker of that name would not make what is asked for, byte for byte."""
    for what, said in asked.items():
        if found.get(what) != said:
            message = f"worker {name} has {what} {found.get(what)}, but this run needs {said}"
            raise ClusterError(
                message, "use identical versions on every worker: otherwise the output would differ"
            )


@cache
def about() -> dict[str, str]:
    """What must be the same on all machines, or they would make other bytes, or call the same bytes otherwise."""
    code = digest(*(path.read_bytes() for path in sorted(resources.PACKAGE.rglob("*.py"))))
    packages = {name: version(name) for name in ("numpy", "opencv-python-headless", "av")}
    ours = {
        "finish": f"{version('finish')} ({code[:8]})",
        "filter threads": str(ffmpeg_runner.FILTER_THREADS),
    }
    return {**ours, "FFmpeg": ffmpeg_program.version(), **packages}
