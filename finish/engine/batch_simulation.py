"""A batch on many machines, on paper: the scheduler's rules with tasks that only take time, on a clock that only counts.

The rules are those of the engine and of `effects.cluster`: as many jobs at once as there are threads; of a job's clip first the look, then
its pieces and beside them its sound, then its checks; never more errands out than threads, the earliest job first; the client does one
thing at a time (it is one Python process).
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

SPREAD: Final = (
    0.3  # sigma of the logarithm of a task's time; house: of measured errands of one kind, 0.2 to 0.4
)


@dataclass(frozen=True)
class ClipWork:
    """One clip's work: seconds of one thread for its `look`, each of its `pieces`, its `sound` and `checks` (one after the other), of the
    client itself, and how many bytes go through storage."""

    look: float
    pieces: tuple[float, ...]
    sound: tuple[float, ...]
    checks: tuple[float, ...]
    client: float
    bytes: float = 0.0

    @property
    def errands(self) -> int:
        return bool(self.look) + len(self.pieces) + len(self.sound) + len(self.checks)

    @property
    def cpu(self) -> float:
        """CPU-seconds, the client's too."""
        return self.look + sum(self.pieces) + sum(self.sound) + sum(self.checks) + self.client


@dataclass(frozen=True)
class WorkerPool:
    """What there is: `threads` of workers, `clients` that share the jobs, what an errand costs a client and the scheduler (s), and the
    storage's rate (bytes/s). 11.6 ms an errand: bench/RESULTS.md, a cluster."""

    threads: int
    clients: int = 1
    errand: float = 0.0116
    storage: float = 1.25e9  # 10 Gb/s


@dataclass(frozen=True)
class Simulation:
    """How long it took (s), and the share of that in which threads, the busiest client, and the storage were at work."""

    wall: float
    threads: float
    client: float
    storage: float


@dataclass
class _Server:
    """Something that does so many things at once; of who waits, the lowest number goes first."""

    clock: _Clock
    room: int
    busy: float = 0.0
    waiting: list[tuple[float, int, float, Callable[[], None]]] = field(default_factory=list)

    def take(self, number: float, seconds: float, then: Callable[[], None]) -> None:
        heapq.heappush(self.waiting, (number, next(self.clock.ids), seconds, then))
        self._next()

    def _next(self) -> None:
        while self.room and self.waiting:
            _, _, seconds, then = heapq.heappop(self.waiting)
            self.room, self.busy = self.room - 1, self.busy + seconds
            self.clock.after(seconds, lambda then=then: self._done(then))  # type: ignore[misc]

    def _done(self, then: Callable[[], None]) -> None:
        self.room += 1
        then()
        self._next()


class _Clock:
    """What happens next."""

    def __init__(self) -> None:
        self.now, self.ids, self._events = 0.0, count(), list[tuple[float, int, Callable[[], None]]]()

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self.ids), what))

    def run(self) -> None:
        while self._events:
            self.now, _, what = heapq.heappop(self._events)
            what()


class _Run:
    """One client's share of the jobs."""

    def __init__(
        self, clock: _Clock, farm: WorkerPool, threads: _Server, storage: _Server, seed: int
    ) -> None:
        self.client = _Server(clock, 1)
        self._farm, self._threads, self._storage, self._random = farm, threads, storage, random.Random(seed)
        self._jobs: Iterator[tuple[int, ClipWork]] = iter(())
        self.done = 0

    def begin(self, jobs: Sequence[tuple[int, ClipWork]], at_once: int) -> None:
        self._jobs = iter(jobs)
        for _ in range(at_once):
            self._next()

    def _next(self) -> None:
        if following := next(self._jobs, None):
            number, load = following
            self.client.take(number, load.client / 2, lambda: self._read(number, load))

    def _read(self, number: int, load: ClipWork) -> None:
        self._storage.take(
            number,
            load.bytes / self._farm.storage,
            lambda: self._errands(
                number, [load.look] if load.look else [], lambda: self._rendered(number, load)
            ),
        )

    def _rendered(self, number: int, load: ClipWork) -> None:
        left = [2]

        def ended() -> None:
            left[0] -= 1
            if not left[0]:
                self._errands(
                    number, load.checks, lambda: self.client.take(number, load.client / 2, self._over)
                )

        self._errands(number, load.pieces, ended, together=True)
        self._errands(number, load.sound, ended)

    def _over(self) -> None:
        self.done += 1
        self._next()

    def _errands(
        self, number: int, tasks: Sequence[float], then: Callable[[], None], *, together: bool = False
    ) -> None:
        """Have tasks done, one after the other or all at once, and go on."""
        if not tasks:
            return then()
        left = [len(tasks)]

        def ended() -> None:
            left[0] -= 1
            if not left[0]:
                then()

        if together:
            for each in tasks:
                self._errand(number, each, ended)
            return None
        first, *rest = tasks
        return self._errand(number, first, lambda: self._errands(number, rest, then))

    def _errand(self, number: int, seconds: float, then: Callable[[], None]) -> None:
        spread = self._random.lognormvariate(-(SPREAD**2) / 2, SPREAD)  # of mean 1
        self.client.take(
            number, self._farm.errand, lambda: self._threads.take(number, seconds * spread, then)
        )


def simulate(loads: Sequence[ClipWork], farm: WorkerPool, seed: int = 1) -> Simulation:
    """A batch of one-clip jobs on a farm; equal seeds give equal results."""
    clock = _Clock()
    threads, storage = _Server(clock, farm.threads), _Server(clock, 1)
    runs = [_Run(clock, farm, threads, storage, seed * 1009 + number) for number in range(farm.clients)]
    for number, run in enumerate(runs):
        run.begin(
            [(at, load) for at, load in enumerate(loads) if at % farm.clients == number],
            -(-farm.threads // farm.clients),
        )
    clock.run()
    assert sum(run.done for run in runs) == len(loads)
    wall = max(clock.now, 1e-9)
    return Simulation(
        clock.now,
        threads.busy / wall / farm.threads,
        max(run.client.busy for run in runs) / wall,
        storage.busy / wall,
    )
