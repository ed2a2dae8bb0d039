"""Simulates a batch on many machines: the scheduler's rules, with tasks that only take time on a simulated
clock.

The rules are those of the engine and of `finish.cluster`. As many jobs run at the same time as there are
threads. Of a job's clip, the look comes first, then its pieces and in parallel its sound, then its checks.
There are never more tasks out than threads, and the earliest job goes first. The client does one thing at a
time (it's one Python process).
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Final

# Sigma of the logarithm of a task's time; house: measured 0.2 to 0.4 for tasks of one kind.
SPREAD: Final = 0.3

Callback = Callable[[], None]


@dataclass(frozen=True)
class ClipWork:
    """The work on one clip: seconds of one thread for its `look`, each of its `pieces`, its `sound` and its
    `checks` (one after the other), seconds of the client, and the bytes that go through storage."""

    look: float
    pieces: tuple[float, ...]
    sound: tuple[float, ...]
    checks: tuple[float, ...]
    client: float
    bytes: float = 0.0

    @property
    def tasks(self) -> int:
        """The number of tasks."""
        return bool(self.look) + len(self.pieces) + len(self.sound) + len(self.checks)

    @property
    def cpu(self) -> float:
        """CPU-seconds, including the client's."""
        return self.look + sum(self.pieces) + sum(self.sound) + sum(self.checks) + self.client


@dataclass(frozen=True)
class WorkerPool:
    """The machines: `threads` of workers, `clients` that share the jobs, what a task costs a client and the
    scheduler (`task_cost`, s), and the rate of the storage (bytes/s).

    11.6 ms for a task: bench/RESULTS.md, a cluster.
    """

    threads: int
    clients: int = 1
    task_cost: float = 0.0116
    storage: float = 1.25e9  # 10 Gb/s


@dataclass(frozen=True)
class Simulation:
    """The duration of a batch (s), and the share of it in which the threads, the busiest client, and the
    storage worked."""

    wall: float
    threads: float
    client: float
    storage: float


@dataclass
class _Server:
    """A resource that serves `free` requests at the same time, the lowest number first."""

    clock: _Clock
    free: int
    busy: float = 0.0
    waiting: list[tuple[float, int, float, Callback]] = field(default_factory=list)

    def serve(self, number: float, seconds: float, then: Callback) -> None:
        heapq.heappush(self.waiting, (number, next(self.clock.ids), seconds, then))
        self._next()

    def _next(self) -> None:
        while self.free and self.waiting:
            _, _, seconds, then = heapq.heappop(self.waiting)
            self.free, self.busy = self.free - 1, self.busy + seconds
            self.clock.after(seconds, partial(self._done, then))

    def _done(self, then: Callback) -> None:
        self.free += 1
        then()
        self._next()


class _Clock:
    """The simulated time, and the events to come."""

    def __init__(self) -> None:
        self.now, self.ids, self._events = 0.0, count(), list[tuple[float, int, Callback]]()

    def after(self, seconds: float, event: Callback) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self.ids), event))

    def run(self) -> None:
        while self._events:
            self.now, _, event = heapq.heappop(self._events)
            event()


class _SimulatedClient:
    """One client and its share of the jobs."""

    def __init__(
        self, clock: _Clock, pool: WorkerPool, threads: _Server, storage: _Server, seed: int
    ) -> None:
        self.server = _Server(clock, 1)
        self._pool, self._threads, self._storage, self._random = pool, threads, storage, random.Random(seed)
        self._jobs: Iterator[tuple[int, ClipWork]] = iter(())
        self.done = 0

    def begin(self, jobs: Sequence[tuple[int, ClipWork]], at_once: int) -> None:
        self._jobs = iter(jobs)
        for _ in range(at_once):
            self._next()

    def _next(self) -> None:
        if job := next(self._jobs, None):
            number, work = job
            self.server.serve(number, work.client / 2, lambda: self._read(number, work))

    def _read(self, number: int, work: ClipWork) -> None:
        look = [work.look] if work.look else []
        self._storage.serve(
            number,
            work.bytes / self._pool.storage,
            lambda: self._in_turn(number, look, lambda: self._render(number, work)),
        )

    def _render(self, number: int, work: ClipWork) -> None:
        """The pieces and the sound in parallel, then the checks."""

        def check() -> None:
            self._in_turn(number, work.checks, lambda: self.server.serve(number, work.client / 2, self._over))

        ended = _after_all(2, check)
        self._in_parallel(number, work.pieces, ended)
        self._in_turn(number, work.sound, ended)

    def _over(self) -> None:
        self.done += 1
        self._next()

    def _in_parallel(self, number: int, tasks: Sequence[float], then: Callback) -> None:
        if not tasks:
            return then()
        ended = _after_all(len(tasks), then)
        for seconds in tasks:
            self._task(number, seconds, ended)
        return None

    def _in_turn(self, number: int, tasks: Sequence[float], then: Callback) -> None:
        if not tasks:
            return then()
        first, *rest = tasks
        return self._task(number, first, lambda: self._in_turn(number, rest, then))

    def _task(self, number: int, seconds: float, then: Callback) -> None:
        spread = self._random.lognormvariate(-(SPREAD**2) / 2, SPREAD)  # with a mean of 1
        self.server.serve(
            number, self._pool.task_cost, lambda: self._threads.serve(number, seconds * spread, then)
        )


def _after_all(calls: int, then: Callback) -> Callback:
    """A callback that calls `then` when it is called for the last of so many times."""
    left = iter(range(calls - 1, -1, -1))

    def ended() -> None:
        if next(left) == 0:
            then()

    return ended


def simulate(works: Sequence[ClipWork], pool: WorkerPool, seed: int = 1) -> Simulation:
    """The simulation of a batch of one-clip jobs; equal seeds give equal results."""
    clock = _Clock()
    threads, storage = _Server(clock, pool.threads), _Server(clock, 1)
    clients = [
        _SimulatedClient(clock, pool, threads, storage, seed * 1009 + number)
        for number in range(pool.clients)
    ]
    for number, client in enumerate(clients):
        jobs = [(job, work) for job, work in enumerate(works) if job % pool.clients == number]
        client.begin(jobs, -(-pool.threads // pool.clients))
    clock.run()
    assert sum(client.done for client in clients) == len(works)
    wall = max(clock.now, 1e-9)
    return Simulation(
        clock.now,
        threads.busy / wall / pool.threads,
        max(client.server.busy for client in clients) / wall,
        storage.busy / wall,
    )
