"""Work for another process, as a value: pieces to render or questions to answer, into a shared store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from finish import graph
from finish.graph import Stream
from finish.model import Measure
from finish.storage.download_cache import origin
from finish.storage.file_state import State
from finish.storage.object_storage import Object
from finish.storage.store import Store

ReportFrames = Callable[[int], None]


@dataclass(frozen=True)
class TaskContext:
    """What a task needs besides itself.

    `store` is the folder that results go to, and `shared` the address of the store behind it, if any; each
    has the secret that seals what is stored there. `states` are those of the clips as they were first read;
    `objects` are those that clips are copies of.
    """

    store: Path
    secret: bytes = field(default=b"", repr=False)  # not for logs
    shared: str = ""
    shared_secret: bytes = field(default=b"", repr=False)
    states: Mapping[Path, State] = field(default_factory=dict)
    objects: Mapping[Path, Object] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, ends: Sequence[Stream], states: Mapping[Path, State]) -> TaskContext:
        """The context of a task that reads `ends`.

        It has the states of their clips only, because other threads add states meanwhile.
        """
        clips = graph.files(ends)
        own = {path: states[path] for path in clips if path in states}
        objects = {path: copied for path in clips if (copied := origin(path))}
        shared = (store.shared.url, store.shared.secret) if store.shared else ("", b"")
        return cls(store.opened(), store.secret, *shared, own, objects)


@dataclass(frozen=True)
class RenderTask:
    """Streams for one process to encode, in groups as in `Renderer.make`, and their `frames` by key."""

    context: TaskContext
    groups: tuple[tuple[Stream, ...], ...]
    frames: Mapping[str, int]

    @classmethod
    def of(
        cls,
        store: Store,
        groups: Sequence[Sequence[Stream]],
        frames: Mapping[str, int],
        states: Mapping[Path, State],
    ) -> RenderTask:
        """A task with everything that it needs: captions, tables and pictures are packed as bytes."""
        ends = [stream for group in groups for stream in group]
        return cls(
            TaskContext.of(store, ends, states), tuple(graph.packed(group) for group in groups), dict(frames)
        )

    def at(self, places: Mapping[Path, Path]) -> RenderTask:
        """The same task with its files at other places."""
        return replace(self, groups=tuple(graph.relocated(group, places) for group in self.groups))

    @property
    def ends(self) -> list[Stream]:
        return [stream for group in self.groups for stream in group]

    def __str__(self) -> str:
        return f"rendering of {', '.join(sorted({path.name for path in graph.files(self.ends)})) or 'pieces'}"


@dataclass(frozen=True)
class AnalysisTask:
    """Questions that share one decode."""

    context: TaskContext
    questions: tuple[Measure[object], ...]

    @classmethod
    def of(
        cls, store: Store, questions: Sequence[Measure[object]], states: Mapping[Path, State]
    ) -> AnalysisTask:
        """A task with everything that it needs."""
        packed = tuple(_with_streams(question, graph.packed) for question in questions)
        return cls(TaskContext.of(store, _streams(packed), states), packed)

    def at(self, places: Mapping[Path, Path]) -> AnalysisTask:
        """The same task with its files at other places."""
        moved = tuple(
            _with_streams(question, lambda ends: graph.relocated(ends, places)) for question in self.questions
        )
        return replace(self, questions=moved)

    @property
    def ends(self) -> list[Stream]:
        return _streams(self.questions)

    def __str__(self) -> str:
        return ", ".join(type(question.analyser).__name__ for question in self.questions)


MachineTask = RenderTask | AnalysisTask


def _streams(questions: Sequence[Measure[object]]) -> list[Stream]:
    return [stream for question in questions for stream in question.streams]


def _with_streams(
    question: Measure[object], change: Callable[[Sequence[Stream]], Sequence[Stream]]
) -> Measure[object]:
    of, *against = change(question.streams)
    return Measure(question.analyser, of, tuple(against))


class Executor(Protocol):
    """Does tasks, several at once; each is done when its call returns."""

    def capacity(self) -> int:
        """How many tasks can run at once."""
        ...

    def do(self, task: MachineTask, cancel: threading.Event, tell: ReportFrames | None = None) -> None:
        """Do a task; FinishError as if it ran in this process. `tell` gets the number of frames so far."""
        ...
