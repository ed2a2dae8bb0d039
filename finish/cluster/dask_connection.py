"""Connections to a Dask cluster: one that Dask's own commands started, or one of local workers."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final

from finish.errors import CapabilityError, ClusterError, SpecError

if TYPE_CHECKING:
    from finish.cluster.dask_executor import DaskExecutor

_LOCAL: Final = "local:"
_MOST_LOCAL_WORKERS: Final = 256


@contextmanager
def connected(address: str) -> Iterator[DaskExecutor]:
    """The cluster at `tcp://host:8786`, or N workers on this machine (`local:N`) that end afterwards.

    CapabilityError without Dask, ClusterError without a scheduler at the address, SpecError for a wrong N.
    """
    try:
        from distributed import Client, LocalCluster

        from finish.cluster.dask_executor import DaskExecutor
    except ImportError as error:
        raise CapabilityError(
            f"a cluster needs Dask: {error}", "run: pip install 'finish[cluster]'"
        ) from error
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        scheduler: Any = address
        if address.startswith(_LOCAL):
            scheduler = stack.enter_context(
                LocalCluster(
                    n_workers=_count(address), threads_per_worker=1, dashboard_address=None, silence_logs=50
                )
            )

        def connect(seconds: float) -> Any:
            return Client(scheduler, timeout=seconds, set_as_default=False)

        try:
            executor = DaskExecutor(connect)
        except (OSError, ValueError, TimeoutError) as error:
            hint = "run `dask scheduler`, and on each worker `dask worker tcp://HOST:8786 --nthreads 1`"
            raise ClusterError(f"no scheduler answers at {address}: {error}", hint) from error
        stack.callback(executor.leave)
        executor.refuse_others()
        yield executor


def connected_or_none(address: str) -> AbstractContextManager[DaskExecutor | None]:
    """The cluster at an address; None for an empty address."""
    return connected(address) if address else contextlib.nullcontext()


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence what Dask logs about lost connections: our own messages report them once."""
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
    """The number of local workers that an address asks for."""
    text = address.removeprefix(_LOCAL)
    if not (text.isdecimal() and 0 < int(text) <= _MOST_LOCAL_WORKERS):
        raise SpecError(
            f"--cluster {address} isn't a number of workers",
            f"use local:1 to local:{_MOST_LOCAL_WORKERS}, for example local:2",
        )
    return int(text)
