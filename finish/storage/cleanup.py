"""What to clean up if this process must end at once: files, folders and child processes."""

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

_LATEST: Final = 4096  # unfinished files at once; house: a batch of many days must not grow a list

_FILES: Final[deque[Path]] = deque(maxlen=_LATEST)
_FOLDERS: Final[set[Path]] = set()
_GROUPS: Final[set[int]] = set()
_WHOLE: Final = threading.Lock()


def noted(draft: Path) -> Path:
    """Register an unfinished file with a unique name; after it is renamed, nothing is left to delete."""
    _FILES.append(draft)
    return draft


def discard(path: Path) -> None:
    """Delete an unfinished file. A disk error here is ignored: the error that led here matters."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


@contextmanager
def scratch(prefix: str = "finish-") -> Iterator[Path]:
    """A private temporary folder, deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _FOLDERS.add(folder)
        try:
            yield folder
        finally:
            _FOLDERS.discard(folder)


@contextmanager
def running(group: int) -> Iterator[None]:
    """Register a running process group."""
    _GROUPS.add(group)
    try:
        yield
    finally:
        _GROUPS.discard(group)


@contextmanager
def unbroken() -> Iterator[None]:
    """Guard renames that belong together: `clear` waits for them."""
    with _WHOLE:
        yield


def clear(wait: float) -> None:
    """End child processes and delete unfinished files; waits at most `wait` (s) for guarded renames."""
    for group in list(_GROUPS):
        with suppress(OSError):
            platform.end_group(group)
    _WHOLE.acquire(timeout=wait)  # never released: nothing is published from now on
    for file in list(_FILES):
        discard(file)
    for folder in list(_FOLDERS):
        shutil.rmtree(folder, ignore_errors=True)
