"""An executor on a Dask cluster that Dask's own commands started; this process is only a client.

An error on a worker is raised here as if the task had run here. A task that takes its worker down is tried
once more, alone on one worker. Never more tasks are submitted than workers have threads, because Dask counts
the death of a worker against every task that waits on it.
"""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from finish.cluster import worker
from finish.errors import ClusterError, FinishError, InternalError, Interrupted
from finish.execution.tasks import MachineTask, ReportFrames

_POLL_SECONDS: Final = 0.05  # between looks at a task and at whether the run was stopped
_REPORT_SECONDS: Final = 0.5  # between two reports of progress
_WORKER_WAIT_SECONDS: Final = 60.0  # for a worker where there is none: a Dask nanny starts one within it
_CONNECT_SECONDS: Final = 10.0
_RECONNECT_SECONDS: Final = 2.0  # for one of several tries, between which a run can be stopped


class DaskExecutor:
    """A connected cluster, for one run; several threads may submit tasks.

    `connect` makes a Dask client, and is given the seconds that it may take.
    """

    def __init__(self, connect: Callable[[float], Any]) -> None:
        self._connect, self._run, self._stopped = connect, uuid.uuid4().hex, False
        self._submitted, self._alone, self._reconnecting = 0, threading.Lock(), threading.Lock()
        self._changed = threading.Condition()
        self._reports: dict[str, ReportFrames] = {}
        self._capacity = (0.0, 0)  # when it was read (s, monotonic), and the threads
        self._lost: FinishError | None = None
        self._client = self._connected(_CONNECT_SECONDS)

    def _connected(self, seconds: float) -> Any:
        client = self._connect(seconds)
        client.subscribe_topic(self._run, self._report)
        return client

    def _reconnect(self, lost: Any, cancel: threading.Event) -> None:
        """Replace a lost connection: a restarted scheduler knows nothing of the tasks that it had."""
        with self._reconnecting:
            if self._client is not lost:
                return  # another thread was faster
            with contextlib.suppress(Exception):
                lost.close(timeout=1)
            self._client, self._capacity = self._reconnected(cancel), (0.0, 0)
            self._lost = None

    def _reconnected(self, cancel: threading.Event) -> Any:
        """Another connection, tried for a while; after that has failed once, tried only once."""
        until = time.monotonic() + (0 if self._lost else _WORKER_WAIT_SECONDS)
        while True:
            if cancel.is_set():
                raise Interrupted()
            try:
                return self._connected(_RECONNECT_SECONDS)
            except Exception as error:  # Dask has several
                if time.monotonic() > until:
                    hint = "start it and run again: finished pieces are kept"
                    self._lost = ClusterError(f"lost the connection to the scheduler: {error}", hint)
                    raise self._lost from error
                cancel.wait(_POLL_SECONDS)

    def capacity(self) -> int:
        """The threads of all workers, as last reported while the scheduler doesn't answer."""
        when, threads = self._capacity
        if time.monotonic() - when > 1:
            with contextlib.suppress(Exception):
                workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
                threads = sum(details["nthreads"] for details in workers)
            self._capacity = (time.monotonic(), threads)
        return threads

    def refuse_others(self) -> None:
        """ClusterError if a worker would produce other bytes than this process, or can't import finish."""
        self._wait_for_worker(threading.Event())
        try:
            versions: Mapping[str, dict[str, str]] = self._client.run(worker.about)
        except Exception as error:  # whatever unpickling raises on a worker
            raise ClusterError(
                f"the workers can't run finish: {error}", "install the same version of finish on every worker"
            ) from error
        for name, installed in versions.items():
            worker.refuse_other(worker.about(), installed, name)

    def do(self, task: MachineTask, cancel: threading.Event, tell: ReportFrames | None = None) -> None:
        """Run a task on a worker; FinishError as if it ran here, InternalError if it kills its workers."""
        from distributed import KilledWorker

        try:
            with self._place(cancel):
                self._finish(task, cancel, tell)
        except KilledWorker:
            with self._place(cancel, alone=True):
                try:
                    self._finish(task, cancel, tell)
                except KilledWorker as error:
                    raise InternalError(
                        f"{task}: every worker that tried it died, the last one while it ran nothing else",
                        "check the workers' logs; they may have run out of memory",
                    ) from error

    def leave(self) -> None:
        """End everything that workers do for this run, and disconnect."""
        self._stop()
        with contextlib.suppress(Exception):
            self._client.close(timeout=_CONNECT_SECONDS)

    def _stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            with contextlib.suppress(Exception):  # a worker that is gone runs nothing
                self._client.run(worker.stop, self._run, on_error="ignore")

    @contextmanager
    def _place(self, cancel: threading.Event, alone: bool = False) -> Iterator[None]:
        """Wait for capacity for one task; with `alone`, until no other runs, and none begins meanwhile."""
        with self._alone if alone else contextlib.nullcontext():
            while not self._take_place(self._wait_for_worker(cancel), alone):
                if cancel.is_set():
                    raise Interrupted()
            try:
                yield
            finally:
                with self._changed:
                    self._submitted -= 1
                    self._changed.notify_all()

    def _take_place(self, capacity: int, alone: bool) -> bool:
        """Whether there was capacity; if not, returns after a while."""
        with self._changed:
            free = self._submitted < 1 if alone else self._submitted < capacity and not self._alone.locked()
            if free:
                self._submitted += 1
            else:
                self._changed.wait(0.2)
            return free

    def _wait_for_worker(self, cancel: threading.Event) -> int:
        """The capacity, once there is any; no lock is held meanwhile."""
        last = time.monotonic()
        while not (capacity := self.capacity()):
            if cancel.wait(0.2):
                raise Interrupted()
            last = self._last_worker(last)
        return capacity

    def _last_worker(self, last: float) -> float:
        """When a worker was last connected (s, monotonic), `last` at the look before.

        ClusterError after `_WORKER_WAIT_SECONDS` without one.
        """
        now = time.monotonic()
        if self.capacity():
            return now
        if now - last > _WORKER_WAIT_SECONDS:
            raise ClusterError(
                f"no worker for {_WORKER_WAIT_SECONDS:.0f} s",
                "start one: dask worker tcp://HOST:8786 --nthreads 1",
            )
        return last

    def _finish(self, task: MachineTask, cancel: threading.Event, tell: ReportFrames | None) -> None:
        """Run a task to its end, with as many connections as that takes: twice, it makes the same pieces."""
        while (lost := self._tried(task, cancel, tell)) is not None:
            self._reconnect(lost, cancel)

    def _tried(self, task: MachineTask, cancel: threading.Event, tell: ReportFrames | None) -> Any:
        """Run a task; returns the connection if it was lost meanwhile, None once the task is done."""
        client, name = self._client, f"finish-{uuid.uuid4().hex}"
        if tell:
            self._reports[name] = tell
        try:
            future = _future(client, task, self._run, name)
            if future is None:
                return client
            self._wait(client, future, cancel)
            if future.status in ("pending", "cancelled", "lost"):
                return client
            future.result()
        except (Exception, CancelledError) as error:
            if isinstance(error, FinishError) or client.status == "running":
                raise
            return client  # lost at this moment
        finally:
            self._reports.pop(name, None)
        return None

    def _wait(self, client: Any, future: Any, cancel: threading.Event) -> None:
        """Wait until a task ends or its connection is lost."""
        over, last = threading.Event(), time.monotonic()
        future.add_done_callback(lambda _: over.set())
        while not over.wait(_POLL_SECONDS) and client.status == "running":
            if cancel.is_set():
                self._stop()
                raise Interrupted()
            last = self._last_worker(last)

    def _report(self, event: Any) -> None:
        """Pass on a worker's progress; called by Dask with the time and what the worker logged."""
        _, (name, frames) = event
        if tell := self._reports.get(name):
            tell(frames)


def _future(client: Any, task: MachineTask, run: str, name: str) -> Any:
    """The future of a submitted task; None if the connection is lost."""
    try:
        return client.submit(_do, task, run, name, worker.about(), key=name, pure=False)
    except Exception:  # a closed client raises several
        if client.status == "running":
            raise
        return None


def _do(task: MachineTask, run: str, name: str, about: Mapping[str, str]) -> None:
    """Run a task on this worker, which is compared first: it may have joined after the others were."""
    from distributed import get_worker

    worker.refuse_other(about, worker.about(), get_worker().address)
    worker.do(task, run, _reporter(run, name))


def _reporter(run: str, name: str) -> Callable[[int], None]:
    """A function that sends a task's progress to the client, at most twice a second."""
    from distributed import get_worker

    this_worker, last = get_worker(), [0.0]

    def tell(frames: int) -> None:
        if time.monotonic() - last[0] >= _REPORT_SECONDS:
            last[0] = time.monotonic()
            this_worker.log_event(run, (name, frames))

    return tell
