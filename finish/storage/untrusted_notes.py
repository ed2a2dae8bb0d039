"""Notes that a job keeps beside its files: they may have come from elsewhere, or be harmed, and are then as good as absent."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

MOST: Final = 64 * 2**20  # bytes; house: a manifest of a thousand deliverables has 20 MB


def held(path: Path, most: int = MOST) -> bytes | None:
    """The bytes of a regular file; None where none lies there, or one that cannot be read, or is larger than any note."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would be waited for
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            data = file.read(most + 1)
    except OSError:
        return None
    return data if len(data) <= most else None
