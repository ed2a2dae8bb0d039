"""Tasks as a worker runs them: the same pieces and answers as on the client, into the same store."""

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

# Whether each run that this process works for was stopped. A run stays stopped, so nothing is cleared.
_STOPPED: Final[dict[str, threading.Event]] = {}


def stopped(run: str) -> threading.Event:
    """The event that is set once a run is stopped."""
    return _STOPPED.setdefault(run, threading.Event())


def stop(run: str) -> None:
    """Stop what this process does for a run, and refuse its later tasks."""
    stopped(run).set()


def do(task: MachineTask, run: str, tell: ReportFrames | None = None) -> None:
    """Store the pieces or the answers of a task; FinishError as on the client.

    A clip of which only a part was fetched may fail in other ways than the whole one, so it is tried whole.
    """
    try:
        _do(task, run, tell, whole=False)
    except (MediaError, FFmpegError):
        if not localize.is_partial(task):
            raise
        _do(task, run, tell, whole=True)


def _do(task: MachineTask, run: str, tell: ReportFrames | None, *, whole: bool) -> None:
    with localize.localized(task, whole=whole) as (local, store, states):
        renderer = Renderer(store, stopped(run))
        renderer.states = states
        match local:
            case RenderTask():
                renderer.make(*local.groups, tell=tell, frames=local.frames)
                # What this machine's store had before must reach the shared store too.
                for piece in filter(None, map(renderer.find, local.ends)):
                    store.offer(piece)
            case AnalysisTask():
                Analysis(FrameReader(renderer), store).prepare(local.questions)
                for question in local.questions:
                    store.offer_fact(fact_key(question))


def refuse_other(needed: Mapping[str, str], installed: Mapping[str, str], name: str) -> None:
    """ClusterError if the worker of that name has another version of something that decides the bytes."""
    for what, needed_version in needed.items():
        if installed.get(what) != needed_version:
            message = f"worker {name} has {what} {installed.get(what)}, but this run needs {needed_version}"
            raise ClusterError(
                message, "use identical versions on every worker: otherwise the output would differ"
            )


@cache
def about() -> dict[str, str]:
    """The versions that must be equal on all machines, because bytes or store keys depend on them."""
    code = digest(*(path.read_bytes() for path in sorted(resources.PACKAGE.rglob("*.py"))))
    packages = {name: version(name) for name in ("numpy", "opencv-python-headless", "av")}
    ours = {
        "finish": f"{version('finish')} ({code[:8]})",
        "filter threads": str(ffmpeg_runner.FILTER_THREADS),
    }
    return {**ours, "FFmpeg": ffmpeg_program.version(), **packages}
