"""Small files that finish keeps in a job folder.

They may come from elsewhere or be damaged, and then count as absent.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from finish.storage import platform

MOST: Final = 64 * 2**20  # bytes; house: a manifest of a thousand deliverables has 20 MB


def held(path: Path, most: int = MOST) -> bytes | None:
    """The bytes of a regular file.

    None for a missing, unreadable or irregular file, and for one of more than `most` bytes.
    """
    try:
        handle = platform.open_regular(path, follow_links=True)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            data = file.read(most + 1)
    except OSError:
        return None
    return data if len(data) <= most else None
