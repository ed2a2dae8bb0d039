"""`python -m bench.twenty JOB`: a batch in one process; its memory per clip, and the time of FFmpeg alone.

Every FFmpeg command is recorded with its payload files, and after the batch all run again without finish:
commands that ran in parallel do so again, and each waits for what it waited for. The additional time of the
batch is finish's own. Prints one JSON object.
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
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.ffmpeg.process import environment
from finish.storage import platform


@dataclass
class Command:
    """One FFmpeg process: its start and end, in seconds of the monotonic clock."""

    argv: list[str]
    begun: float
    ended: float = 0.0


@dataclass(frozen=True)
class Done:
    """A batch of this many clips.

    Wall seconds in all, those without a running FFmpeg, and those of FFmpeg alone; the peak memory in KiB
    after each clip.
    """

    clips: int
    took: float
    idle: float
    alone: float
    peaks: list[int]


@dataclass
class Notes:
    """The records of a batch."""

    place: Path
    commands: list[Command] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)

    @contextmanager
    def workplace(self) -> Iterator[tuple[Path, Callable[[Any], str]]]:
        """Like FFmpeg's own folder, but its files stay, so that the command can be repeated."""
        root = Path(tempfile.mkdtemp(dir=self.place))

        def put(payload: Any) -> str:
            path = root / f"{payload.digest[:24]}{payload.suffix}"
            path.write_bytes(payload.content())
            return str(path)

        yield root, put

    def watching(self, started: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def noted(argv: list[str], *rest: Any, **options: Any) -> Iterator[Any]:
            command = Command(argv, time.monotonic())
            self.commands.append(command)
            try:
                with started(argv, *rest, **options) as process:
                    yield process
            finally:
                command.ended = time.monotonic()

        return noted

    def tell(self, event: Any) -> None:
        if event.what == "done":
            self.peaks.append(_peak())
        if event.what in ("failed", "broken"):
            raise SystemExit(f"{event.name}: {event.message}")


def _peak() -> int:
    """The peak memory of this process, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def batch(job: str, place: Path) -> Done:
    """Finish the job, and run its commands again."""
    notes = Notes(place)
    begun = time.monotonic()
    ffmpeg_runner.workplace, ffmpeg_runner.started = notes.workplace, notes.watching(ffmpeg_runner.started)
    outcomes = api.run(api.load(job).job, on_event=notes.tell)
    took = time.monotonic() - begun
    if any(outcome.exit_code for outcome in outcomes):
        raise SystemExit("; ".join(str(outcome.error) for outcome in outcomes if outcome.error))
    commands = sorted(notes.commands, key=lambda command: command.begun)
    return Done(len(notes.peaks), took, took - busy(commands), again(commands), notes.peaks)


def busy(commands: Sequence[Command]) -> float:
    """Seconds in which at least one of the commands ran; they are in the order of their start."""
    total, until = 0.0, float("-inf")
    for command in commands:
        total += max(0.0, command.ended - max(command.begun, until))
        until = max(until, command.ended)
    return total


def again(commands: Sequence[Command]) -> float:
    """Wall seconds of the same commands with dropped output.

    Each starts after all commands that had ended before it have ended.
    """
    nowhere = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    begun, running = time.monotonic(), []
    for command in commands:
        for other, process in running:
            if other.ended <= command.begun:
                process.wait()
        running.append((command, subprocess.Popen(command.argv, **nowhere, env=environment())))
    if any(process.wait() for _, process in running):
        raise SystemExit("a command that worked in the batch does not work again")
    return time.monotonic() - begun


if __name__ == "__main__":
    platform.share_arenas()  # as the command does
    with tempfile.TemporaryDirectory(prefix="finish-bench-") as folder:
        sys.stdout.write(json.dumps(asdict(batch(sys.argv[1], Path(folder)))))
