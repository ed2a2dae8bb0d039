"""A folder that work is dropped into: what lies there, what has stopped growing, what became of it, all over restarts."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from finish.errors import FinishError, PathError
from finish.storage import platform
from finish.storage.cleanup import discard, noted
from finish.storage.confinement import refuse_leaving
from finish.storage.publish import write_whole
from finish.storage.store import writing
from finish.storage.untrusted_notes import held
from finish.units import digest

State = Literal["waiting", "running", "done", "failed"]
Files = dict[str, tuple[int, int]]  # by their names in the item: bytes, and time of change (ns)

CLIPS: Final = frozenset(
    (
        ".mp4",
        ".mov",
        ".m4v",
        ".mkv",
        ".webm",
        ".avi",
        ".mxf",
        ".mts",
        ".m2ts",
        ".mpg",
        ".mpeg",
        ".wmv",
        ".gif",
        ".apng",
        ".webp",
    )
)
JOBS, FAILED, NOTES = "jobs", "failed", ".finish"
# What finishing writes into a job folder; a change there is none of the job's.
_OURS: Final = frozenset(("out", "drafts", ".finish", "previous"))
_LOCK: Final = "job.lock.yaml"
_GONE: Final = (FileNotFoundError, NotADirectoryError)
_LEFT_OUT: Final = (*_GONE, PermissionError)


@dataclass(frozen=True)
class WatchItem:
    """Something that was dropped: its name in the folder, and its files as they are now."""

    name: str
    clip: bool
    files: Files

    @property
    def of(self) -> str:
        """The digest of what it is made of."""
        return digest(json.dumps(sorted(self.files.items())))


@dataclass(frozen=True)
class WatchEntry:
    """What became of an item, or is becoming: `of` is the digest of the files that it was made from, `when` in s since the epoch."""

    name: str
    state: State
    of: str = ""
    message: str = ""
    made: tuple[str, ...] = ()
    when: float = 0.0


def items(folder: Path, template: Path | None) -> Iterator[WatchItem]:
    """All that lie in a folder now, by name; OSError where it cannot be told. What cannot be read is left out: the next look may tell."""
    for path in sorted(folder.iterdir()):
        with suppress(OSError):
            found = item_at(path, template)
            if found:
                yield found


def item_at(path: Path, template: Path | None) -> WatchItem | None:
    """The job folder, or where there is a `template` (itself none) the clip, that lies at `path`; OSError where that cannot be told.

    Hidden ones, links and files in the making are none.
    """
    if path.name.startswith(".") or path.name in (JOBS, FAILED):
        return None
    kind = _kind(path)
    if kind == stat.S_IFDIR and _kind(path / "job.yaml", follow=True) == stat.S_IFREG:
        return (
            None
            if template and template.resolve() == path.resolve()
            else WatchItem(path.name, False, files(path))
        )
    if template and kind == stat.S_IFREG and path.suffix.lower() in CLIPS:
        return WatchItem(path.name, True, {path.name: _stat(path)})
    return None


def _kind(path: Path, *, follow: bool = False) -> int:
    """What lies there, as the stat module's constants; 0 for nothing. OSError where it cannot be told, unlike `is_file`."""
    try:
        return stat.S_IFMT(path.stat(follow_symlinks=follow).st_mode)
    except _GONE:
        return 0


def files(job: Path) -> Files:
    """All that a job folder holds and that may be read, but for what finishing puts there; OSError where its disk, or share, refuses."""
    found: Files = {}
    for root, folders, names in os.walk(job, onerror=_unless_left_out):
        if Path(root) == job:
            folders[:] = [each for each in folders if each not in _OURS]
        for name in names:
            with suppress(*_LEFT_OUT):
                found[str((Path(root) / name).relative_to(job))] = _stat(Path(root) / name)
    return found


def _unless_left_out(wrong: OSError) -> None:
    if not isinstance(wrong, _LEFT_OUT):
        raise wrong


def _stat(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return status.st_size, status.st_mtime_ns


def afterwards(item: WatchItem, now: Files) -> WatchItem:
    """The item with what finishing has added to it (heard captions, decisions), so that it is no other; what somebody else has changed
    meanwhile is left as it was, so that it is seen as changed."""
    kept = {name: now[name] if name == _LOCK else item.files.get(name, now[name]) for name in now}
    return replace(
        item, files={**kept, **{name: each for name, each in item.files.items() if name not in now}}
    )


_ENTRY: Final = TypeAdapter(WatchEntry)


class WatchLedger:
    """What became of each item, in a file that is written whole; held by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._path, self._lock = (
            folder,
            folder / NOTES / "watch.json",
            folder / NOTES / "watch.lock",
        )
        self.entries: dict[str, WatchEntry] = {}
        self.read()

    def read(self) -> None:
        """What was written last; none yet, or harmed, and everything is looked at again."""
        self.entries.clear()
        with suppress(ValueError, RecursionError):
            said = json.loads(held(self._path) or b"{}")
            for name, each in said.items() if isinstance(said, dict) else ():
                with suppress(ValidationError):
                    entry = _ENTRY.validate_python(each)
                    if entry.name == name and isfinite(entry.when):
                        self.entries[name] = entry

    def note(self, *entries: WatchEntry) -> None:
        """What became of some items; to be written."""
        self.entries.update({each.name: replace(each, when=time.time()) for each in entries})

    def forget(self, name: str) -> None:
        """An item that is there no more; to be written."""
        self.entries.pop(name, None)

    def write(self) -> None:
        """Keep what was noted; DiskError where it cannot be."""
        kept = {name: asdict(each) for name, each in self.entries.items()}
        with writing(self._path):
            write_whole(self._path, encoded(json.dumps(kept, indent=1, ensure_ascii=False)))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """PathError where another process watches the folder, or what is written there would lie elsewhere."""
        refuse_leaving(
            self.folder, (self.folder / NOTES, self._lock, self.folder / JOBS, self.folder / FAILED)
        )
        with ExitStack() as opened:
            with writing(self._lock):
                held = opened.enter_context(self._lock.open("ab"))
                try:
                    platform.lock(held.fileno(), wait=False)
                except BlockingIOError as taken:
                    raise PathError(
                        f"{self.folder} is watched already", "one process watches a folder"
                    ) from taken
            yield

    def here(self) -> None:
        """OSError where the folder is not the one that is held: a share that was unmounted leaves an empty one."""
        self._lock.stat()


def encoded(text: str) -> bytes:
    """UTF-8; of a file's name that no UTF-8 can hold, an escape, which JSON reads as the name."""
    return text.encode(errors="backslashreplace")


class Settling:
    """Who has not changed for so long (s, of `clock`)."""

    def __init__(self, quiet: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._quiet, self._clock = quiet, clock
        self._since: dict[str, tuple[str, float]] = {}

    def still(self, item: WatchItem) -> bool:
        """Whether an item is as it was `quiet` seconds ago, and at every look since."""
        of, since = self._since.get(item.name, ("", 0.0))
        if of != item.of:
            self._since[item.name] = (item.of, self._clock())
            return self._quiet <= 0
        return self._clock() - since >= self._quiet


def job_of(folder: Path, clip: str, template: Path) -> Path:
    """The job folder of a clip: a copy of the template's, with the clip as its media; the clip itself stays where it is."""
    place = folder / JOBS / clip
    media = place / "media" / clip
    refuse_leaving(folder, (place, media.parent))
    draft = noted(media.with_name(f".{clip}.part"))
    with writing(media):
        _make_way(template, place)
        shutil.copytree(template, place, dirs_exist_ok=True, symlinks=True, ignore=_without_ours(template))
        try:
            shutil.copyfile(folder / clip, draft)
            draft.replace(media)
        finally:
            discard(draft)
    return place


def _make_way(template: Path, place: Path) -> None:
    """Remove what an earlier template left where this one has something of another kind, and links: they would be written through."""
    ours = _without_ours(template)
    for root, folders, names in os.walk(template):
        kept = {*folders, *names} - ours(root, [*folders, *names])
        folders[:] = [each for each in folders if each in kept]
        for new in (Path(root) / each for each in kept):
            old = place / new.relative_to(template)
            was, will = _kind(old), _kind(new)
            if was == stat.S_IFDIR and will != was:
                shutil.rmtree(old)
            elif was == stat.S_IFLNK or was not in (0, will):
                old.unlink()


def _without_ours(template: Path) -> Callable[[str, list[str]], set[str]]:
    return lambda root, names: {
        each for each in names if Path(root) == template and each in {*_OURS, _LOCK, "media"}
    }


def set_aside(folder: Path, name: str, message: str) -> Path:
    """Move an item among those that failed, its message beside it; where it is now."""
    target, number = folder / FAILED / name, 1
    with writing(target):
        while target.exists() or target.is_symlink():
            number += 1
            target = folder / FAILED / f"{Path(name).stem}-{number}{Path(name).suffix}"
        (folder / name).rename(target)
    with suppress(FinishError):  # no room: it is where it should be, and the ledger has the message
        write_whole(target.with_name(f"{target.name}.txt"), encoded(f"{message}\n"))
    return target
