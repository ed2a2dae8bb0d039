"""The cost of a way of working: CPU of all its processes and wall time.

The sides run in turn; results are medians over the rounds.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Cost:
    """CPU seconds of all started processes, and wall seconds; or ratios of both."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Side:
    """One way to make the deliverables.

    `run` is timed; `clear`, which removes earlier results, isn't. `commands` state how to repeat it.
    """

    name: str
    run: Callable[[], object]
    clear: Callable[[], object] = lambda: None
    commands: tuple[str, ...] = ()


Rounds = Mapping[str, Sequence[Cost]]


def in_turn(sides: Sequence[Side], runs: int) -> Rounds:
    """Every side once per round, in the given order, so that a slow minute of the machine affects all."""
    rounds: dict[str, list[Cost]] = {side.name: [] for side in sides}
    for _ in range(runs):
        for side in sides:
            side.clear()
            rounds[side.name].append(timed(side.run))
    return rounds


def timed(run: Callable[[], object]) -> Cost:
    """The cost of one run, all of whose work happens in child processes that it waits for."""

    def cpu() -> float:
        use = resource.getrusage(resource.RUSAGE_CHILDREN)
        return use.ru_utime + use.ru_stime

    before, begun = cpu(), time.monotonic()
    run()
    return Cost(cpu() - before, time.monotonic() - begun)


def middle(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(cost.cpu for cost in costs), statistics.median(cost.wall for cost in costs))


def ratio(rounds: Rounds, over: str, under: str) -> Cost:
    """The median of `over` ÷ `under`, round by round."""
    return middle(
        [Cost(a.cpu / b.cpu, a.wall / b.wall) for a, b in zip(rounds[over], rounds[under], strict=True)]
    )


def quiet(command: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Run one program and return its log; RuntimeError with the end of its output if it fails."""
    return _run(command, env).stderr


def output(command: Sequence[str]) -> str:
    """Run one program and return its output; RuntimeError as `quiet`."""
    return _run(command, None).stdout


def _run(command: Sequence[str], env: Mapping[str, str] | None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        env=env,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"{command[0]} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}"
        )
    return done
