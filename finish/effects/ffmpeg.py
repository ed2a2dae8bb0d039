"""FFmpeg, started as a program: an argv list, never a shell; watched, limited, and never believed on its exit code alone."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Final

from finish.effects.fonts import font_environment
from finish.errors import FinishError
from finish.graph import Lowered, Output, Payload, lower

# A file from outside must not take the machine down: 12 GiB of address space holds x264 at 4K with room to spare, and no
# deliverable of a minute or two needs an hour of CPU or 16 GiB of disk.
MEMORY: Final = 12 * 2**30
CPU_SECONDS: Final = 4 * 3600
OUTPUT_BYTES: Final = 16 * 2**30
STALL_SECONDS: Final = 60.0
# Threads of the filter graph are pinned: dithering and float filters must not depend on how many cores a machine has.
FILTER_THREADS: Final = 2

_TOFU: Final = re.compile(r"failed to find any fallback with glyph (0x[0-9A-Fa-f]+)")
_MISSING: Final = re.compile(r"(?:No such filter: |Unknown encoder |Requested output format )'([^']+)'")
_DECODED: Final = re.compile(r"Input stream #\d+:\d+ \(video\): (\d+) packets read .*?; (\d+) frames decoded(?:; (\d+) decode errors)?")


@dataclass(frozen=True)
class Ran:
    """What a finished process said: frames of its first picture, CPU seconds, and its log."""

    frames: int
    cpu: float
    log: str


@cache
def binary() -> str:
    """The FFmpeg to start: `FINISH_FFMPEG` when it is set, else the one that imageio-ffmpeg carries."""
    chosen = os.environ.get("FINISH_FFMPEG")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise FinishError("capability", f"FINISH_FFMPEG names {chosen!r}, which cannot be run", "unset it to use the embedded FFmpeg")
        return chosen
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as wrong:
        raise FinishError("capability", "imageio-ffmpeg has no FFmpeg for this machine", "set FINISH_FFMPEG to one of version 9") from wrong


@cache
def version() -> str:
    """The build's own version text: part of what a rendered piece is named by."""
    return _ask("-version").split("\n", 1)[0].removeprefix("ffmpeg version ").split(" Copyright")[0]


@cache
def listing(what: str) -> frozenset[str]:
    """The names that FFmpeg lists for "filters", "encoders", "muxers" or "demuxers"."""
    body = _ask(f"-{what}").split("--" if what in ("muxers", "demuxers") else "------", 1)[-1]
    lines = body.splitlines() if what != "filters" else _ask("-filters").splitlines()
    words = [line.split() for line in lines]
    return frozenset(name for each in words if len(each) > 1 for name in each[1].split(","))


def _ask(*arguments: str) -> str:
    arguments = (binary(), "-hide_banner", *arguments)
    return subprocess.run(arguments, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, check=False).stdout


@contextmanager
def workplace() -> Iterator[tuple[Path, Callable[[Payload], str]]]:
    """A private folder for one process's payload files, gone afterwards, and the function that puts a payload there."""
    with tempfile.TemporaryDirectory(prefix="finish-") as folder:
        root = Path(folder)

        def place(payload: Payload) -> str:
            path = root / f"{payload.digest[:24]}{payload.suffix}"
            if not path.exists():
                path.write_bytes(payload.content())
            return str(path)

        yield root, place


def command(lowered: Lowered, root: Path) -> list[str]:
    """The argv of a lowered graph; the graph's text is written to a file in `root`."""
    graph: list[str] = []
    if lowered.graph:
        script = root / "graph.txt"
        script.write_text(lowered.graph, encoding="utf-8")
        graph = ["-/filter_complex", str(script), "-filter_complex_threads", str(FILTER_THREADS)]
    return [
        binary(), "-hide_banner", "-nostdin", "-nostats", "-y", "-loglevel", "level+verbose", "-xerror", "-copyts",
        *lowered.inputs, *graph, *lowered.outputs,
    ]


def write(
    outputs: Sequence[Output], *, progress: Callable[[int], None] | None = None, cancel: threading.Event | None = None,
) -> Ran:
    """Write the files of `outputs` in one process; FinishError when anything at all went wrong. Paths are the caller's temporaries.

    `progress` is told how many frames of the first picture are done (with -copyts FFmpeg's own clock counts from anywhere).
    """
    with workplace() as (root, place):
        lowered = lower(outputs, place)
        arguments = command(lowered, root)
        arguments[1:1] = ["-progress", "pipe:1"]
        with started(arguments) as process:
            return _watched(process, progress or (lambda _: None), cancel or threading.Event())


@contextmanager
def piped(output: Output) -> Iterator[IO[bytes]]:
    """The bytes of one output as they come; a reader that stops early ends the process, one that reads all is told of failure."""
    with workplace() as (root, place), started(command(lower([output], place), root)) as process:
        assert process.stdout is not None
        log: deque[str] = deque(maxlen=4000)
        reader = threading.Thread(target=_drain, args=(process.stderr, log), daemon=True)
        reader.start()
        try:
            yield process.stdout
        except GeneratorExit:
            return
        process.wait()
        reader.join()
        if process.returncode:
            raise failure(process.returncode, "\n".join(log))
        refuse_lies("\n".join(log))


@contextmanager
def started(arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A running FFmpeg in a process group of its own, limited, and certainly dead afterwards."""
    process = subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, env=environment(),
    )
    try:
        _limit(process.pid)
        yield process
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
        process.wait()


def environment() -> dict[str, str]:
    """What FFmpeg sees of ours: no more than it needs, and our fonts only."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")}
    return {**kept, "LC_ALL": "C.UTF-8", "AV_LOG_FORCE_NOCOLOR": "1", **font_environment()}


def _limit(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have ended already
        for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_FSIZE, OUTPUT_BYTES)):
            _, hard = resource.prlimit(pid, what)
            soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.prlimit(pid, what, (soft, hard))


def _watched(process: subprocess.Popen[bytes], progress: Callable[[int], None], cancel: threading.Event) -> Ran:
    before = _cpu()
    log: deque[str] = deque(maxlen=4000)
    reader = threading.Thread(target=_drain, args=(process.stderr, log), daemon=True)
    reader.start()
    state = _Progress(progress)
    teller = threading.Thread(target=state.read, args=(process.stdout,), daemon=True)
    teller.start()
    while process.poll() is None:
        if cancel.wait(0.05):
            raise FinishError("interrupted", "stopped")
        if time.monotonic() - state.moved > STALL_SECONDS:
            message = f"FFmpeg stood still for {STALL_SECONDS:.0f} s and was stopped"
            raise FinishError("ffmpeg", message, "run again; if it repeats, export the clip again")
    teller.join()
    reader.join()
    text = "\n".join(log)
    if process.returncode:
        raise failure(process.returncode, text)
    refuse_lies(text)
    return Ran(state.frames, _cpu() - before, text)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Progress:
    """The `-progress` lines as they come: when anything in them last moved, and how many frames are done."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self.moved, self.frames = time.monotonic(), 0
        self._last: dict[str, str] = {}

    def read(self, pipe: IO[bytes]) -> None:
        for raw in pipe:
            name, _, value = raw.decode("utf-8", "replace").strip().partition("=")
            if name in ("frame", "out_time_us", "total_size") and self._last.get(name) != value:
                self.moved, self._last[name] = time.monotonic(), value
            if name == "frame" and value.isdigit():
                self.frames = int(value)
                self._tell(self.frames)


def _drain(pipe: IO[bytes], log: deque[str]) -> None:
    for raw in pipe:
        log.append(raw.decode("utf-8", "replace").rstrip())


def failure(code: int, log: str) -> FinishError:
    """One clear line out of FFmpeg's log."""
    if "No space left on device" in log:
        return FinishError("disk", "the disk is full", "make room and run again; what is finished is kept")
    missing = _MISSING.search(log)
    if missing:
        return FinishError("capability", f"this FFmpeg ({version()}) lacks {missing[1]!r}", "unset FINISH_FFMPEG to use the embedded one")
    if code in (-signal.SIGXCPU, -signal.SIGXFSZ) or "File too large" in log:
        return FinishError("ffmpeg", "FFmpeg went over its limits of CPU time or output size", "is the clip what it claims to be?")
    if "Cannot allocate memory" in log:
        return FinishError("ffmpeg", f"FFmpeg needed more than {MEMORY >> 30} GiB of memory", "make the picture smaller")
    errors = [line for line in log.splitlines() if "[error]" in line or "[fatal]" in line]
    said = re.sub(r"\[[^\]]*\]\s*|0x[0-9a-f]+", "", errors[0]).strip() if errors else f"exit code {code}"
    kind = "media" if any(word in log for word in ("Invalid data found", "decode", "Error splitting", "corrupt")) else "ffmpeg"
    if kind == "media":
        return FinishError("media", f"the clip is damaged: {said}", "export or copy it again")
    return FinishError("ffmpeg", f"FFmpeg failed: {said}", "`finish doctor` says what this FFmpeg can do")


def refuse_lies(log: str) -> None:
    """FFmpeg exits 0 on truncated input and on missing glyphs; neither is a success."""
    tofu = sorted(set(_TOFU.findall(log)))
    if tofu:
        names = ", ".join(f"U+{int(each, 16):04X}" for each in tofu)
        raise FinishError("glyph", f"no font at hand draws {names}", "change the text, or add a font that has it to the brand")
    for packets, frames, errors in _DECODED.findall(log):
        # A decoder that is stopped at the programme's end still holds some frames; hidden frames of VP8/VP9/AV1 are few.
        if int(errors or 0) or int(frames) < int(packets) - max(40, int(packets) // 10):
            raise FinishError("media", f"the clip is damaged: only {frames} of {packets} frames decode", "export or copy it again")
