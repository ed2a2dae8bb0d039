"""A folder that work is dropped into: what lies there, what has stopped growing, what became of it, all over restarts."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal

from finish.effects.publish import write_whole
from finish.effects.store import writing
from finish.errors import FinishError
from finish.units import digest

State = Literal["waiting", "running", "done", "failed"]
Files = dict[str, tuple[int, int]]      # by their names in the item: bytes, and time of change (ns)

CLIPS: Final = frozenset((".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mxf", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv"))
JOBS, FAILED, NOTES = "jobs", "failed", ".finish"
# What finishing writes into a job folder; a change there is none of the job's.
_OURS: Final = frozenset(("out", "drafts", ".finish", "previous"))
_LOCK: Final = "job.lock.yaml"


@dataclass(frozen=True)
class Item:
    """Something that was dropped: its name in the folder, and its files as they are now."""

    name: str
    clip: bool
    files: Files

    @property
    def of(self) -> str:
        """The digest of what it is made of."""
        return digest(json.dumps(sorted(self.files.items())))


@dataclass(frozen=True)
class Entry:
    """What became of an item, or is becoming: `of` is the digest of the files that it was made from, `when` in s since the epoch."""

    name: str
    state: State
    of: str = ""
    message: str = ""
    made: tuple[str, ...] = ()
    when: float = 0.0


def items(folder: Path, clips: bool) -> Iterator[Item]:
    """Job folders, and with `clips` the clips beside them, by name; hidden ones, links and files in the making are none."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink() or path.name in (JOBS, FAILED):
            continue
        if (path / "job.yaml").is_file():
            yield Item(path.name, False, files(path))
        elif clips and path.suffix.lower() in CLIPS and path.is_file():
            yield Item(path.name, True, {path.name: _stat(path)})


def files(job: Path) -> Files:
    """All that a job folder holds, but for what finishing puts there."""
    found: Files = {}
    for root, folders, names in os.walk(job):
        if Path(root) == job:
            folders[:] = [each for each in folders if each not in _OURS]
        for name in names:
            with suppress(OSError):     # gone again
                found[str((Path(root) / name).relative_to(job))] = _stat(Path(root) / name)
    return found


def _stat(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return status.st_size, status.st_mtime_ns


def afterwards(item: Item, now: Files) -> Item:
    """The item with what finishing has added to it (heard captions, decisions), so that it is no other; what somebody else has changed
    meanwhile is left as it was, so that it is seen as changed."""
    kept = {name: now[name] if name == _LOCK else item.files.get(name, now[name]) for name in now}
    return replace(item, files={**kept, **{name: each for name, each in item.files.items() if name not in now}})


class Ledger:
    """What became of each item, in a file that is written whole; held by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._path = folder, folder / NOTES / "watch.json"
        self.entries: dict[str, Entry] = {}
        # None yet, or harmed: then everything is looked at again.
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            for name, each in json.loads(self._path.read_bytes()).items():
                self.entries[name] = Entry(**{**each, "made": tuple(each["made"])})
        for name, each in self.entries.items():
            if each.state == "running":     # somebody was killed over it
                self.entries[name] = replace(each, state="waiting")

    def note(self, *entries: Entry) -> None:
        """Keep what became of some items."""
        self.entries.update({each.name: replace(each, when=time.time()) for each in entries})
        kept = {name: asdict(each) for name, each in self.entries.items()}
        with writing(self._path):
            write_whole(self._path, json.dumps(kept, indent=1, ensure_ascii=False).encode())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """FinishError("path") where another process watches the folder."""
        lock = self.folder / NOTES / "watch.lock"
        with writing(lock), lock.open("ab") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                raise FinishError("path", f"{self.folder} is watched already", "one process watches a folder") from taken
            yield


class Growing:
    """Who has not changed for so long (s, of `clock`)."""

    def __init__(self, quiet: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._quiet, self._clock = quiet, clock
        self._since: dict[str, tuple[str, float]] = {}

    def still(self, item: Item) -> bool:
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
    with writing(media):
        shutil.copytree(template, place, dirs_exist_ok=True, symlinks=True, ignore=_without_ours(template))
        media.parent.mkdir(exist_ok=True)
        draft = media.with_name(f".{clip}.part")
        shutil.copyfile(folder / clip, draft)
        draft.replace(media)
    return place


def _without_ours(template: Path) -> Callable[[str, list[str]], set[str]]:
    return lambda root, names: {each for each in names if Path(root) == template and each in {*_OURS, _LOCK, "media"}}


def set_aside(folder: Path, name: str, message: str) -> Path:
    """Move an item among those that failed, its message beside it; where it is now."""
    target, number = folder / FAILED / name, 1
    with writing(target):
        while target.exists() or target.is_symlink():
            number += 1
            target = folder / FAILED / f"{Path(name).stem}-{number}{Path(name).suffix}"
        (folder / name).rename(target)
        write_whole(target.with_name(f"{target.name}.txt"), f"{message}\n".encode())
    return target
