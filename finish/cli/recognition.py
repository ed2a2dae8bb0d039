"""Repeated commands: if nothing changed, their output is written again before anything heavy is imported.

A record belongs to one command line in one folder. It holds the output, and the states of everything that the
output depends on: every file of the job folders, the installed packages, FFmpeg. Records are in the user's
cache, so that no job folder can bring one.
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
_MOST_ENTRIES: Final = 20_000  # of a folder; house: more take longer than a repetition saves
_MOST_RECORDS: Final = 500  # house: a few hundred kB
_PACKAGE: Final = Path(__file__).parents[1]
# What runs and tools leave in a job folder, and can be deleted at any time; `out/` counts.
_IGNORED: Final = frozenset({".finish", "drafts", "__pycache__"})

# The lines of an output: the channel ("out" or "err"), and the text.
Transcript = Sequence[tuple[str, str]]
_arguments: list[str] | None = None  # of this process, if it is a command


def repeated(arguments: Sequence[str]) -> int | None:
    """Repeat the output of the same command if everything it depends on is unchanged.

    Returns its exit code, or None if the command must run.
    """
    global _arguments  # noqa: PLW0603 (the process's own arguments)
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
    """The states of job folders before a command ran; its output is recorded if they are equal afterwards.

    With None, nothing is recorded. Without a folder, the output depends on the installed programs alone.
    """

    states: dict[str, str] | None = None

    @classmethod
    def of(cls, targets: Iterable[str]) -> Observation:
        """The states of the folders of jobs; None without jobs."""
        states = {str(folder): folder_state(folder) for folder in map(_folder, targets if _arguments else ())}
        return cls(states or None)

    def keep(self, transcript: Transcript, ffmpeg: str = "") -> None:
        """Record the output, unless something changed meanwhile or too recently for its time to show it."""
        if _arguments is None or self.states is None or not all(self.states.values()):
            return
        programs = _programs(ffmpeg)
        if not programs or any(folder_state(Path(folder)) != state for folder, state in self.states.items()):
            return
        record = {"folders": self.states, "programs": programs, "ffmpeg": ffmpeg, "lines": list(transcript)}
        with suppress(OSError):
            _write(_place(_arguments), json.dumps(record).encode())


def folder_state(folder: Path) -> str:
    """A digest of the states of a folder's files; "" if one is unknown or changed less than 2 s ago."""
    digest = blake2b(digest_size=16)
    newest = 0
    try:
        for count, (name, status) in enumerate(_entries(str(folder), "")):
            if count > _MOST_ENTRIES:
                return ""
            newest = max(newest, status.st_mtime_ns, status.st_ctime_ns)
            digest.update(os.fsencode(f"{name}\0{_facts(status)}\n"))
    except OSError:
        return ""
    return digest.hexdigest() if time.time_ns() - newest > _SETTLED_NS else ""


def _entries(folder: str, prefix: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below a folder, by name; OSError for a link to a folder, whose files aren't observed."""
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
    """A digest of this package, the installed packages, the interpreter and FFmpeg; "" if one is unknown."""
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
    """The file of a command's record, named by its arguments, folder, day and environment."""
    environment = {name: value for name, value in sorted(os.environ.items()) if name.startswith("FINISH_")}
    day = time.strftime("%Y-%m-%d")  # presets become outdated
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
