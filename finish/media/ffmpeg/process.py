"""External programs: started with an argument list, never a shell, in their own process group, with limits,
and always ended."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from finish.errors import CapabilityError
from finish.media.ffmpeg.font_config import font_environment
from finish.storage import cleanup, platform
from finish.storage.platform import ProcessLimits

# A file from outside must not exhaust the machine. 12 GiB of address space is more than x264 needs at 4K. An
# hour of CPU time and 2 GiB of output, plus 4 s (8K, slow) and 4 MiB (ten times ProRes HQ at 1080p) for each
# frame, are enough for any job.
MEMORY: Final = 12 * 2**30
CPU_SECONDS, CPU_SECONDS_A_FRAME = 3600, 4
OUTPUT_BYTES, OUTPUT_BYTES_A_FRAME = 2 * 2**30, 4 * 2**20
UNKNOWN_FRAMES: Final = 100_000

_ANSWER: Final = 2**20  # bytes; FFmpeg's longest list has 40,000


@contextmanager
def started(
    arguments: list[str],
    frames: int = UNKNOWN_FRAMES,
    *,
    fed: bool = False,
    limits: ProcessLimits | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A running program in its own process group, with limits for `frames` frames; always ended afterwards.

    Only a program that is `fed` can read from its standard input. `limits` and `variables` (of the
    environment) replace those of FFmpeg.
    """
    prefix, before = platform.ending_with_parent()
    try:
        process = subprocess.Popen(
            [*prefix, *arguments],
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=environment() if variables is None else dict(variables),
            preexec_fn=before,  # noqa: PLW1509 (one C function runs before exec, and takes no lock)
        )
    except OSError as error:
        message = f"can't start {arguments[0]}: {error.strerror}"
        raise CapabilityError(message, "run `finish doctor` to see which FFmpeg is used") from error
    try:
        with cleanup.running(process.pid):
            platform.set_limits(process.pid, limits or _limits(frames))
            yield process
    finally:
        if process.poll() is None:
            kill(process)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
        process.wait()


def answer(arguments: list[str], seconds: float) -> str:
    """The output of a short command; CapabilityError if it takes longer than `seconds`."""
    until = time.monotonic() + seconds
    with started(arguments) as process:
        assert process.stdout is not None and process.stderr is not None
        late = threading.Timer(seconds, kill, (process,))
        late.start()
        errors = threading.Thread(target=_drain, args=(process,), daemon=True)
        errors.start()
        try:
            output = process.stdout.read(_ANSWER)
        finally:
            late.cancel()
            kill(process)
            errors.join()
    if time.monotonic() >= until:
        message = f"{arguments[0]} doesn't respond within {seconds:.0f} s"
        raise CapabilityError(message, "unset FINISH_FFMPEG to use the embedded one")
    return output.decode("utf-8", "replace")


def _drain(process: subprocess.Popen[bytes]) -> None:
    while process.stderr and process.stderr.read(2**16):
        pass


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and its process group."""
    with contextlib.suppress(ProcessLookupError):
        platform.end_group(process.pid)


def environment() -> dict[str, str]:
    """The environment for FFmpeg: only what it needs, and packaged fonts only."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
    }
    return {**kept, "LC_ALL": "C.UTF-8", "AV_LOG_FORCE_NOCOLOR": "1", **font_environment()}


def _limits(frames: int) -> ProcessLimits:
    return ProcessLimits(
        MEMORY, CPU_SECONDS + CPU_SECONDS_A_FRAME * frames, OUTPUT_BYTES + OUTPUT_BYTES_A_FRAME * frames
    )
