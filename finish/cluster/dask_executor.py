"""Hands on other machines: a cluster of Dask's, started by Dask's own commands; this process only asks of it.

What goes wrong there goes wrong here as it would without it. A task that takes its worker down is given to one worker once more,
alone; never more tasks are out than there are threads to do them, because Dask counts a death against all that wait on a worker.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from finish.cluster import worker
from finish.errors import CapabilityError, ClusterError, FinishError, InternalError, Interrupted, SpecError
from finish.execution.tasks import MachineTask, ReportFrames

_LOOK: Final = 0.05  # s between looks at a task and at whether somebody has stopped the run
_TOLD: Final = 0.5  # s between two words of progress
_NOBODY: Final = 60.0  # s to wait for a worker where there is none: long enough for a nanny to start another
_CONNECT: Final = 10.0  # s
_TRIED: Final = 2.0  # s for one of several tries to connect again, between which somebody may stop the run


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The cluster at `tcp://host:8786`, or one here of N workers (`local:N`), gone afterwards; ClusterError("capability")."""
    try:
        from distributed import Client, LocalCluster
    except ImportError as missing:
        raise CapabilityError(
            f"a cluster needs Dask: {missing}", "run: pip install 'finish[cluster]'"
        ) from missing
    with contextlib.ExitStack() as opened:
        opened.enter_context(_quiet())
        place: Any = address
        if address.startswith("local:"):
            local = LocalCluster(
                n_workers=_count(address), threads_per_worker=1, dashboard_address=None, silence_logs=50
            )
            place = opened.enter_context(local)

        def connect(seconds: float) -> Any:
            return Client(place, timeout=seconds, set_as_default=False)

        try:
            found = Cluster(connect)
        except (OSError, ValueError, TimeoutError) as wrong:
            hint = "run `dask scheduler`, and on each worker `dask worker tcp://HOST:8786 --nthreads 1`"
            raise ClusterError(f"no scheduler answers at {address}: {wrong}", hint) from wrong
        opened.callback(found.leave)
        found.refuse_others()
        yield found


def connected_or_none(address: str) -> AbstractContextManager[Cluster | None]:
    """Likewise; nobody where no address is given."""
    return connected(address) if address else contextlib.nullcontext()


@contextmanager
def _quiet() -> Iterator[None]:
    """What Dask writes to its log about lost connections is told here, once and in our words."""
    logs = [
        logging.getLogger(name)
        for name in list(logging.root.manager.loggerDict)
        if name.partition(".")[0] == "distributed"
    ]
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)


def _count(address: str) -> int:
    text = address.removeprefix("local:")
    if not (text.isdecimal() and 0 < int(text) <= 256):
        raise SpecError(
            f"--cluster {address} isn't a number of workers", "use local:1 to local:256, for example local:2"
        )
    return int(text)


class Cluster:
    """A connected cluster, for one run; several threads may give tasks. `connect` is given the seconds that it may take."""

    def __init__(self, connect: Callable[[float], Any]) -> None:
        self._connect, self._run, self._stopped = connect, uuid.uuid4().hex, False
        self._out, self._alone, self._again = 0, threading.Lock(), threading.Lock()
        self._changed = threading.Condition()
        self._tells: dict[str, ReportFrames] = {}
        self._size = (0.0, 0)
        self._gone: FinishError | None = None
        self._client = self._joined(_CONNECT)

    def _joined(self, seconds: float) -> Any:
        client = self._connect(seconds)
        client.subscribe_topic(self._run, self._heard)
        return client

    def _rejoin(self, lost: Any, cancel: threading.Event) -> None:
        """Another connection in place of a lost one: who supervises the scheduler starts it again, and knows nothing of what was out."""
        with self._again:
            if self._client is not lost:
                return  # another thread was faster
            with contextlib.suppress(Exception):
                lost.close(timeout=1)
            self._client, self._size = self._joined_again(cancel), (0.0, 0)
            self._gone = None

    def _joined_again(self, cancel: threading.Event) -> Any:
        """Tried for a while, where that was not done in vain before: then once, for it may be there again."""
        until = time.monotonic() + (0 if self._gone else _NOBODY)
        while True:
            if cancel.is_set():
                raise Interrupted()
            try:
                return self._joined(_TRIED)
            except Exception as wrong:  # Dask has several
                if time.monotonic() > until:
                    hint = "start it and run again: finished pieces are kept"
                    self._gone = ClusterError(f"lost the connection to the scheduler: {wrong}", hint)
                    raise self._gone from wrong
                cancel.wait(_LOOK)

    def capacity(self) -> int:
        """The threads of all workers."""
        when, threads = self._size
        if time.monotonic() - when > 1:
            with contextlib.suppress(
                Exception
            ):  # while nobody answers, whatever Dask says of that: as before
                threads = sum(
                    each["nthreads"] for each in self._client.scheduler_info(n_workers=-1)["workers"].values()
                )
            self._size = (time.monotonic(), threads)
        return threads

    def refuse_others(self) -> None:
        """ClusterError where a worker would make something else than this process, or has no finish at all."""
        self._wait_for_somebody(threading.Event())
        try:
            theirs: Mapping[str, dict[str, str]] = self._client.run(worker.about)
        except Exception as wrong:  # whatever unpickling raises there
            raise ClusterError(
                f"the workers can't run finish: {wrong}", "install the same version of finish on every worker"
            ) from wrong
        for name, each in theirs.items():
            worker.refuse_other(worker.about(), each, name)

    def do(self, task: MachineTask, cancel: threading.Event, tell: ReportFrames | None = None) -> None:
        """Have a task done somewhere; FinishError as if it were done here, "fault" where workers died of it."""
        from distributed import KilledWorker

        try:
            with self._place(cancel):
                self._done(task, cancel, tell)
        except KilledWorker:
            with self._place(cancel, alone=True):
                try:
                    self._done(task, cancel, tell)
                except KilledWorker as killed:
                    message = (
                        f"{task}: every worker that tried it died, the last one while it ran nothing else"
                    )
                    raise InternalError(
                        message, "check the workers' logs; they may have run out of memory"
                    ) from killed

    def leave(self) -> None:
        """Nothing of this run goes on anywhere."""
        self._stop()
        with contextlib.suppress(Exception):
            self._client.close(timeout=_CONNECT)

    def _stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            with contextlib.suppress(Exception):  # who is gone needs no telling
                self._client.run(worker.stop, self._run, on_error="ignore")

    @contextmanager
    def _place(self, cancel: threading.Event, alone: bool = False) -> Iterator[None]:
        """Room for one task; `alone`, when no other is out, and none begins meanwhile."""
        with self._alone if alone else contextlib.nullcontext():
            while not self._taken(self._wait_for_somebody(cancel), alone):
                if cancel.is_set():
                    raise Interrupted()
            try:
                yield
            finally:
                with self._changed:
                    self._out -= 1
                    self._changed.notify_all()

    def _taken(self, room: int, alone: bool) -> bool:
        """Whether there was room; else after a while."""
        with self._changed:
            if self._out < 1 if alone else (self._out < room and not self._alone.locked()):
                self._out += 1
                return True
            self._changed.wait(0.2)
            return False

    def _wait_for_somebody(self, cancel: threading.Event) -> int:
        """The room, once there is any; nothing is held meanwhile."""
        seen = time.monotonic()
        while not (room := self.capacity()):
            if cancel.wait(0.2):
                raise Interrupted()
            seen = self._somebody(seen)
        return room

    def _somebody(self, seen: float) -> float:
        """When a worker was last there (s, monotonic), who was `seen` before; ClusterError once that is too long ago."""
        now = time.monotonic()
        if self.capacity():
            return now
        if now - seen > _NOBODY:
            raise ClusterError(
                f"no worker for {_NOBODY:.0f} s", "start one: dask worker tcp://HOST:8786 --nthreads 1"
            )
        return seen

    def _done(self, task: MachineTask, cancel: threading.Event, tell: ReportFrames | None) -> None:
        """A task done, whatever becomes of the scheduler meanwhile: done twice, it is the same pieces."""
        while (lost := self._tried(task, cancel, tell)) is not None:
            self._rejoin(lost, cancel)

    def _tried(self, task: MachineTask, cancel: threading.Event, tell: ReportFrames | None) -> Any:
        """The connection, where it was lost over the task; None where it is done."""
        client, name = self._client, f"finish-{uuid.uuid4().hex}"
        if tell:
            self._tells[name] = tell
        try:
            future, over, seen = (
                _submitted(client, task, self._run, name),
                threading.Event(),
                time.monotonic(),
            )
            if future is not None:
                future.add_done_callback(lambda _: over.set())
            while future is not None and not over.wait(_LOOK) and client.status == "running":
                if cancel.is_set():
                    self._stop()
                    raise Interrupted()
                seen = self._somebody(seen)
            if future is None or future.status in ("pending", "cancelled", "lost"):
                return client
            future.result()
        except (Exception, CancelledError) as wrong:
            if isinstance(wrong, FinishError) or client.status == "running":
                raise
            return client  # lost in this very moment
        finally:
            self._tells.pop(name, None)
        return None

    def _heard(self, event: Any) -> None:
        _, (name, done) = event
        if tell := self._tells.get(name):
            tell(done)


def _submitted(client: Any, task: MachineTask, run: str, name: str) -> Any:
    """What a task will have become; None where the connection is lost."""
    try:
        return client.submit(_do, task, run, name, worker.about(), key=name, pure=False)
    except Exception:  # a client that is closed says so in several ways
        if client.status == "running":
            raise
        return None


def _do(task: MachineTask, run: str, name: str, about: Mapping[str, str]) -> None:
    """On a worker, which may have come after the others were compared: the task, its progress told at most twice a second."""
    from distributed import get_worker

    worker.refuse_other(about, worker.about(), get_worker().address)
    worker.do(task, run, _telling(run, name))


def _telling(run: str, name: str) -> Callable[[int], None]:
    from distributed import get_worker

    here, last = get_worker(), [0.0]

    def tell(done: int) -> None:
        if time.monotonic() - last[0] >= _TOLD:
            last[0] = time.monotonic()
            here.log_event(run, (name, done))

    return tell
