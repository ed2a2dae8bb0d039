"""`python -m bench.twenty JOB`: a batch in one process; memory and time clip by clip, and what FFmpeg alone would have taken.

Every FFmpeg command of a clip is noted with its payload files, and run again as soon as the clip is done, with nobody around it:
those that ran side by side do so again, and each waits for what it waited for. What the clip took longer is ours. Prints one JSON
object.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from finish import api
from finish.effects import ffmpeg


@dataclass
class Command:
    """One FFmpeg process: when it began and ended, in seconds of the monotonic clock."""

    argv: list[str]
    begun: float
    ended: float = 0.0


@dataclass(frozen=True)
class Done:
    """One clip: its wall seconds in all, while no FFmpeg ran, and FFmpeg's alone; KiB that this process has held at most by then."""

    took: float
    idle: float
    alone: float
    peak: int


@dataclass
class Notes:
    """All that was seen of a batch, and when the clip that is being made was begun."""

    place: Path
    begun: float
    commands: list[Command] = field(default_factory=list)
    clips: list[Done] = field(default_factory=list)

    @contextmanager
    def workplace(self) -> Iterator[tuple[Path, Callable[[Any], str]]]:
        """As FFmpeg's own, but what is put there stays, so that the command can be repeated."""
        root = Path(tempfile.mkdtemp(dir=self.place))

        def put(payload: Any) -> str:
            path = root / f"{payload.digest[:24]}{payload.suffix}"
            path.write_bytes(payload.content())
            return str(path)

        yield root, put

    def watching(self, started: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def noted(argv: list[str], *rest: Any) -> Iterator[Any]:
            command = Command(argv, time.monotonic())
            self.commands.append(command)
            try:
                with started(argv, *rest) as process:
                    yield process
            finally:
                command.ended = time.monotonic()

        return noted

    def tell(self, event: Any) -> None:
        if event.what == "done":
            took = time.monotonic() - self.begun
            commands = sorted(self.commands, key=lambda each: each.begun)
            self.clips.append(Done(took, took - busy(commands), again(commands), _peak()))
            self.commands.clear()
            self.begun = time.monotonic()
        if event.what in ("failed", "broken"):
            raise SystemExit(f"{event.name}: {event.message}")


def _peak() -> int:
    """KiB of memory that this process has held at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def batch(job: str, place: Path) -> list[dict[str, Any]]:
    """Finish the job; what was seen of each clip, in order. The first pays for the start of everything."""
    notes = Notes(place, time.monotonic())
    ffmpeg.workplace, ffmpeg.started = notes.workplace, notes.watching(ffmpeg.started)
    outcomes = api.run(api.load(job).job, on_event=notes.tell)
    if any(outcome.exit_code for outcome in outcomes):
        raise SystemExit("; ".join(str(outcome.error) for outcome in outcomes if outcome.error))
    return [asdict(each) for each in notes.clips]


def busy(commands: Sequence[Command]) -> float:
    """Seconds in which at least one of the commands ran; they come in the order in which they began."""
    total, until = 0.0, float("-inf")
    for each in commands:
        total += max(0.0, each.ended - max(each.begun, until))
        until = max(until, each.ended)
    return total


def again(commands: Sequence[Command]) -> float:
    """Wall seconds of the same commands, their output thrown away; each begins when all that had ended before it have ended."""
    nowhere = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    begun, running = time.monotonic(), []
    for each in commands:
        for other, process in running:
            if other.ended <= each.begun:
                process.wait()
        running.append((each, subprocess.Popen(each.argv, **nowhere, env=ffmpeg.environment())))
    if any(process.wait() for _, process in running):
        raise SystemExit("a command that worked in the batch does not work again")
    return time.monotonic() - begun


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="finish-bench-") as folder:
        sys.stdout.write(json.dumps(batch(sys.argv[1], Path(folder))))
