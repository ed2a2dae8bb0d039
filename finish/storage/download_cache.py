"""Copies of the objects that a job names, in its own folder: FFmpeg reads files, and never the network.

A copy has the size and the time of its object, so that all that looks at files (what stands, what was read
before, another machine) sees the same state of the same object. `.finish/media` is safe to delete: what is
needed is fetched again.
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
from finish.storage.file_patterns import tame
from finish.storage.object_storage import Object
from finish.storage.platform import folder_lock
from finish.storage.publish import write_whole
from finish.storage.store import writing
from finish.units import digest

_AT_ONCE: Final = 8  # requests of one copy; house: a single one is held back by the way there and back
_FOLDER: Final = Path(".finish") / "media"
_NOTE: Final = "object.json"
_NOTED: Final = 2**16  # bytes of a note at most

Range = tuple[int, int]  # from one byte to before another


def place(root: Path, url: str) -> Path:
    """Where the copy of an object lies in a job's folder; ValueError for a name that no file can have."""
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


def noted(root: Path, found: Object) -> Path:
    """The place of an object's copy, which says from now on what it is a copy of; one of something older
    is dropped."""
    path = place(root, found.url)
    if origin(path) != found:
        with writing(path):
            path.unlink(missing_ok=True)
            write_whole(path.with_name(_NOTE), json.dumps(asdict(found)).encode())
    return path


def origin(path: Path) -> Object | None:
    """The object that a file is a copy of, fetched or not; None for any other file."""
    if path.parent.parent.parts[-2:] != _FOLDER.parts:
        return None
    with suppress(OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
        said = json.loads(_note(path.with_name(_NOTE)))
        found = Object(str(said["url"]), int(said["size"]), str(said["tag"]), int(said["changed"]))
        return found if 0 <= found.size < 2**60 and 0 <= found.changed < 2**63 else None
    return None


def _note(path: Path) -> bytes:
    """A small regular file: a job folder may come from anywhere, and have pipes and links in it."""
    handle = platform.open_regular(path)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(path)
        return file.read(_NOTED)


def fetched(path: Path, cancel: threading.Event | None = None) -> Path:
    """The file; a copy is downloaded first. FinishError if that fails, Interrupted if it is cancelled."""
    found = origin(path)
    if found is None or whole(path, found):
        return path
    draft = cleanup.noted(path.with_name(f".{os.getpid()}-{os.urandom(4).hex()}.part"))
    try:
        with writing(draft), folder_lock(path.parent):
            if whole(
                path, found
            ):  # another run was faster; and who reads its copy must not see another in its place
                return path
            fill(draft, found, [(0, found.size)], cancel)
            stamped(draft, found)
            draft.replace(path)
            write_whole(path.with_name(_NOTE), json.dumps(_signed(found, path)).encode())
    finally:
        cleanup.discard(draft)
    return path


def whole(path: Path, found: Object) -> bool:
    """Whether a file is the whole copy of an object, fetched here: a folder that came from elsewhere may
    have brought another."""
    with suppress(OSError, ValueError, AttributeError, RecursionError):
        status = path.stat()
        same = (status.st_size, status.st_mtime_ns) == (found.size, found.changed)
        return same and seal.right(
            json.loads(_note(path.with_name(_NOTE))).get("seal"), _signed(found, path)["seal"]
        )
    return False


def _signed(found: Object, path: Path) -> dict[str, Any]:
    """What a note says of a copy that is there. Devices are left out: a share is another device on each
    machine."""
    status = path.stat()
    said = {**asdict(found), "copy": [status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]}
    return seal.signed(seal.own(), path.name, said)


def fill(path: Path, found: Object, ranges: Iterable[Range], cancel: threading.Event | None = None) -> None:
    """Write ranges of an object to their places in a file, several at once; the file is as long as the
    object."""
    pieces = (
        (at, min(at + object_storage.RANGE, end))
        for start, end in ranges
        for at in range(start, end, object_storage.RANGE)
    )
    path.touch()
    os.truncate(path, found.size)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while few := list(islice(pieces, _AT_ONCE)):  # never all at once: who stops it waits for these only
            if cancel is not None and cancel.is_set():
                raise Interrupted()
            list(pool.map(_piece(path, found), few))


def _piece(path: Path, found: Object) -> Callable[[Range], None]:
    def write(piece: Range) -> None:
        data = object_storage.read(found, *piece)
        with path.open("r+b") as file:
            file.seek(piece[0])
            file.write(data)

    return write


def stamped(path: Path, found: Object) -> None:
    """Set a copy's modification time to its object's."""
    os.utime(path, ns=(found.changed, found.changed))


def refused(wrong: FinishError) -> Exception:
    """An error of object storage as a job's files refuse; itself where it is no mistake in the job, and
    passes."""
    return (
        ValueError(f"{wrong.message} — {wrong.hint}") if isinstance(wrong, (PathError, MediaError)) else wrong
    )
