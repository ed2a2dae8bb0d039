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
from finish.media.ffmpeg.watched_pipe import WatchedPipe
from finish.storage import cleanup
from finish.storage.store import writing

STALL_SECONDS: Final = 60.0
_LOOK: Final = 0.01  # s between looks at a process: what a batch of short ones waits for in vain
# Threads of the filter graph are pinned: float filters must not depend on how many cores a machine has.
FILTER_THREADS: Final = 2
_LINE: Final = 2**16  # bytes: what is no line of FFmpeg's must not fill the memory


@dataclass(frozen=True)
class FinishedProcess:
    """The result of a process: the number of encoded frames per output, and its log."""

    frames: tuple[int, ...]
    log: FFmpegLog


@contextmanager
def workplace() -> Iterator[tuple[Path, Callable[[Payload], str]]]:
    """A private folder for one process's payload files, gone afterwards, and the function that puts a
    payload there."""
    with cleanup.scratch() as root:

        def place(payload: Payload) -> str:
            path = root / f"{payload.digest[:24]}{payload.suffix}"
            with writing(path):
                if not path.exists():
                    path.write_bytes(payload.content())
            return str(path)

        yield root, place


def command(lowered: CompiledCommand, root: Path, *, tolerant: bool = False) -> list[str]:
    """The argv of lowered graphs; each graph's text is written to a file in `root`. `tolerant` goes on
    over what does not decode."""
    graph: list[str] = []
    for number, text in enumerate(lowered.graphs):
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
        *lowered.inputs,
        *graph,
        *lowered.outputs,
    ]


def write(
    outputs: Sequence[Output],
    *,
    progress: Callable[[Sequence[int]], None] | None = None,
    cancel: threading.Event | None = None,
) -> FinishedProcess:
    """Write the files of `outputs` in one process; FinishError when anything at all went wrong. Paths are the
    caller's temporaries.

    `progress` is told, in the caller's thread, how many pictures of each output are encoded.
    """
    version()  # refuses what is no FFmpeg, or too old, by name
    with workplace() as (root, place):
        lowered = compile_outputs(
            [_counted(number, steadied(each)) for number, each in enumerate(outputs)], place
        )
        reading = _Reading.of(outputs, lowered)
        arguments = command(lowered, root, tolerant=reading.tolerant)
        arguments[1:1] = ["-progress", "pipe:1"]
        with started(arguments, reading.frames) as process:
            state = _Progress(len(outputs))
            return _watched(
                process, state, progress or (lambda _: None), cancel or threading.Event(), reading
            )


def _counted(number: int, output: Output) -> Output:
    """An output whose encoder tells of each picture: FFmpeg's own progress is silent until every output has
    begun.

    FFmpeg takes equal names for one file, into which its threads would write through each other: so the same
    pipe, differently named.
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
    """Of what a process reads: how many frames the longest picture shows, whether damage is accepted, and
    which inputs (numbers) were decoded whole before, and may complain now: after a seek a decoder misses
    what the pictures before it refer to."""

    frames: int
    tolerant: bool
    trusted: frozenset[int]

    @classmethod
    def of(cls, outputs: Sequence[Output], lowered: CompiledCommand) -> _Reading:
        inputs = [value for option, value in pairwise(lowered.inputs) if option == "-i"]
        sources = [
            node
            for node in history([stream for output in outputs for stream in output.streams])
            if node.name == "source"
        ]
        counts = [int(str(node.arg("frames"))) for node in sources if node.arg("frames") is not None]
        lenient = {
            f"file:{node.path}" for node in sources if node.arg("seek") is not None or node.arg("tolerant")
        }
        trusted = frozenset(number for number, each in enumerate(inputs) if each in lenient)
        return cls(
            max(counts, default=UNKNOWN_FRAMES), any(node.arg("tolerant") for node in sources), trusted
        )


@contextmanager
def piped(output: Output, cancel: threading.Event | None = None) -> Iterator[WatchedPipe]:
    """The bytes of one output as they come; a reader that stops early ends the process, one that reads all
    is told of failure."""
    version()
    with workplace() as (root, place):
        lowered = compile_outputs([output], place)
        reading = _Reading.of([output], lowered)
        with started(command(lowered, root, tolerant=reading.tolerant), reading.frames) as process:
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
            if watched.still:
                raise _stood_still()
            if process.returncode:
                raise log.failure(process.returncode)
            log.refuse_lies(reading.trusted)


def refuse_absent(file: Path) -> None:
    """FFmpegError if a process without errors left no file, or an empty one."""
    if not file.is_file() or not file.stat().st_size:
        raise FFmpegError(
            "FFmpeg ended without an error and wrote nothing",
            "run `finish doctor` to see which FFmpeg is used",
        )


def _stood_still() -> FinishError:
    message = f"FFmpeg made no progress for {STALL_SECONDS:.0f} s and was stopped"
    return FFmpegError(message, "run again; if it happens again, export the clip again")


def lines(arguments: list[str], frames: int, cancel: threading.Event) -> Iterator[str]:
    """The lines of a process's log as they come; it must write nothing else.

    Interrupted once cancelled, and for a process that stood still or went over its limits. An exit code that
    says no more than that the log holds errors is the caller's to judge, by a last line "[exit] CODE".
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
        if watched.still:
            raise _stood_still()
        if process.returncode < 0:
            raise log.failure(process.returncode)
        yield f"[exit] {process.returncode}"


@contextmanager
def _beside(process: subprocess.Popen[bytes], *works: tuple[Any, ...]) -> Iterator[None]:
    """Threads that serve a process, each a function and its arguments; ended before its pipes are closed
    under their hands."""
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
    """End a process that is cancelled, or that makes no progress for `STALL_SECONDS`."""
    while process.poll() is None:
        waiting = watched.waiting
        watched.still = waiting is not None and time.monotonic() - waiting > STALL_SECONDS
        if cancel.wait(_LOOK) or watched.still:
            kill(process)
            return


def _watched(
    process: subprocess.Popen[bytes],
    state: _Progress,
    progress: Callable[[Sequence[int]], None],
    cancel: threading.Event,
    reading: _Reading,
) -> FinishedProcess:
    log, told = FFmpegLog(), state.frames
    with _beside(process, (log.drain, process.stderr), (state.read, process.stdout)):
        while process.poll() is None:
            if cancel.wait(_LOOK):
                raise Interrupted()
            if state.frames != told:
                told = state.frames
                progress(told)
            if time.monotonic() - state.moved > STALL_SECONDS:
                raise _stood_still()
    if process.returncode:
        raise log.failure(process.returncode)
    log.refuse_lies(reading.trusted)
    if state.frames != told:
        progress(state.frames)
    return FinishedProcess(state.frames, log)


class _Progress:
    """What FFmpeg says on its way as it comes: when anything last moved, and how many pictures of each
    output are encoded."""

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
