"""FFmpeg, started as a program: an argv list, never a shell; watched, limited, and never believed on its exit code alone."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Final

from finish.effects.fonts import font_environment
from finish.effects.log import Log
from finish.effects.program import binary, version
from finish.effects.store import writing
from finish.errors import FinishError
from finish.graph import Lowered, Output, Payload, history, lower

# A file from outside must not take the machine down. 12 GiB of address space holds x264 at 4K with room to spare; an hour of
# CPU and 2 GiB, and for every frame 4 s (8K, slow) and 4 MiB (ten times ProRes HQ at 1080p) more, hold any honest job.
MEMORY: Final = 12 * 2**30
CPU_SECONDS, CPU_SECONDS_A_FRAME = 3600, 4
OUTPUT_BYTES, OUTPUT_BYTES_A_FRAME = 2 * 2**30, 4 * 2**20
UNKNOWN_FRAMES: Final = 100_000
STALL_SECONDS: Final = 60.0
_LOOK: Final = 0.01  # s between looks at a process: what a batch of short ones waits for in vain
# Threads of the filter graph are pinned: float filters must not depend on how many cores a machine has.
FILTER_THREADS: Final = 2


# Linux: whoever kills us, whatever way, kills FFmpeg too; it would go on writing for nobody. util-linux asks for that without
# code of ours between fork and exec, which would copy this process's page tables for each FFmpeg (30 ms with 140 MiB).
_WITH_US: Final = ("setpriv", "--pdeathsig", "KILL", "--")
_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG, linux/prctl.h


@dataclass(frozen=True)
class Ran:
    """What a finished process said: how many pictures of each output it encoded, and its log."""

    frames: tuple[int, ...]
    log: Log


@contextmanager
def workplace() -> Iterator[tuple[Path, Callable[[Payload], str]]]:
    """A private folder for one process's payload files, gone afterwards, and the function that puts a payload there."""
    with tempfile.TemporaryDirectory(prefix="finish-") as folder:
        root = Path(folder)

        def place(payload: Payload) -> str:
            path = root / f"{payload.digest[:24]}{payload.suffix}"
            with writing(path):
                if not path.exists():
                    path.write_bytes(payload.content())
            return str(path)

        yield root, place


def command(lowered: Lowered, root: Path) -> list[str]:
    """The argv of lowered graphs; each graph's text is written to a file in `root`."""
    graph: list[str] = []
    for number, text in enumerate(lowered.graphs):
        script = root / f"graph-{number}.txt"
        script.write_text(text, encoding="utf-8")
        graph += ["-/filter_complex", str(script)]
    graph += ["-filter_complex_threads", str(FILTER_THREADS)] if graph else []
    return [
        binary(), "-hide_banner", "-nostdin", "-nostats", "-benchmark", "-y", "-loglevel", "level+verbose", "-xerror", "-copyts",
        *lowered.inputs, *graph, *lowered.outputs,
    ]


def write(
    outputs: Sequence[Output], *, progress: Callable[[Sequence[int]], None] | None = None, cancel: threading.Event | None = None,
) -> Ran:
    """Write the files of `outputs` in one process; FinishError when anything at all went wrong. Paths are the caller's temporaries.

    `progress` is told, in the caller's thread, how many pictures of each output are encoded.
    """
    with workplace() as (root, place):
        lowered = lower([_counted(number, each) for number, each in enumerate(outputs)], place)
        arguments = command(lowered, root)
        arguments[1:1] = ["-progress", "pipe:1"]
        expected = _expected(outputs, lowered)
        with started(arguments, max(expected.values(), default=UNKNOWN_FRAMES)) as process:
            state = _Progress(len(outputs))
            return _watched(process, state, progress or (lambda _: None), cancel or threading.Event(), expected)


def _counted(number: int, output: Output) -> Output:
    """An output whose encoder tells of each picture: FFmpeg's own progress is silent until every output has begun.

    FFmpeg takes equal names for one file, into which its threads would write through each other: so the same pipe, differently named.
    """
    encoded = output.streams[0].kind == "video" and ("c", "copy") not in output.options
    counting = (("stats_enc_post:v", f"pipe:{'0' * number}1"), ("stats_enc_post_fmt:v", "@{fidx}")) if encoded else ()
    return replace(output, options=(*output.options, *counting))


def _expected(outputs: Sequence[Output], lowered: Lowered) -> dict[tuple[int, int], int]:
    """How many frames each whole video input shows, by (input, stream): what its decoder must give."""
    inputs = [value for option, value in pairwise(lowered.inputs) if option == "-i"]
    sources = (node for node in history([stream for output in outputs for stream in output.streams]) if node.name == "source")
    return {
        (inputs.index(f"file:{node.path}"), int(str(node.arg("index")))): int(str(node.arg("frames")))
        for node in sources if node.arg("frames") is not None and node.arg("seek") is None
    }


class Watched(io.RawIOBase):
    """A pipe that knows since when its reader has been waiting."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self.waiting: float | None = None
        self.cpu = 0.0  # CPU-seconds of the process, once all is read
        self.stopped: KeyboardInterrupt | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        self.waiting = time.monotonic()
        try:
            return self._pipe.read(size)
        except KeyboardInterrupt as stop:  # PyAV loses what is raised in its callback and is no Exception: told again by `piped`
            self.stopped = stop
            return b""
        finally:
            self.waiting = None


@contextmanager
def piped(output: Output, cancel: threading.Event | None = None) -> Iterator[Watched]:
    """The bytes of one output as they come; a reader that stops early ends the process, one that reads all is told of failure."""
    with workplace() as (root, place):
        lowered = lower([output], place)
        expected = _expected([output], lowered)
        with started(command(lowered, root), max(expected.values(), default=UNKNOWN_FRAMES)) as process:
            assert process.stdout is not None
            log, watched, stop = Log(), Watched(process.stdout), cancel or threading.Event()
            with _beside(process, (log.drain, process.stderr), (_guard, process, watched, stop)):
                yield watched
                if watched.stopped is not None:
                    raise watched.stopped
                while process.stdout.read(1 << 20):  # a reader that gave up must not leave FFmpeg waiting for it
                    pass
                process.wait()
            watched.cpu = log.cpu
            if stop.is_set():
                raise FinishError("interrupted", "stopped")
            if process.returncode:
                raise log.failure(process.returncode)
            log.refuse_lies(expected)


@contextmanager
def _beside(process: subprocess.Popen[bytes], *works: tuple[Any, ...]) -> Iterator[None]:
    """Threads that serve a process, each a function and its arguments; ended before its pipes are closed under their hands."""
    threads = [threading.Thread(target=work, args=arguments, daemon=True) for work, *arguments in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        if process.poll() is None:
            _kill(process)
        for thread in threads:
            thread.join()


def _guard(process: subprocess.Popen[bytes], watched: Watched, cancel: threading.Event) -> None:
    """End a process that was cancelled, or for which its reader waits too long."""
    while process.poll() is None:
        waiting = watched.waiting
        if cancel.wait(_LOOK) or (waiting is not None and time.monotonic() - waiting > STALL_SECONDS):
            _kill(process)
            return


@contextmanager
def started(arguments: list[str], frames: int = UNKNOWN_FRAMES) -> Iterator[subprocess.Popen[bytes]]:
    """A running FFmpeg in a process group of its own, limited by how many `frames` it works on, and certainly dead afterwards."""
    version()  # refuses what is no FFmpeg, or too old, by name
    prefix, before = _ending_with_us()
    process = subprocess.Popen(
        [*prefix, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env=environment(), preexec_fn=before,  # noqa: PLW1509 (one C function runs before exec, and takes no lock)
    )
    try:
        _limit(process.pid, frames)
        yield process
    finally:
        if process.poll() is None:
            _kill(process)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
        process.wait()


@cache
def _ending_with_us() -> tuple[tuple[str, ...], Callable[[], None] | None]:
    """What stands before FFmpeg's command, or is done before it is run, so that it ends when we do, however we end."""
    if sys.platform != "linux":
        return (), None
    if shutil.which(_WITH_US[0]):
        return _WITH_US, None
    prctl = ctypes.CDLL(None).prctl
    return (), lambda: prctl(_DEATH_SIGNAL, signal.SIGKILL)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def environment() -> dict[str, str]:
    """What FFmpeg sees of ours: no more than it needs, and our fonts only."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")}
    return {**kept, "LC_ALL": "C.UTF-8", "AV_LOG_FORCE_NOCOLOR": "1", **font_environment()}


def _limit(pid: int, frames: int) -> None:
    if not hasattr(resource, "prlimit"):  # Linux only
        return
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: CPU_SECONDS + CPU_SECONDS_A_FRAME * frames,
        resource.RLIMIT_FSIZE: OUTPUT_BYTES + OUTPUT_BYTES_A_FRAME * frames,
    }
    with contextlib.suppress(ProcessLookupError):  # it may have ended already
        for what, most in limits.items():
            _, hard = resource.prlimit(pid, what)
            soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.prlimit(pid, what, (soft, hard))


def _watched(
    process: subprocess.Popen[bytes], state: _Progress, progress: Callable[[Sequence[int]], None], cancel: threading.Event,
    expected: Mapping[tuple[int, int], int],
) -> Ran:
    log, told = Log(), state.frames
    with _beside(process, (log.drain, process.stderr), (state.read, process.stdout)):
        while process.poll() is None:
            if cancel.wait(_LOOK):
                raise FinishError("interrupted", "stopped")
            if state.frames != told:
                told = state.frames
                progress(told)
            if time.monotonic() - state.moved > STALL_SECONDS:
                message = f"FFmpeg stood still for {STALL_SECONDS:.0f} s and was stopped"
                raise FinishError("ffmpeg", message, "run again; if it repeats, export the clip again")
    if process.returncode:
        raise log.failure(process.returncode)
    log.refuse_lies(expected)
    if state.frames != told:
        progress(state.frames)
    return Ran(state.frames, log)


class _Progress:
    """What FFmpeg says on its way as it comes: when anything last moved, and how many pictures of each output are encoded."""

    def __init__(self, outputs: int) -> None:
        self.moved = time.monotonic()
        self._frames = [0] * outputs
        self._last: dict[str, str] = {}

    @property
    def frames(self) -> tuple[int, ...]:
        return tuple(self._frames)

    def read(self, pipe: IO[bytes]) -> None:
        for raw in pipe:
            name, _, value = raw.decode("utf-8", "replace").strip().partition("=")
            if name.startswith("@"):
                self._frames[int(name[1:])] += 1
                self.moved = time.monotonic()
            elif name in ("frame", "out_time_us", "total_size") and self._last.get(name) != value:
                self.moved, self._last[name] = time.monotonic(), value
