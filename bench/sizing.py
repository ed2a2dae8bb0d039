"""`python -m bench.sizing`: 10,000 clips on 1 to 200 machines, simulated with measured times.

`--measure` finishes a clip of 30 s of 1080p25 for tiktok and youtube (captions, a look, loudness) on a worker
that has one core of this machine, and records the time of each task and of the client. `--compare` compares a
small simulated batch with a real one.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.clip import Footage, make_clip
from bench.cluster import batch, farm, finished, jobs
from finish import api, graph
from finish.cluster.dask_connection import connected
from finish.engine.batch_simulation import ClipWork, Simulation, WorkerPool, simulate
from finish.execution.tasks import Executor, MachineTask, RenderTask

ROOT: Final = Path(__file__).parent
MEASURED, PICTURE = ROOT / "sizing.json", ROOT / "sizing.svg"
CLIPS, THREADS, SEEDS = 10_000, 4, (1, 2, 3)
MACHINES: Final = (1, 2, 5, 10, 20, 30, 40, 60, 80, 100, 130, 160, 200)
CLIENTS: Final = (1, 4, 16)
CAPTIONS = "".join(
    f"{n}\n00:00:{3 * n - 3:02},200 --> 00:00:{3 * n - 1:02},800\nCue number {n}\n\n" for n in range(1, 10)
)
JOB = """source: clip.mp4
captions: {file: clip.srt, style: bold-pop}
colour: {looks: [warm]}
sound: {accept: achievable}
deliverables: [{name: a, preset: tiktok}, {name: b, preset: youtube}]
"""


@dataclass
class Watching:
    """An executor that records each task and its time: one at a time, so that none waits for a worker."""

    inner: Executor
    alone: threading.Lock = field(default_factory=threading.Lock)
    took: list[tuple[str, float]] = field(default_factory=list)

    def capacity(self) -> int:
        return self.inner.capacity()

    def do(
        self, task: MachineTask, cancel: threading.Event, tell: Callable[[int], None] | None = None
    ) -> None:
        with self.alone:
            began = time.monotonic()
            self.inner.do(task, cancel, tell)
            self.took.append((_what(task), time.monotonic() - began))


def _what(task: MachineTask) -> str:
    if isinstance(task, RenderTask):
        return "pieces" if any(end.kind == "video" for end in task.ends) else "sound"
    if any(question.against for question in task.questions):
        return "checks"
    encoded = any(node.name == "encode" for node in graph.history(task.ends))
    return "sound" if encoded or any(end.kind == "audio" for end in task.ends) else "look"


def measured() -> dict[str, Any]:
    """Seconds of each task of a clip by its kind, and CPU-seconds of the client, after a short warm-up."""
    with (
        tempfile.TemporaryDirectory(prefix="finish-sizing-") as name,
        farm(1, Path(name)) as cluster,
        connected(cluster.address) as executor,
    ):
        for seconds in (4, 30):
            place = Path(name) / str(seconds)
            place.mkdir()
            clip = make_clip(place / "clip.mp4", Footage("1920x1080", 25, seconds))
            (place / "clip.srt").write_text(CAPTIONS)
            (place / "job.yaml").write_text(JOB)
            noted, before, began = Watching(executor), _cpu(), time.monotonic()
            outcomes = list(api.finishing(api.load(place).job, executor=noted))
            wall, client = time.monotonic() - began, _cpu() - before
            assert all(outcome.path and not outcome.error for outcome in outcomes), outcomes
            size = clip.stat().st_size + 2 * sum(
                outcome.path.stat().st_size for outcome in outcomes if outcome.path
            )
    return {**_kinds(noted), "client": round(client, 3), "bytes": size, "wall": round(wall, 1)}


def _cpu() -> float:
    """CPU-seconds of this process."""
    ours = resource.getrusage(resource.RUSAGE_SELF)
    return ours.ru_utime + ours.ru_stime


def load(sums: dict[str, Any]) -> ClipWork:
    return ClipWork(
        sum(sums["look"]),
        tuple(sums["pieces"]),
        tuple(sums["sound"]),
        tuple(sums["checks"]),
        sums["client"],
        sums["bytes"],
    )


def compared(count: int = 6) -> Iterator[str]:
    """A batch on one and two real workers, and its simulation with the times of one job's tasks."""
    with tempfile.TemporaryDirectory(prefix="finish-sizing-") as name:
        sums: dict[str, Any] = {}
        for nodes in (1, 2):
            place = Path(name) / str(nodes)
            place.mkdir()
            with farm(nodes, place) as cluster, connected(cluster.address) as executor:
                while executor.capacity() < nodes:
                    time.sleep(0.2)
                first, *others = jobs(place, count + 2, 4)
                finished(first, executor)  # warm-up
                sums = sums or _one(others.pop(), executor)
                began = time.monotonic()
                batch(others[:count], [executor] * count, nodes)
                wall = time.monotonic() - began
            paper = simulate([load(sums)] * count, WorkerPool(nodes)).wall
            yield (
                f"{count} jobs on {nodes} worker{'s' if nodes > 1 else ''}: {wall:.1f} s, "
                f"and {paper:.1f} s on paper ({paper / wall:.2f})"
            )


def _one(place: Path, executor: Executor) -> dict[str, Any]:
    noted, before = Watching(executor), _cpu()
    finished(place, noted)
    return {**_kinds(noted), "client": _cpu() - before, "bytes": 0}


def _kinds(noted: Watching) -> dict[str, list[float]]:
    return {
        kind: [round(took, 3) for what, took in noted.took if what == kind]
        for kind in ("look", "pieces", "sound", "checks")
    }


Curve = dict[int, list[Simulation]]


def curve(one: ClipWork, clients: int) -> Curve:
    """For each number of machines, the batch with each seed."""
    return {
        machines: [simulate([one] * CLIPS, WorkerPool(machines * THREADS, clients), seed) for seed in SEEDS]
        for machines in MACHINES
    }


def rate(simulations: Sequence[Simulation]) -> float:
    """Clips per hour, on average."""
    return sum(3600 * CLIPS / simulation.wall for simulation in simulations) / len(simulations)


def lines(curves: dict[int, Curve]) -> Iterator[str]:
    yield f"{'machines':>8}  " + "  ".join(
        f"{f'clips/h, {clients} client':>18}  threads  client  storage" for clients in curves
    )
    for machines in MACHINES:
        row = [curves[clients][machines] for clients in curves]
        yield f"{machines:>8}  " + "  ".join(
            f"{rate(runs):>18,.0f}  {runs[0].threads:>7.0%}  {runs[0].client:>6.0%}  {runs[0].storage:>7.0%}"
            for runs in row
        )


LEFT, TOP, WIDE, HIGH = 90, 60, 640, 400
COLOURS: Final = {1: "#b3261e", 4: "#1a5fb4", 16: "#1b6e3c"}


def svg(curves: dict[int, Curve], one: ClipWork) -> str:
    """A chart of clips per hour over machines, both logarithmic.

    One line for each number of clients, and the limit of the threads alone.
    """
    alone = {machines: 3600 * machines * THREADS / (one.cpu - one.client) for machines in MACHINES}
    most, least = max(alone.values()) * 1.3, min(alone.values()) * 0.8

    def x(machines: float) -> float:
        return LEFT + WIDE * math.log(machines) / math.log(MACHINES[-1])

    def y(clips: float) -> float:
        return TOP + HIGH * (1 - math.log(clips / least) / math.log(most / least))

    def line(points: dict[int, float], style: str) -> str:
        return (
            f'<polyline fill="none" {style} '
            f'points="{" ".join(f"{x(at):.1f},{y(clips):.1f}" for at, clips in points.items())}"/>'
        )

    parts = [
        (
            f'<text x="{LEFT}" y="30" class="title">10,000 clips of 30 s on {THREADS}-thread machines: '
            "clips an hour</text>"
        )
    ]
    for clips in (number * 10**power for power in range(1, 7) for number in (1, 2, 5)):
        if least < clips < most:
            parts.append(
                f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{y(clips):.1f}" y2="{y(clips):.1f}" class="grid"/>'
                f'<text x="{LEFT - 8}" y="{y(clips) + 4:.1f}" text-anchor="end">{clips:,}</text>'
            )
    for machines in (1, 2, 5, 10, 20, 40, 100, 200):
        parts.append(
            f'<line x1="{x(machines):.1f}" x2="{x(machines):.1f}" y1="{TOP}" y2="{TOP + HIGH}" class="grid"/>'
            f'<text x="{x(machines):.1f}" y="{TOP + HIGH + 20}" text-anchor="middle">{machines}</text>'
        )
    parts.append(f'<text x="{LEFT + WIDE / 2}" y="{TOP + HIGH + 44}" text-anchor="middle">machines</text>')
    parts.append(line(alone, 'stroke="#888" stroke-width="1.5" stroke-dasharray="5 4"'))
    parts.append(
        f'<text x="{x(200) + 8:.1f}" y="{y(alone[200]) + 4:.1f}" style="fill:#666">threads alone</text>'
    )
    for clients, results in curves.items():
        points = {machines: rate(simulations) for machines, simulations in results.items()}
        parts.append(line(points, f'stroke="{COLOURS[clients]}" stroke-width="2.5"'))
        parts += [
            f'<circle cx="{x(at):.1f}" cy="{y(clips):.1f}" r="3" fill="{COLOURS[clients]}"/>'
            for at, clips in points.items()
        ]
        label = f"{clients} client{'s' if clients > 1 else ''}"
        below = y(points[200]) + (4 if clients < 16 else 16)
        parts.append(
            f'<text x="{x(200) + 8:.1f}" y="{below:.1f}" style="fill:{COLOURS[clients]}">{label}</text>'
        )
    style = "text{font:13px sans-serif;fill:#333}.title{font-size:17px;font-weight:600}.grid{stroke:#ddd}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="850" height="530" viewBox="0 0 850 '
        f'530"><style>{style}</style>'
        f'<rect width="850" height="530" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.sizing", description=__doc__.splitlines()[0])
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--compare", action="store_true")
    settings = parser.parse_args()
    if settings.compare:
        for line in compared():
            sys.stdout.write(line + "\n")
        return 0
    if settings.measure:
        MEASURED.write_text(json.dumps(measured(), indent=1) + "\n")
    one = load(json.loads(MEASURED.read_text()))
    sys.stdout.write(
        f"a clip: {one.cpu:.1f} CPU-s in {one.tasks} tasks, of which the client {one.client:.2f} s\n"
    )
    curves = {clients: curve(one, clients) for clients in CLIENTS}
    for line in lines(curves):
        sys.stdout.write(line + "\n")
    PICTURE.write_text(svg(curves, one))
    return 0


if __name__ == "__main__":
    sys.exit(main())
