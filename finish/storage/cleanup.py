"""What this process would leave behind if it had to end at once: files and folders in the making, and the
programs it has started."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from finish.storage import platform

_LATEST: Final = 4096  # files in the making at once; house: a batch of many days must not grow a list

_FILES: Final[deque[Path]] = deque(maxlen=_LATEST)
_FOLDERS: Final[set[Path]] = set()
_GROUPS: Final[set[int]] = set()
_WHOLE: Final = threading.Lock()


def noted(draft: Path) -> Path:
    """A file in the making, under a name that nothing else ever has: once it is renamed, nothing is left
    to remove."""
    _FILES.append(draft)
    return draft


def discard(path: Path) -> None:
    """Remove a file in the making. Where the disk refuses even that, the error that led here is the one
    that counts."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


@contextmanager
def scratch(prefix: str = "finish-") -> Iterator[Path]:
    """A private folder among the temporary files, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _FOLDERS.add(folder)
        try:
            yield folder
        finally:
            _FOLDERS.discard(folder)


@contextmanager
def running(group: int) -> Iterator[None]:
    """A process group of our own is running."""
    _GROUPS.add(group)
    try:
        yield
    finally:
        _GROUPS.discard(group)


@contextmanager
def unbroken() -> Iterator[None]:
    """Several renames that belong together: a process that ends at once waits for them."""
    with _WHOLE:
        yield


def clear(wait: float) -> None:
    """End what runs and remove what is half-made, after renames that belong together, for which it waits
    at most `wait` (s)."""
    for group in list(_GROUPS):
        with suppress(OSError):
            platform.end_group(group)
    _WHOLE.acquire(timeout=wait)  # for good: nobody begins to publish any more
    for file in list(_FILES):
        discard(file)
    for folder in list(_FOLDERS):
        shutil.rmtree(folder, ignore_errors=True)
