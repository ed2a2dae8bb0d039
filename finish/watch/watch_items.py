"""The items of a watched folder: what can be finished, its files, and whether it is still changing."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from finish.units import digest

Files = dict[str, tuple[int, int]]  # by name in the item: size in bytes, time of change (ns)

JOBS, FAILED = "jobs", "failed"
# What finishing writes into a job folder. A change there doesn't change the job.
RESULTS: Final = frozenset(("out", "drafts", ".finish", "previous"))
LOCK_FILE: Final = "job.lock.yaml"
RECORDS: Final = frozenset((LOCK_FILE, "job.approved.yaml"))
_RECORDINGS: Final = frozenset((".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mxf", ".wmv"))
_STREAMS: Final = frozenset((".mts", ".m2ts", ".mpg", ".mpeg"))
_ANIMATIONS: Final = frozenset((".gif", ".apng", ".webp"))
CLIPS: Final = _RECORDINGS | _STREAMS | _ANIMATIONS
_MISSING: Final = (FileNotFoundError, NotADirectoryError)
_SKIPPED: Final = (*_MISSING, PermissionError)


@dataclass(frozen=True)
class WatchItem:
    """A job folder or a clip: its name in the watched folder, and its files as they are now."""

    name: str
    clip: bool
    files: Files

    @property
    def of(self) -> str:
        """The digest of its files' names, sizes, and times."""
        return digest(json.dumps(sorted(self.files.items())))


def items(folder: Path, template: Path | None) -> Iterator[WatchItem]:
    """All items of a folder, by name; OSError if the folder can't be read.

    An item that can't be read now is left out: it may be readable at the next look.
    """
    for path in sorted(folder.iterdir()):
        with suppress(OSError):
            item = item_at(path, template)
            if item:
                yield item


def item_at(path: Path, template: Path | None) -> WatchItem | None:
    """The job folder at `path`, or, if there is a `template`, the clip; OSError if that can't be read.

    The template itself, hidden files, links, and unfinished copies aren't items.
    """
    if path.name.startswith(".") or path.name in (JOBS, FAILED):
        return None
    kind = file_kind(path)
    if kind == stat.S_IFDIR and file_kind(path / "job.yaml", follow=True) == stat.S_IFREG:
        is_template = template is not None and template.resolve() == path.resolve()
        return None if is_template else WatchItem(path.name, False, job_files(path))
    if template and kind == stat.S_IFREG and path.suffix.lower() in CLIPS:
        return WatchItem(path.name, True, {path.name: _size_and_time(path)})
    return None


def file_kind(path: Path, *, follow: bool = False) -> int:
    """The kind of file, as the stat module's constants; 0 for none.

    Unlike `is_file`, OSError if it can't be read.
    """
    try:
        return stat.S_IFMT(path.stat(follow_symlinks=follow).st_mode)
    except _MISSING:
        return 0


def job_files(job: Path) -> Files:
    """All readable files of a job folder but its results; OSError if its disk or network share fails."""
    files: Files = {}
    for root, folders, names in os.walk(job, onerror=_raise_unless_skipped):
        if Path(root) == job:
            folders[:] = [name for name in folders if name not in RESULTS]
        for name in names:
            with suppress(*_SKIPPED):
                files[str((Path(root) / name).relative_to(job))] = _size_and_time(Path(root) / name)
    return files


def _raise_unless_skipped(error: OSError) -> None:
    if not isinstance(error, _SKIPPED):
        raise error


def _size_and_time(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return status.st_size, status.st_mtime_ns


def with_results(item: WatchItem, now: Files) -> WatchItem:
    """The item with the files that finishing added (recognised captions, decisions), so that it counts as
    unchanged.

    A file that somebody else has changed meanwhile keeps its old size and time, so that the change is
    noticed.
    """
    kept = {name: now[name] if name in RECORDS else item.files.get(name, now[name]) for name in now}
    removed = {name: status for name, status in item.files.items() if name not in now}
    return replace(item, files={**kept, **removed})


class SettleTimer:
    """Tells which items haven't changed for `quiet` seconds of `clock`."""

    def __init__(self, quiet: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._quiet, self._clock = quiet, clock
        self._since: dict[str, tuple[str, float]] = {}

    def settled(self, item: WatchItem) -> bool:
        """Whether the item was the same `quiet` seconds ago and at every look since."""
        content, since = self._since.get(item.name, ("", 0.0))
        if content != item.of:
            self._since[item.name] = (item.of, self._clock())
            return self._quiet <= 0
        return self._clock() - since >= self._quiet
