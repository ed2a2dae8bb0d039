"""Unfinished files: their folders, disk errors as one clear error, and what crashed processes left."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from finish.errors import DiskError

# A draft is written to until it is finished: one that nobody wrote to for this long was left by a crash.
_FORGOTTEN_SECONDS: Final = 24 * 60 * 60


def sweep(drafts: Path, pattern: str = "*") -> None:
    """Delete drafts that crashed processes left more than a day ago."""
    oldest = time.time() - _FORGOTTEN_SECONDS
    for draft in drafts.glob(pattern):
        with contextlib.suppress(OSError):  # another process sweeps too
            if draft.lstat().st_mtime < oldest:
                draft.unlink()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Create the folder of `path`, and raise a disk's errors as DiskError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = (
            "free some space and run again"
            if full
            else "check the folder's permissions and how its disk is mounted"
        )
        raise DiskError(
            f"can't write to {os.fspath(path.parent)}: {error.strerror or error}", hint
        ) from error
