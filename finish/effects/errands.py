"""Work that another process can do for us, as a value: pieces to make, or questions to answer, into a store that both see."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from finish import graph
from finish.effects.recall import State, state
from finish.errors import FinishError
from finish.graph import Stream
from finish.model import Measure

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Making:
    """Streams to encode by one process, in groups as `Workshop.make` takes them; `frames` by their keys; `states` of
    clips as they were first read."""

    store: Path
    groups: tuple[tuple[Stream, ...], ...]
    frames: Mapping[str, int]
    states: Mapping[Path, State]

    @classmethod
    def of(cls, store: Path, groups: Sequence[Sequence[Stream]], frames: Mapping[str, int], states: Mapping[Path, State]) -> Making:
        """What it needs travels with it: captions, tables and pictures as the bytes that they are."""
        ends = [stream for group in groups for stream in group]
        return cls(store, tuple(graph.packed(group) for group in groups), dict(frames), _read_by(ends, states))

    @property
    def ends(self) -> list[Stream]:
        return [stream for group in self.groups for stream in group]

    def __str__(self) -> str:
        return f"rendering of {', '.join(sorted({path.name for path in graph.files(self.ends)})) or 'pieces'}"


@dataclass(frozen=True)
class Asking:
    """Questions that share one decode."""

    store: Path
    questions: tuple[Measure[Any], ...]
    states: Mapping[Path, State]

    @classmethod
    def of(cls, store: Path, questions: Sequence[Measure[Any]], states: Mapping[Path, State]) -> Asking:
        """What it needs travels with it."""
        packed = tuple(_packed(each) for each in questions)
        return cls(store, packed, _read_by(_asked_of(packed), states))

    @property
    def ends(self) -> list[Stream]:
        return _asked_of(self.questions)

    def __str__(self) -> str:
        return ", ".join(type(each.analyser).__name__ for each in self.questions)


Errand = Making | Asking


def _read_by(ends: Sequence[Stream], states: Mapping[Path, State]) -> dict[Path, State]:
    """The states of those clips that the streams read: of the others a run's threads go on adding."""
    return {path: states[path] for path in graph.files(ends) if path in states}


def _asked_of(questions: Sequence[Measure[Any]]) -> list[Stream]:
    return [each for question in questions for each in (question.of, question.against) if each]


def _packed(question: Measure[Any]) -> Measure[Any]:
    of, *against = graph.packed([each for each in (question.of, question.against) if each])
    return Measure(question.analyser, of, *against)


class Hands(Protocol):
    """Who does errands: several at once, each done when the call returns."""

    def room(self) -> int:
        """How many errands can be in hand at once."""
        ...

    def do(self, errand: Errand, cancel: threading.Event, tell: Tell | None = None) -> None:
        """Have it done; FinishError as if it were done here. `tell` is told how many frames are made."""
        ...


def seen_here(errand: Errand) -> dict[Path, State]:
    """The states of an errand's clips on this machine; FinishError for what this machine does not see, or sees otherwise."""
    for path in (errand.store, *sorted(graph.files(errand.ends))):
        if not path.exists():
            message = f"{socket.gethostname()} does not see {path}"
            raise FinishError("path", message, "put the job on a folder that all machines have under the same name")
    here = {clip: state(clip) for clip in errand.states}
    for clip, then in errand.states.items():
        if (here[clip] or [])[2:4] != (then or [])[2:4]:    # its size and its time of change: devices and inodes are a machine's own
            raise FinishError("media", f"{clip.name} changed while it was read", "run again")
    return here
