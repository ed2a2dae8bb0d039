"""What tells one state of a file from another, by all that its file system says. Imports the standard library
alone, so that an unchanged job is recognised at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

_SETTLED_NS: Final = 2 * 10**9  # coarser than any clock of a file system that people work on (FAT: 2 s)

State = list[int] | None


def state(path: Path) -> State:
    """What tells one state of a file from another: device, inode, size, and both times in ns; None where
    there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # a name with a NUL
        return None
    return [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def settled(known: State) -> bool:
    """Whether a file's last change is so long ago that another could not have the same time."""
    return known is not None and time.time_ns() - max(known[3], known[4]) > _SETTLED_NS
