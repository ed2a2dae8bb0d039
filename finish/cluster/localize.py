"""A task as this machine can do it: its files where they are seen here, or as copies of what lies in object storage."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from finish import graph
from finish.cluster.partial_fetch import PartialCopy, copies
from finish.errors import ClusterError, MediaError
from finish.execution.tasks import MachineTask, RenderTask, TaskContext
from finish.media.probe_cache import State, content, state
from finish.storage.remote_store import RemoteStore
from finish.storage.store import Store, cache, most_bytes
from finish.units import Span

_SHARED: Final = "put the job in a folder that has the same path on every machine, or in object storage"
_OFTEN: Final = 300.0  # s
_COLLECTED: Final = [0.0]


@contextmanager
def reached(
    task: MachineTask, *, all_of_it: bool = False
) -> Iterator[tuple[MachineTask, Store, dict[Path, State]]]:
    """The task with its files as they are here, the store that it fills, and its clips' states; copies are held for as long.

    Of a film in object storage no more is fetched than the task reads, unless `all_of_it`. FinishError for what this machine does
    not see, or sees otherwise than who gave the task.
    """
    clips = sorted(graph.files(task.ends))
    with ExitStack() as held:
        copied = {
            path: held.enter_context(copies().of(task.context.objects[path]))
            for path in clips
            if _far(path, task.context)
        }
        span = _read(task) if copied and not all_of_it else None
        for each in copied.values():
            each.fetch(span)
        store = _store(task.context)
        seen = [path for path in clips if path not in copied]
        _refuse_unseen(seen)
        states = _states(task, copied)
        _refuse_others(task, seen)
        yield _there(task, copied), store, states
        _collect(store)


def partly(task: MachineTask) -> bool:
    """Whether a film that the task reads is here in part only."""
    return any(_far(path, task.context) for path in graph.files(task.ends)) and _read(task) is not None


def _far(path: Path, context: TaskContext) -> bool:
    return path in context.objects and not os.path.exists(path)


def _read(task: MachineTask) -> Span | None:
    """The time of its film that a task reads; None where it may be all."""
    return graph.read_during(task.ends) if isinstance(task, RenderTask) else None


def _there(task: MachineTask, copied: dict[Path, PartialCopy]) -> MachineTask:
    return task.at({path: each.path for path, each in copied.items()}) if copied else task


def _store(context: TaskContext) -> Store:
    """The store that was named, where it is seen, or one of this machine with the same shared store behind it."""
    shared = RemoteStore(context.shared, context.shared_secret) if context.shared else None
    if os.path.exists(context.store):  # of a folder that may not be entered `Path.exists` raises
        return Store(context.store, shared=shared, secret=context.secret)
    if shared is None:
        _refuse_unseen([context.store])
    return Store(_home(), shared=shared)


def _home() -> Path:
    """A folder of this machine and user for what a worker has made."""
    return cache() / "store"


def _collect(store: Store) -> None:
    """Keep this machine's own store to its size; a job's is kept by its client. Not after each task: it looks at every piece."""
    if store.folder == _home() and time.monotonic() - _COLLECTED[0] > _OFTEN:
        _COLLECTED[0] = time.monotonic()
        store.collect(most_bytes(), since=time.time() - _OFTEN)


def _refuse_unseen(paths: list[Path]) -> None:
    for path in paths:
        if not os.path.exists(path):
            raise ClusterError(f"{socket.gethostname()} can't read {path}", _SHARED)


def _states(task: MachineTask, copied: dict[Path, PartialCopy]) -> dict[Path, State]:
    """Of the clips that are seen here. A copy is of one state of its object, the one that the task is about."""
    for clip, each in copied.items():
        then = task.context.states.get(clip)
        if then is not None and [each.found.size, each.found.changed] != then[2:4]:
            raise MediaError(f"{clip.name} changed while it was read", "run again")
    return {path: state(path) for path in task.context.states if path not in copied}


def _refuse_others(task: MachineTask, clips: list[Path]) -> None:
    """ClusterError for a clip whose bytes are not those that the task is about: another may lie here under its name.

    What has the inode, the size and both times (ns) that the client saw is the same file of a shared folder, and is not read for it: only
    the device's number is a machine's own. Everything else is read once, and known while it stays as it is.
    """
    wanted = {
        Path(node.path): str(node.arg("content"))
        for node in graph.history(task.ends)
        if node.name == "source"
    }
    for path in clips:
        then, now = task.context.states.get(path), state(path)
        if then is not None and now is not None and then[1:] == now[1:]:
            continue
        if content(path, Store(_home())) != wanted[path]:
            raise ClusterError(f"{socket.gethostname()} has a different file at {path}", _SHARED)
