"""A task as this machine can run it: with its files at their paths, or with copies from object storage."""

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
from finish.media.probe_cache import content
from finish.storage.file_state import State, state
from finish.storage.remote_store import RemoteStore
from finish.storage.store import Store, most_bytes
from finish.storage.user_folders import cache
from finish.units import Span

_HINT: Final = "put the job in a folder that has the same path on every machine, or in object storage"
_COLLECT_SECONDS: Final = 300.0  # between two collections of this machine's store
_COLLECTED: Final = [0.0]  # when the last one was (s, monotonic)


@contextmanager
def localized(
    task: MachineTask, *, whole: bool = False
) -> Iterator[tuple[MachineTask, Store, dict[Path, State]]]:
    """The task with this machine's paths, the store that it fills, and its clips' states.

    Copies are kept until the context ends. Of a clip in object storage only what the task reads is fetched,
    unless `whole`. FinishError for a file that this machine can't read, or that differs from the client's.
    """
    clips = sorted(graph.files(task.ends))
    with ExitStack() as stack:
        copied = {
            path: stack.enter_context(copies().of(task.context.objects[path]))
            for path in clips
            if _is_remote(path, task.context)
        }
        span = _span_read(task) if copied and not whole else None
        for copy in copied.values():
            copy.fetch(span)
        store = _store(task.context)
        local = [path for path in clips if path not in copied]
        _refuse_unreadable(local)
        states = _states(task, copied)
        _refuse_different(task, local)
        yield _relocated(task, copied), store, states
        _collect(store)


def is_partial(task: MachineTask) -> bool:
    """Whether only a part of a clip that the task reads is fetched."""
    remote = any(_is_remote(path, task.context) for path in graph.files(task.ends))
    return remote and _span_read(task) is not None


def _is_remote(path: Path, context: TaskContext) -> bool:
    return path in context.objects and not os.path.exists(path)


def _span_read(task: MachineTask) -> Span | None:
    """The time of its clip that a task reads; None if it may read all."""
    return graph.read_during(task.ends) if isinstance(task, RenderTask) else None


def _relocated(task: MachineTask, copied: dict[Path, PartialCopy]) -> MachineTask:
    return task.at({path: copy.path for path, copy in copied.items()}) if copied else task


def _store(context: TaskContext) -> Store:
    """The client's store if this machine can reach it, else this machine's with the same shared store."""
    shared = RemoteStore(context.shared, context.shared_secret) if context.shared else None
    if os.path.exists(context.store):  # `Path.exists` raises for a folder without permission
        return Store(context.store, shared=shared, secret=context.secret)
    if shared is None:
        _refuse_unreadable([context.store])
    return Store(_own_store(), shared=shared)


def _own_store() -> Path:
    """The folder of this machine and user for what workers make."""
    return cache() / "store"


def _collect(store: Store) -> None:
    """Keep this machine's own store within its size; clients do that for a job's store.

    Not after each task, because it looks at every piece.
    """
    if store.folder == _own_store() and time.monotonic() - _COLLECTED[0] > _COLLECT_SECONDS:
        _COLLECTED[0] = time.monotonic()
        store.collect(most_bytes(), since=time.time() - _COLLECT_SECONDS)


def _refuse_unreadable(paths: list[Path]) -> None:
    """ClusterError for the first path that this machine can't read."""
    for path in paths:
        if not os.path.exists(path):
            raise ClusterError(f"{socket.gethostname()} can't read {path}", _HINT)


def _states(task: MachineTask, copied: dict[Path, PartialCopy]) -> dict[Path, State]:
    """The states of the clips that this machine reads in place; MediaError for a copy of another state."""
    for clip, copy in copied.items():
        expected = task.context.states.get(clip)
        if expected is not None and [copy.origin.size, copy.origin.changed] != expected[2:4]:
            raise MediaError(f"{clip.name} changed while it was read", "run again")
    return {path: state(path) for path in task.context.states if path not in copied}


def _refuse_different(task: MachineTask, clips: list[Path]) -> None:
    """ClusterError for a clip whose bytes aren't the client's: another may have its path on this machine.

    A file with the inode, size and both times (ns) that the client saw is the same file of a shared folder,
    and isn't read; only device numbers differ between machines. Any other file is read once, and its digest
    is kept until the file changes.
    """
    digests = {
        Path(node.path): str(node.arg("content"))
        for node in graph.history(task.ends)
        if node.name == "source"
    }
    for path in clips:
        expected, actual = task.context.states.get(path), state(path)
        if expected is not None and actual is not None and expected[1:] == actual[1:]:
            continue
        if content(path, Store(_own_store())) != digests[path]:
            raise ClusterError(f"{socket.gethostname()} has a different file at {path}", _HINT)
