"""Copies of the objects that a job names, in its own folder: FFmpeg reads files, and never the network.

A copy has the size and the time of its object, so that every comparison of file states (up to date, read
before, another machine) sees the same state of the same object. `.finish/media` is safe to delete: what is
needed is downloaded again.
"""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, Final

from finish.errors import FinishError, Interrupted, MediaError, PathError
from finish.storage import cleanup, object_storage, platform, seal
from finish.storage.drafts import writing
from finish.storage.file_patterns import tame
from finish.storage.object_storage import Object
from finish.storage.platform import folder_lock
from finish.storage.publish import write_whole
from finish.units import digest

_AT_ONCE: Final = 8  # requests for one copy; house: a single one waits for each round trip
_FOLDER: Final = Path(".finish") / "media"
_NOTE: Final = "object.json"
_LARGEST_NOTE: Final = 2**16  # bytes

Range = tuple[int, int]  # first byte, and the byte after the last


def place(root: Path, url: str) -> Path:
    """The path of an object's copy in a job's folder; ValueError for a name that no file can have."""
    name = url.rpartition("/")[2]
    if (
        not name
        or name in (".", "..", _NOTE)
        or name.startswith(".")
        or "\0" in name
        or len(os.fsencode(name)) > 200
    ):
        raise ValueError(f'"{tame(url)}" can\'t be a file name — rename the object')
    return root / _FOLDER / digest(url)[:16] / name


def noted(root: Path, source: Object) -> Path:
    """The path of an object's copy, and its note; a copy of an older object is deleted."""
    path = place(root, source.url)
    if origin(path) != source:
        with writing(path):
            path.unlink(missing_ok=True)
            write_whole(path.with_name(_NOTE), json.dumps(asdict(source)).encode())
    return path


def origin(path: Path) -> Object | None:
    """The object that a file is a copy of, downloaded or not; None for any other file."""
    if path.parent.parent.parts[-2:] != _FOLDER.parts:
        return None
    with suppress(OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
        note = json.loads(_note(path.with_name(_NOTE)))
        source = Object(str(note["url"]), int(note["size"]), str(note["tag"]), int(note["changed"]))
        return source if 0 <= source.size < 2**60 and 0 <= source.changed < 2**63 else None
    return None


def _note(path: Path) -> bytes:
    """The bytes of a small regular file: an untrusted job folder may contain pipes and links."""
    handle = platform.open_regular(path)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(path)
        return file.read(_LARGEST_NOTE)


def fetched(path: Path, cancel: threading.Event | None = None) -> Path:
    """The file; a copy is downloaded first. FinishError if that fails, Interrupted if it is cancelled."""
    source = origin(path)
    if source is None or whole(path, source):
        return path
    draft = cleanup.noted(path.with_name(f".{os.getpid()}-{os.urandom(4).hex()}.part"))
    try:
        with writing(draft), folder_lock(path.parent):
            # Another run may have been faster, and a process that reads its copy must not see it replaced.
            if whole(path, source):
                return path
            fill(draft, source, [(0, source.size)], cancel)
            stamped(draft, source)
            draft.replace(path)
            write_whole(path.with_name(_NOTE), json.dumps(_signed(source, path)).encode())
    finally:
        cleanup.discard(draft)
    return path


def whole(path: Path, source: Object) -> bool:
    """Whether a file is the whole copy of an object, downloaded here and not brought with the job folder."""
    with suppress(OSError, ValueError, AttributeError, RecursionError):
        status = path.stat()
        same = (status.st_size, status.st_mtime_ns) == (source.size, source.changed)
        stated = json.loads(_note(path.with_name(_NOTE))).get("seal")
        return same and seal.right(stated, _signed(source, path)["seal"])
    return False


def _signed(source: Object, path: Path) -> dict[str, Any]:
    """The note of a downloaded copy, without its device: a share has another one on each machine."""
    status = path.stat()
    state = [status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]
    return seal.signed(seal.own(), path.name, {**asdict(source), "copy": state})


def fill(path: Path, source: Object, ranges: Iterable[Range], cancel: threading.Event | None = None) -> None:
    """Write ranges of an object to a file of the object's length, several at once."""
    pieces = (
        (at, min(at + object_storage.RANGE, end))
        for start, end in ranges
        for at in range(start, end, object_storage.RANGE)
    )
    path.touch()
    os.truncate(path, source.size)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while batch := list(islice(pieces, _AT_ONCE)):  # not all at once: a run that stops waits for a batch
            if cancel is not None and cancel.is_set():
                raise Interrupted()
            list(pool.map(_writer(path, source), batch))


def _writer(path: Path, source: Object) -> Callable[[Range], None]:
    """A function that writes one range of an object to a file."""

    def write(piece: Range) -> None:
        data = object_storage.read(source, *piece)
        with path.open("r+b") as file:
            file.seek(piece[0])
            file.write(data)

    return write


def stamped(path: Path, source: Object) -> None:
    """Set a copy's modification time to its object's."""
    os.utime(path, ns=(source.changed, source.changed))


def refused(error: FinishError) -> Exception:
    """An error of object storage as the spec reports it: a ValueError for a mistake in the job.

    Others, such as a network that fails, are returned unchanged.
    """
    if isinstance(error, (PathError, MediaError)):
        return ValueError(f"{error.message} — {error.hint}")
    return error
