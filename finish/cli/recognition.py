"""A repeated command whose answer is known: nothing has changed, so its words are repeated before anything heavy is imported.

A record belongs to one command line in one folder. It holds what the command wrote, and the state of all that the answer rests on: every
file of the job folders, the installed programs, FFmpeg. Records lie in the user's cache, where no job folder can bring one along.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

_VERSION: Final = "1"
_VERBS: Final = ("run", "validate", "presets")
_SETTLED_NS: Final = 2 * 10**9  # coarser than the clock of any file system in use (FAT: 2 s)
_MOST_ENTRIES: Final = 20_000  # of a folder; house: looking at more takes longer than it saves
_MOST_RECORDS: Final = 500  # house: a few hundred kB
_PACKAGE: Final = Path(__file__).parents[1]
# What a job's own results and tools leave in its folder: `out/` counts, the rest can be deleted at any time.
_IGNORED: Final = frozenset({".finish", "drafts", "__pycache__"})

# Lines as they were written: "out" or "err", and the text.
Transcript = Sequence[tuple[str, str]]
_arguments: list[str] | None = None  # of this process, where it was started as a command


def repeated(arguments: Sequence[str]) -> int | None:
    """Write what the same command wrote before, if all that it rests on is unchanged; its exit code. None where it must run."""
    global _arguments  # noqa: PLW0603 (what the process was started with, known only here)
    _arguments = list(arguments)
    if not arguments or arguments[0] not in _VERBS or "FINISH_DEBUG" in os.environ:
        return None
    try:
        record = json.loads(_place(arguments).read_bytes())
        folders, lines = (
            dict(record["folders"]),
            [(str(channel), str(text)) for channel, text in record["lines"]],
        )
        known = record["programs"] == _programs(str(record["ffmpeg"])) and all(
            folder_state(Path(folder)) == state for folder, state in folders.items()
        )
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
    if not known:
        return None
    for channel, text in lines:
        (sys.stderr if channel == "err" else sys.stdout).write(text)
    return 0


@dataclass(frozen=True)
class Observation:
    """The state of job folders before a command ran, to be kept with its answer if it is the same afterwards.

    None: the answer is not kept. Without a folder, the answer rests on the installed programs alone.
    """

    states: dict[str, str] | None = None

    @classmethod
    def of(cls, targets: Iterable[str]) -> Observation:
        """Of job folders or job files; None without any."""
        states = {str(folder): folder_state(folder) for folder in map(_folder, targets if _arguments else ())}
        return cls(states or None)

    def keep(self, transcript: Transcript, ffmpeg: str = "") -> None:
        """Keep the answer, unless something changed meanwhile, or so recently that its time could not tell."""
        if _arguments is None or self.states is None or not all(self.states.values()):
            return
        programs = _programs(ffmpeg)
        if not programs or any(folder_state(Path(folder)) != state for folder, state in self.states.items()):
            return
        record = {"folders": self.states, "programs": programs, "ffmpeg": ffmpeg, "lines": list(transcript)}
        with suppress(OSError):
            _write(_place(_arguments), json.dumps(record).encode())


def folder_state(folder: Path) -> str:
    """A digest of the state of every file in a folder; "" if a file's state is unknown or has only just changed."""
    found = blake2b(digest_size=16)
    newest = 0
    try:
        for count, (name, status) in enumerate(_entries(str(folder), "")):
            if count > _MOST_ENTRIES:
                return ""
            newest = max(newest, status.st_mtime_ns, status.st_ctime_ns)
            found.update(os.fsencode(f"{name}\0{_facts(status)}\n"))
    except OSError:
        return ""
    return found.hexdigest() if time.time_ns() - newest > _SETTLED_NS else ""


def _entries(folder: str, prefix: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below a folder, by name; OSError for a link to a folder, whose content is not looked at."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name in _IGNORED:
                continue
            name = f"{prefix}{entry.name}"
            if entry.is_symlink():
                if entry.is_dir():
                    raise OSError(f"{name} is a link to a folder")
                yield f"{name} -> {os.readlink(entry.path)}", entry.stat()
            elif entry.is_dir():
                yield from _entries(entry.path, f"{name}/")
            else:
                yield name, entry.stat(follow_symlinks=False)


def _facts(status: os.stat_result) -> str:
    return (
        f"{status.st_dev} {status.st_ino} {status.st_mode} {status.st_uid} "
        f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
    )


def _programs(ffmpeg: str) -> str:
    """A digest of what makes the answer: this package, what is installed beside it, the interpreter and FFmpeg; "" when unknown."""
    own = folder_state(_PACKAGE)
    luts = _PACKAGE.parent / "luts"  # beside the package in a checkout
    looks = folder_state(luts) if luts.is_dir() else "inside"
    if not own or not looks:
        return ""
    installed = [
        name
        for place in sys.path
        if os.path.isdir(place)
        for name in sorted(os.listdir(place))
        if name.endswith((".dist-info", ".egg-info", ".pth"))
    ]
    binary = _facts(os.stat(ffmpeg)) if ffmpeg else ""
    return _digest([own, looks, installed, sys.version, sys.executable, sys.path, ffmpeg, binary])


def _place(arguments: Sequence[str]) -> Path:
    """Where the record of a command lies: its words, folder, day and environment name it."""
    environment = {name: value for name, value in sorted(os.environ.items()) if name.startswith("FINISH_")}
    day = time.strftime("%Y-%m-%d")  # a preset grows old
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "finish"
    name = _digest([_VERSION, list(arguments), os.getcwd(), day, environment, _user(), sys.stdout.isatty()])
    return cache / "answers" / f"{name}.json"


def _digest(value: object) -> str:
    return blake2b(json.dumps(value).encode(), digest_size=16).hexdigest()


def _folder(target: str) -> Path:
    path = Path(os.path.realpath(target))
    return path if path.is_dir() else path.parent


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
    records = sorted(path.parent.iterdir(), key=lambda one: one.stat().st_mtime_ns)
    for record in records[:-_MOST_RECORDS]:
        record.unlink(missing_ok=True)


def _user() -> int:
    return getattr(os, "getuid", int)()  # systems without POSIX users have none
