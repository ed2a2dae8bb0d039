"""Work that another process can do for us, as a value: pieces to make, or questions to answer, into a store that both see."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from finish import graph
from finish.graph import Stream
from finish.media.probe_cache import State
from finish.model import Measure
from finish.storage.download_cache import origin
from finish.storage.object_storage import Object
from finish.storage.store import Store

ReportFrames = Callable[[int], None]


@dataclass(frozen=True)
class TaskContext:
    """What an errand needs besides itself: where its results go (the folder of a store, and the address of the shelf behind it, if there is
    one, each with the secret that seals what is put there), its clips' `states` as they were first read, and the `objects` that clips
    are copies of."""

    store: Path
    secret: bytes = field(default=b"", repr=False)  # not for logs
    shelf: str = ""
    shelf_secret: bytes = field(default=b"", repr=False)
    states: Mapping[Path, State] = field(default_factory=dict)
    objects: Mapping[Path, Object] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, ends: Sequence[Stream], states: Mapping[Path, State]) -> TaskContext:
        """Of the clips that the streams read, and no others: a run's threads go on adding states."""
        clips = graph.files(ends)
        read, copied = (
            {path: states[path] for path in clips if path in states},
            {path: origin(path) for path in clips},
        )
        shelf = (store.shelf.url, store.shelf.secret) if store.shelf else ("", b"")
        return cls(
            store.opened(), store.secret, *shelf, read, {path: each for path, each in copied.items() if each}
        )


@dataclass(frozen=True)
class RenderTask:
    """Streams to encode by one process, in groups as `Workshop.make` takes them; `frames` by their keys."""

    means: TaskContext
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
        """What it needs travels with it: captions, tables and pictures as the bytes that they are."""
        ends = [stream for group in groups for stream in group]
        return cls(
            TaskContext.of(store, ends, states), tuple(graph.packed(group) for group in groups), dict(frames)
        )

    def at(self, places: Mapping[Path, Path]) -> RenderTask:
        """The same with files that lie elsewhere."""
        return replace(self, groups=tuple(graph.relocated(group, places) for group in self.groups))

    @property
    def ends(self) -> list[Stream]:
        return [stream for group in self.groups for stream in group]

    def __str__(self) -> str:
        return f"rendering of {', '.join(sorted({path.name for path in graph.files(self.ends)})) or 'pieces'}"


@dataclass(frozen=True)
class AnalysisTask:
    """Questions that share one decode."""

    means: TaskContext
    questions: tuple[Measure[Any], ...]

    @classmethod
    def of(
        cls, store: Store, questions: Sequence[Measure[Any]], states: Mapping[Path, State]
    ) -> AnalysisTask:
        """What it needs travels with it."""
        packed = tuple(_with_streams(each, graph.packed) for each in questions)
        return cls(TaskContext.of(store, _asked_of(packed), states), packed)

    def at(self, places: Mapping[Path, Path]) -> AnalysisTask:
        """The same with files that lie elsewhere."""
        moved = tuple(
            _with_streams(each, lambda ends: graph.relocated(ends, places)) for each in self.questions
        )
        return replace(self, questions=moved)

    @property
    def ends(self) -> list[Stream]:
        return _asked_of(self.questions)

    def __str__(self) -> str:
        return ", ".join(type(each.analyser).__name__ for each in self.questions)


MachineTask = RenderTask | AnalysisTask


def _asked_of(questions: Sequence[Measure[Any]]) -> list[Stream]:
    return [each for question in questions for each in question.streams]


def _with_streams(
    question: Measure[Any], change: Callable[[Sequence[Stream]], Sequence[Stream]]
) -> Measure[Any]:
    of, *against = change(question.streams)
    return Measure(question.analyser, of, tuple(against))


class Executor(Protocol):
    """Who does errands: several at once, each done when the call returns."""

    def room(self) -> int:
        """How many errands can be in hand at once."""
        ...

    def do(self, errand: MachineTask, cancel: threading.Event, tell: ReportFrames | None = None) -> None:
        """Have it done; FinishError as if it were done here. `tell` is told how many frames are made."""
        ...
