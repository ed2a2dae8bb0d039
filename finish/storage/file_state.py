"""States of files, as their file system reports them.

Imports only the standard library, so that an unchanged job is recognised at once.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

_SETTLED_NS: Final = 2 * 10**9  # as coarse as the coarsest clock of a file system (FAT: 2 s)

State = list[int] | None


def state(path: Path) -> State:
    """A file's device, inode, size (bytes) and both times (ns); None if there is no such file."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # a name with a NUL
        return None
    return [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def settled(known: State) -> bool:
    """Whether a file's last change is so long ago that a later change has another time."""
    return known is not None and time.time_ns() - max(known[3], known[4]) > _SETTLED_NS
