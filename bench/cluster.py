"""`python -m bench.cluster`: a batch on a Dask cluster.

Measures one worker against two, the cost of an empty task, and kill -9 at random moments. A node is `dask
worker` with its nanny, on a core and in its own process group; a supervisor restarts what dies, as on a real
cluster.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cloudpickle
import psutil

from bench.clip import Footage, make_clip
from finish import api
from finish.cluster.dask_connection import connected
from finish.cluster.dask_executor import DaskExecutor
from finish.errors import FinishError
from finish.execution.tasks import AnalysisTask, Executor, MachineTask, TaskContext
from finish.media.probe import probe
from finish.model import Analyser, Frames, Measure
from finish.storage.store import Store
from finish.units import Size

CLIPS, POISON, KILLS = 40, 13, 20
JOB = """source: clip.mp4
captions: {file: clip.srt, style: bold-pop}
colour: {looks: [warm]}
sound: {accept: achievable}
reframe: {follow: centre}
deliverables: [{name: NAME, preset: tiktok}]
"""


@dataclass(frozen=True)
class Facts:
    frames: int


@dataclass(frozen=True)
class Kills(Analyser[Facts]):
    """An analyser that kills its own process, or does nothing."""

    name: str
    kills: bool = True

    version = 1
    wants = Frames("gray", Size(16, 16))

    def begin(self) -> Any:
        if self.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        return self

    def add(self, when: Fraction, data: Any) -> None:
        """Nothing."""

    def result(self) -> Facts:
        return Facts(0)


@dataclass
class Poisoned:
    """An executor whose every task kills its worker."""

    executor: DaskExecutor
    clip: Path

    def capacity(self) -> int:
        return self.executor.capacity()

    def do(
        self,
        task: MachineTask,
        cancel: threading.Event,
        tell: Callable[[int], None] | None = None,  # noqa: ARG002
    ) -> None:
        self.executor.do(
            AnalysisTask.of(
                Store(task.context.store),
                [Measure(Kills(self.clip.parent.name), probe(self.clip).picture)],
                {},
            ),
            cancel,
        )


class Farm:
    """A scheduler and nodes that are kept alive."""

    def __init__(self, nodes: int, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.standing = folder, True
        self.parts: list[subprocess.Popen[bytes] | None] = [None] * (nodes + 1)
        self._loop = threading.Thread(target=self._supervise)
        self._loop.start()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def _command(self, number: int) -> list[str]:
        dask = str(Path(sys.executable).parent / "dask")
        if number == 0:
            return [dask, "scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        place, core = str(self.folder / f"node{number}"), str((number - 1) % (os.cpu_count() or 1))
        options = ["--nthreads", "1", "--no-dashboard", "--local-directory", place, "--death-timeout", "30"]
        return ["taskset", "-c", core, dask, "worker", self.address, *options]

    def _supervise(self) -> None:
        while self.standing:
            for number, part in enumerate(self.parts):
                if part is None or part.poll() is not None:
                    with (self.folder / f"part{number}.log").open("ab") as log:
                        self.parts[number] = subprocess.Popen(
                            self._command(number), stdout=log, stderr=log, start_new_session=True
                        )
            time.sleep(0.5)

    def kill(self, what: str, rng: random.Random) -> str:
        """Kill -9 a worker, its nanny, the scheduler, or a whole node; returns what was killed."""
        part = self.parts[0 if what == "scheduler" else rng.randrange(1, len(self.parts))]
        assert part is not None
        with suppress(ProcessLookupError, psutil.NoSuchProcess, IndexError):
            if what == "node":
                os.killpg(part.pid, signal.SIGKILL)
            elif what == "worker":
                children = psutil.Process(part.pid).children()
                next(child for child in children if "spawn_main" in " ".join(child.cmdline())).kill()
            else:
                part.kill()
        return what

    def close(self) -> None:
        self.standing = False
        self._loop.join()
        for part in self.parts:
            if part is not None:
                with suppress(ProcessLookupError):
                    os.killpg(part.pid, signal.SIGKILL)
                part.wait()


@contextmanager
def farm(nodes: int, folder: Path) -> Iterator[Farm]:
    cluster = Farm(nodes, folder)
    try:
        yield cluster
    finally:
        cluster.close()


def jobs(folder: Path, count: int, seconds: int) -> list[Path]:
    clip = make_clip(folder / "clip.mp4", Footage("640x360", 25, seconds))
    folders = []
    for number in range(count):
        place = folder / f"job{number:02}"
        place.mkdir()
        shutil.copyfile(clip, place / "clip.mp4")
        (place / "clip.srt").write_text(f"1\n00:00:00,500 --> 00:00:02,000\nNumber {number}\n")
        (place / "job.yaml").write_text(JOB.replace("NAME", f"d{number:02}"))
        folders.append(place)
    return folders


def finished(place: Path, executor: Executor | None) -> str:
    """The digest of the deliverable, or the error."""
    try:
        (outcome,) = api.finishing(api.load(place).job, executor=executor)
    except FinishError as wrong:
        return f"{wrong.code}: {wrong}"
    if outcome.path is None:
        return f"{getattr(outcome.error, 'code', 'broken')}: {outcome.error}"
    return hashlib.sha256(outcome.path.read_bytes()).hexdigest()


def batch(places: Sequence[Path], executor: Sequence[Executor], at_once: int) -> list[str]:
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(finished, places, executor))


def throughput(root: Path, count: int) -> Iterator[str]:
    """One worker against two, on the same jobs; and the cost of empty tasks."""
    walls = []
    for nodes in (1, 2):
        place = root / f"through{nodes}"
        place.mkdir()
        with farm(nodes, place) as cluster, connected(cluster.address) as executor:
            _until(lambda expected=nodes: executor.capacity() == expected)
            places, began = jobs(place, count, 4), time.monotonic()
            batch(places, [executor] * count, nodes + 1)
            walls.append(time.monotonic() - began)
            yield f"{count} jobs, {nodes} workers: {walls[-1]:.1f} s"
            if nodes == 1:
                yield from _overhead(executor, place)
    yield f"two workers: {walls[0] / walls[1]:.2f} times one"


def _overhead(executor: DaskExecutor, place: Path) -> Iterator[str]:
    clip, own = place / "clip.mp4", psutil.Process()
    errands = [AnalysisTask(TaskContext(place), ()) for _ in range(2000)]
    assert clip.exists()
    for total in (1000, 2000):
        began = time.monotonic()
        for task in errands[:1000]:
            executor.do(task, threading.Event())
        duration = (time.monotonic() - began) / 1000
        yield (
            f"empty tasks {total - 1000}–{total}: {1000 * duration:.1f} ms each, "
            f"client {own.memory_info().rss / 2**20:.0f} MiB"
        )


def _until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.2)


def kills(root: Path, seed: int) -> Iterator[str]:
    """The log of a batch during which processes are killed again and again, and its result."""
    place, rng = root / "kills", random.Random(seed)
    place.mkdir()
    places = jobs(place, CLIPS, 4)
    reference = root / "here"
    shutil.copytree(places[0], reference)
    for name in ("clip.mp4", "job.yaml"):
        shutil.copyfile(places[0] / name, reference / name)
    with farm(2, place) as cluster, connected(cluster.address) as executor:
        _until(lambda: executor.capacity() == 2)
        whose: list[Executor] = [
            Poisoned(executor, folder / "clip.mp4") if number == POISON else executor
            for number, folder in enumerate(places)
        ]
        with ThreadPoolExecutor(1) as pool:
            began, ended = time.monotonic(), pool.submit(batch, places, whose, 3)
            for number in range(KILLS):
                time.sleep(rng.uniform(2, 8))
                if ended.done():
                    yield f"the batch was over after {number} kills"
                    break
                killed = cluster.kill(("worker", "nanny", "scheduler", "node")[number % 4], rng)
                yield f"{time.monotonic() - began:6.1f} s  kill -9 of {killed}"
            results = ended.result()
        yield f"{time.monotonic() - began:6.1f} s  over"
    time.sleep(2)
    right = [_same(folder, result, root) for folder, result in zip(places, results, strict=True)]
    wrong = [
        f"{folder.name}: {result}"
        for folder, result, good in zip(places, results, right, strict=True)
        if not good
    ]
    left = [
        process
        for process in psutil.process_iter(["name", "status"])
        if "ffmpeg" in (process.info["name"] or "") and process.info["status"] != psutil.STATUS_ZOMBIE
    ]
    half = [
        str(path)
        for folder in places
        for path in (folder / "out").glob("*")
        if path.name.startswith(".") or path.stat().st_size == 0
    ]
    yield f"{sum(right)} of {CLIPS} have the bytes of a local run; {len(wrong)} wrong: {'; '.join(wrong)}"
    yield f"FFmpeg processes left: {len(left)}; half files: {half}"


def _same(place: Path, digest: str, root: Path) -> bool:
    if ":" in digest:
        return False
    local = root / f"local-{place.name}"
    local.mkdir()
    for name in ("clip.mp4", "clip.srt", "job.yaml"):
        shutil.copyfile(place / name, local / name)
    return finished(local, None) == digest


def main() -> int:
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("throughput", "kills"))
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="finish-cluster-") as folder:
        if settings.only != "kills":
            for line in throughput(Path(folder), settings.jobs):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
        if settings.only != "throughput":
            for line in kills(Path(folder), settings.seed):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
