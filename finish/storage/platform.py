"""What only some systems have: locks, process groups, limits, facts of the machine; in no other module.

Linux has everything. macOS can't limit another process, and has no death signal and no mallopt. Windows also
has no POSIX locks, process groups or users. Each function states what it does there; `unavailable` lists it
for `finish doctor`.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

CPU_FACTS: Final = Path("/proc/cpuinfo")  # proc(5)
MACHINE_ID: Final = Path("/etc/machine-id")  # machine-id(5)
# Exit codes of a process that exceeds a limit of CPU time or file size (setrlimit(2)); none on some systems.
LIMIT_SIGNALS: Final = tuple(
    -getattr(signal, name) for name in ("SIGXCPU", "SIGXFSZ") if hasattr(signal, name)
)
_KILL: Final = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows ends a process with either at once
# util-linux sets the death signal. Code of ours between fork and exec would copy this process's page tables
# for each program (30 ms with 140 MiB).
_SETPRIV: Final = ("setpriv", "--pdeathsig", "KILL", "--")
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_M_ARENA_MAX, _ARENAS = -8, 2  # malloc.h of glibc
_NONBLOCKING: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0)


def _module(name: str) -> Any:
    """A module of the standard library that not every system has; None where it is missing."""
    try:
        return import_module(name)
    except ImportError:
        return None


@dataclass(frozen=True)
class ProcessLimits:
    """Limits of a program: bytes of memory (address space), seconds of CPU, and bytes of an output file."""

    memory: int
    cpu_seconds: int
    file_size: int


def lock(handle: int, *, wait: bool = True) -> None:
    """Lock an open file or folder for this process until it is closed.

    BlockingIOError if another process holds it and `wait` is false; OSError if its file system has no locks.
    A system without `flock` locks nothing.
    """
    fcntl = _module("fcntl")
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder itself, so that no lock file is left in it.

    Some network shares can't lock folders, and Windows can't open them: nothing is locked there.
    """
    fcntl = _module("fcntl")
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        with suppress(OSError):  # closing isn't enough: a process forked meanwhile has the folder open too
            fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)


def open_regular(path: str | Path, *, follow_links: bool = False) -> int:
    """Open a file for reading, without waiting for the writer of a pipe; OSError also for a link.

    Callers check the type with `fstat`: pipes are opened too, and Windows doesn't have these options.
    """
    return os.open(path, os.O_RDONLY | _NONBLOCKING | (0 if follow_links else _NO_LINKS))


def user_id() -> int:
    """The id of this process's user; 0, as `stat` reports for every file, where users have no ids."""
    return os.getuid() if hasattr(os, "getuid") else 0


def end_group(process: int) -> None:
    """Kill a program that has a session of its own, and everything that it started.

    OSError if there is no such process. Without process groups, only the program is killed.
    """
    if hasattr(os, "killpg"):
        os.killpg(process, _KILL)
    else:
        os.kill(process, _KILL)


def set_limits(process: int, limits: ProcessLimits) -> None:
    """Limit a running program (prlimit(2)), never above a limit that it has; Linux only."""
    resource = _module("resource")
    if not hasattr(resource, "prlimit"):
        return
    allowed = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_size,
    }
    with suppress(ProcessLookupError):  # it may have ended already
        for kind, limit in allowed.items():
            _, hard = resource.prlimit(process, kind)
            soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.prlimit(process, kind, (soft, hard))


@cache
def ending_with_parent() -> tuple[tuple[str, ...], Callable[[], None] | None]:
    """What makes a program end with this process, even if that is killed.

    A command to put before the program's, or a call between fork and exec. Linux only: elsewhere, a program
    continues after this process is killed.
    """
    if sys.platform != "linux":
        return (), None
    if shutil.which(_SETPRIV[0]):
        return _SETPRIV, None
    prctl = _c_library().prctl
    return (), lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def share_arenas() -> None:
    """Let all threads share two heaps: glibc gives each its own, and doesn't return their memory.

    Measured over a batch of 20 clips: 127 to 141 MiB, instead of 132 to 185 MiB. Only for the `finish`
    command, never for a process that imports finish.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            _c_library().mallopt(_M_ARENA_MAX, _ARENAS)


def _c_library() -> Any:
    return import_module("ctypes").CDLL(None)


def memory_bytes() -> int:
    """The memory of this machine; where the system doesn't state it, 8 GiB (house: the least for video)."""
    if hasattr(os, "sysconf") and {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= os.sysconf_names.keys():
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 8 * 2**30


@cache
def cpu_flags(description: Path) -> frozenset[str]:
    """The words of Linux's description of the processor, with its instruction sets; empty elsewhere."""
    if not description.is_file():
        return frozenset()
    return frozenset(description.read_text(encoding="utf-8", errors="replace").split())


def machine_id() -> bytes:
    """The id of this installation, which is confidential (machine-id(5)); empty if the system has none."""
    with suppress(OSError):
        return MACHINE_ID.read_bytes().strip()
    return b""


def unavailable() -> tuple[str, ...]:
    """What this system lacks, and what follows from it."""
    facilities = (
        (_module("fcntl") is not None, "file locks (run one process per job folder)"),
        (hasattr(os, "killpg"), "process groups (what FFmpeg starts isn't stopped with it)"),
        (hasattr(_module("resource"), "prlimit"), "limits for FFmpeg's memory, CPU time and output"),
        (sys.platform == "linux", "stopping FFmpeg when finish is killed"),
        (
            hasattr(os, "O_NOFOLLOW"),
            "opening files without following links (don't open untrusted job folders)",
        ),
        (CPU_FACTS.is_file(), "the processor's instruction sets (x264 may use AVX-512; bytes may differ)"),
    )
    return tuple(effect for there, effect in facilities if not there)
