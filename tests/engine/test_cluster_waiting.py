"""A cluster on paper: workers that leave, a scheduler that goes, and tasks that wait."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from finish.cluster import dask_executor
from finish.cluster.dask_connection import connected
from finish.cluster.dask_executor import DaskExecutor
from finish.errors import FinishError, Interrupted
from finish.execution.tasks import AnalysisTask, TaskContext

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(180)]


class SimulatedClient:
    """A simulated cluster of this many workers; what it is given is never done."""

    def __init__(self, workers: int, status: str = "running") -> None:
        self.workers, self.status = workers, status

    def subscribe_topic(self, *_: Any) -> None: ...
    def close(self, **_: Any) -> None: ...
    def run(self, *_: Any, **__: Any) -> None: ...

    def scheduler_info(self, **_: Any) -> Any:
        return {"workers": {str(number): {"nthreads": 1} for number in range(self.workers)}}

    def submit(self, *_: Any, **__: Any) -> Any:
        return SimpleNamespace(status="pending", add_done_callback=lambda _: None)


class FinishingClient(SimulatedClient):
    """Every task is done at once."""

    def submit(self, *_: Any, **__: Any) -> Any:
        return SimpleNamespace(
            status="finished", add_done_callback=lambda told: told(None), result=lambda: None
        )


class LostClient(SimulatedClient):
    """Closed in the meantime: Dask raises an exception of its own."""

    def submit(self, *_: Any, **__: Any) -> Any:
        from distributed.client import ClosedClientError

        self.status = "closed"
        raise ClosedClientError("Client is closed. Can't send update-graph message.")

    scheduler_info = submit


def test_a_connection_that_was_closed_between_two_errands_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clients: list[SimulatedClient] = [FinishingClient(1), LostClient(1)]
    executor = DaskExecutor(lambda _: clients.pop())
    executor._capacity = (time.monotonic() + 60, 1)
    executor.do(NOTHING, threading.Event())
    assert clients == []


def test_while_the_scheduler_does_not_answer_there_is_as_much_room_as_before() -> None:
    client = SimulatedClient(2)
    executor = DaskExecutor(lambda _: client)
    assert executor.capacity() == 2
    client.scheduler_info = lambda **_: {}  # type: ignore[method-assign]
    executor._capacity = (0.0, 2)
    assert executor.capacity() == 2


NOTHING = AnalysisTask(TaskContext(Path("/")), ())


def test_the_last_worker_that_leaves_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "_WORKER_WAIT_SECONDS", 1.5)
    client = SimulatedClient(1)
    executor = DaskExecutor(lambda _: client)
    threading.Timer(0.3, lambda: setattr(client, "workers", 0)).start()
    with pytest.raises(FinishError, match="no worker for"):
        executor.do(NOTHING, threading.Event())


def test_a_scheduler_that_is_gone_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "_WORKER_WAIT_SECONDS", 1.0)
    there: list[SimulatedClient] = [SimulatedClient(2, "closed")]
    tries: list[float] = []

    def connect(_: float) -> SimulatedClient:
        tries.append(time.monotonic())
        if not there:
            raise OSError("nobody answers")
        return there.pop()

    executor, counts = DaskExecutor(connect), []
    for _ in range(3):
        tries.clear()
        with pytest.raises(FinishError, match="lost the connection to the scheduler: nobody answers"):
            executor.do(NOTHING, threading.Event())
        counts.append(len(tries))
        if len(counts) == 1:
            assert tries[-1] - tries[0] > 0.9
    assert counts[0] > 2 and counts[1:] == [1, 1]
    there.append(FinishingClient(2))
    executor.do(NOTHING, threading.Event())
    assert executor._lost is None, "it is there again, and no later clip pays for it"
    monkeypatch.setattr(dask_executor, "_WORKER_WAIT_SECONDS", 60.0)
    there.append(SimulatedClient(2, "closed"))
    executor, cancel = DaskExecutor(connect), threading.Event()
    threading.Timer(0.3, cancel.set).start()
    with pytest.raises(Interrupted, match="stopped"):
        executor.do(NOTHING, cancel)


def test_a_lonely_errand_waits_for_none_and_lets_none_begin() -> None:
    executor, order, never = DaskExecutor(lambda _: SimulatedClient(3)), [], threading.Event()
    first = executor._place(never)
    first.__enter__()

    def lonely() -> None:
        with executor._place(never, alone=True):
            order.append("lonely")
            time.sleep(0.5)
            order.append("over")

    def another() -> None:
        with executor._place(never):
            order.append("another")

    threads = [threading.Thread(target=each) for each in (lonely, another, another)]
    for each in threads:
        each.start()
        time.sleep(0.2)
    assert order == [], "the lonely one waits for the first, the others for it"
    first.__exit__(None, None, None)
    for thread in threads:
        thread.join(10)
    assert order == ["lonely", "over", "another", "another"]


def test_nobody_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "_CONNECT_SECONDS", 0.3)
    for address, match in (
        ("tcp://127.0.0.1:9", "no scheduler answers"),
        ("local:0", "isn't a number of workers"),
        ("local:x", "isn't a number of workers"),
        ("nonsense://x", "no scheduler answers"),
    ):
        with pytest.raises(FinishError, match=match), connected(address):
            pass
