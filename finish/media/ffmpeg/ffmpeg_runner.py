"""FFmpeg run as a program: an argument list, never a shell; monitored and limited. Exit code 0 alone isn't
success."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Final

from finish.errors import FFmpegError, FinishError, Interrupted
from finish.graph import CompiledCommand, Output, Payload, compile_outputs, history
from finish.media.ffmpeg.cpu_instructions import steadied
from finish.media.ffmpeg.ffmpeg_log import FFmpegLog
from finish.media.ffmpeg.ffmpeg_program import binary, version
from finish.media.ffmpeg.process import UNKNOWN_FRAMES, kill, started
from finish.media.ffmpeg.process_feed import feeding
from finish.media.ffmpeg.watched_pipe import WatchedPipe
from finish.storage import cleanup
from finish.storage.drafts import writing

STALL_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.01  # between checks of a process: a short one costs up to this much more
# Threads of the filter graph are pinned: float filters must not depend on the number of cores.
FILTER_THREADS: Final = 2
_LINE: Final = 2**16  # bytes of a line: a longer one isn't FFmpeg's, and must not fill the memory


@dataclass(frozen=True)
class FinishedProcess:
    """The result of a process: the number of encoded frames per output, and its log."""

    frames: tuple[int, ...]
    log: FFmpegLog


@contextmanager
def workplace() -> Iterator[tuple[Path, Callable[[Payload], str]]]:
    """A private, temporary folder for the payload files of one process, and the function that writes a
    payload there and returns its path."""
    with cleanup.scratch() as root:

        def place(payload: Payload) -> str:
            path = root / f"{payload.digest[:24]}{payload.suffix}"
            with writing(path):
                if not path.exists():
                    path.write_bytes(payload.content())
            return str(path)

        yield root, place


def command(compiled: CompiledCommand, root: Path, *, tolerant: bool = False) -> list[str]:
    """The argv of compiled graphs; each graph's text is written to a file in `root`. `tolerant` continues
    after packets that can't be decoded."""
    graph: list[str] = []
    for number, text in enumerate(compiled.graphs):
        script = root / f"graph-{number}.txt"
        script.write_text(text, encoding="utf-8")
        graph += ["-/filter_complex", str(script)]
    graph += ["-filter_complex_threads", str(FILTER_THREADS)] if graph else []
    return [
        binary(),
        "-hide_banner",
        "-nostdin",
        "-nostats",
        "-benchmark",
        "-y",
        "-loglevel",
        "level+verbose",
        *(("-max_error_rate", "1") if tolerant else ("-xerror",)),
        "-copyts",
        *compiled.inputs,
        *graph,
        *compiled.outputs,
    ]


def write(
    outputs: Sequence[Output],
    *,
    progress: Callable[[Sequence[int]], None] | None = None,
    cancel: threading.Event | None = None,
    fed: Iterator[bytes] | None = None,
) -> FinishedProcess:
    """Write the files of `outputs` in one process; FinishError if anything fails. The paths are temporary
    files of the caller.

    `progress` receives, in the caller's thread, the number of encoded frames of each output. A "computed"
    stream reads `fed`, whose errors are raised here.
    """
    version()  # refuses a program that isn't FFmpeg, or is too old
    with workplace() as (root, place):
        counted = [_counted(number, steadied(output)) for number, output in enumerate(outputs)]
        compiled = compile_outputs(counted, place)
        reading = _Reading.of(outputs, compiled)
        arguments = command(compiled, root, tolerant=reading.tolerant)
        arguments[1:1] = ["-progress", "pipe:1"]
        state, tell, stop = _Progress(len(outputs)), progress or (lambda _: None), cancel or threading.Event()
        with started(arguments, reading.frames, fed=fed is not None) as process, feeding(process, fed):
            return _watched(process, state, tell, stop, reading)


def _counted(number: int, output: Output) -> Output:
    """An output whose encoder reports each frame: FFmpeg's own progress is silent until every output has
    begun.

    Outputs report to the same pipe under different names: FFmpeg takes equal names for one file, and its
    threads would mix their lines.
    """
    encoded = output.streams[0].kind == "video" and ("c", "copy") not in output.options
    counting = (
        (("stats_enc_post:v", f"pipe:{'0' * number}1"), ("stats_enc_post_fmt:v", "@{fidx}"))
        if encoded
        else ()
    )
    return replace(output, options=(*output.options, *counting))


@dataclass(frozen=True)
class _Reading:
    """What a process reads: the number of `frames` of the longest picture, and whether damage is accepted.

    Errors of `trusted` inputs (numbers) are ignored: they were decoded completely before, and after a seek a
    decoder lacks the frames that others refer to.
    """

    frames: int
    tolerant: bool
    trusted: frozenset[int]

    @classmethod
    def of(cls, outputs: Sequence[Output], compiled: CompiledCommand) -> _Reading:
        inputs = [value for option, value in pairwise(compiled.inputs) if option == "-i"]
        sources = [
            node
            for node in history([stream for output in outputs for stream in output.streams])
            if node.name == "source"
        ]
        counts = [int(str(node.arg("frames"))) for node in sources if node.arg("frames") is not None]
        lenient = {
            f"file:{node.path}" for node in sources if node.arg("seek") is not None or node.arg("tolerant")
        }
        trusted = frozenset(number for number, name in enumerate(inputs) if name in lenient)
        return cls(
            max(counts, default=UNKNOWN_FRAMES), any(node.arg("tolerant") for node in sources), trusted
        )


@contextmanager
def piped(output: Output, cancel: threading.Event | None = None) -> Iterator[WatchedPipe]:
    """The bytes of one output as FFmpeg writes them. A reader that stops early ends the process; a reader
    that reads to the end gets its errors."""
    version()
    with workplace() as (root, place):
        compiled = compile_outputs([output], place)
        reading = _Reading.of([output], compiled)
        with started(command(compiled, root, tolerant=reading.tolerant), reading.frames) as process:
            assert process.stdout is not None
            log, watched, stop = FFmpegLog(), WatchedPipe(process.stdout), cancel or threading.Event()
            with _beside(process, (log.drain, process.stderr), (_guard, process, watched, stop)):
                yield watched
                if watched.stopped is not None:
                    raise watched.stopped
                watched.end(process)
            watched.cpu = log.cpu
            if stop.is_set():
                raise Interrupted()
            if watched.stalled:
                raise _stalled()
            if process.returncode:
                raise log.failure(process.returncode)
            log.require_clean(reading.trusted)


def refuse_absent(file: Path) -> None:
    """FFmpegError if a process without errors wrote no file, or an empty one."""
    if not file.is_file() or not file.stat().st_size:
        raise FFmpegError(
            "FFmpeg ended without an error and wrote nothing",
            "run `finish doctor` to see which FFmpeg is used",
        )


def _stalled() -> FinishError:
    message = f"FFmpeg made no progress for {STALL_SECONDS:.0f} s and was stopped"
    return FFmpegError(message, "run again; if it happens again, export the clip again")


def lines(arguments: list[str], frames: int, cancel: threading.Event) -> Iterator[str]:
    """The lines of a process's log as they come; the process must write nothing else.

    Interrupted once `cancel` is set; FFmpegError for a process that stalls or exceeds its limits. The last
    line is "[exit] CODE": the caller decides what an exit code means.
    """
    version()
    with started(arguments, frames) as process:
        assert process.stderr is not None
        log, watched = FFmpegLog(), WatchedPipe(process.stderr)
        with _beside(process, (_guard, process, watched, cancel)):
            while True:
                watched.waiting = time.monotonic()
                raw = process.stderr.readline(_LINE)
                if not raw:
                    break
                watched.waiting = None
                line = raw.decode("utf-8", "replace").rstrip()
                log.add(line)
                yield line
            process.wait()
        if cancel.is_set():
            raise Interrupted()
        if watched.stalled:
            raise _stalled()
        if process.returncode < 0:
            raise log.failure(process.returncode)
        yield f"[exit] {process.returncode}"


@contextmanager
def _beside(process: subprocess.Popen[bytes], *works: tuple[Any, ...]) -> Iterator[None]:
    """Threads that serve a process, each a function and its arguments. They end before the process's pipes
    are closed."""
    threads = [threading.Thread(target=work, args=arguments, daemon=True) for work, *arguments in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        if process.poll() is None:
            kill(process)
        for thread in threads:
            thread.join()


def _guard(process: subprocess.Popen[bytes], watched: WatchedPipe, cancel: threading.Event) -> None:
    """End a process that is cancelled, or makes no progress for `STALL_SECONDS`."""
    while process.poll() is None:
        waiting = watched.waiting
        watched.stalled = waiting is not None and time.monotonic() - waiting > STALL_SECONDS
        if cancel.wait(_POLL_SECONDS) or watched.stalled:
            kill(process)
            return


def _watched(
    process: subprocess.Popen[bytes],
    state: _Progress,
    progress: Callable[[Sequence[int]], None],
    cancel: threading.Event,
    reading: _Reading,
) -> FinishedProcess:
    log, reported = FFmpegLog(), state.frames
    with _beside(process, (log.drain, process.stderr), (state.read, process.stdout)):
        while process.poll() is None:
            if cancel.wait(_POLL_SECONDS):
                raise Interrupted()
            if state.frames != reported:
                reported = state.frames
                progress(reported)
            if time.monotonic() - state.moved > STALL_SECONDS:
                raise _stalled()
    if process.returncode:
        raise log.failure(process.returncode)
    log.require_clean(reading.trusted)
    if state.frames != reported:
        progress(state.frames)
    return FinishedProcess(state.frames, log)


class _Progress:
    """The progress that FFmpeg reports: when anything last moved, and how many frames of each output are
    encoded."""

    def __init__(self, outputs: int) -> None:
        self.moved = time.monotonic()
        self._frames = [0] * outputs
        self._last: dict[str, str] = {}

    @property
    def frames(self) -> tuple[int, ...]:
        return tuple(self._frames)

    def read(self, pipe: IO[bytes]) -> None:
        for raw in iter(partial(pipe.readline, _LINE), b""):
            name, _, value = raw.decode("utf-8", "replace").strip().partition("=")
            if name.startswith("@"):
                if name[1:].isdecimal() and int(name[1:]) < len(self._frames):
                    self._frames[int(name[1:])] += 1
                    self.moved = time.monotonic()
            elif name in ("frame", "out_time_us", "total_size") and self._last.get(name) != value:
                self.moved, self._last[name] = time.monotonic(), value
