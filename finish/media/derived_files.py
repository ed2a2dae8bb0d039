"""Derived files: made of a clip's own packets, without encoding again, and read in its place.

They are a GIF with the delays that browsers show instead of its shortest ones, a video of numbered pictures,
the recordings of one file on one clock, and a clip without the bytes after its end.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from finish.errors import MediaError
from finish.media import joined_recordings
from finish.media.containers.tails import Tail
from finish.media.pictures.animations import SHOWN_MS, animation
from finish.media.pictures.image_sequences import ImageSequence, write_video
from finish.model import Source
from finish.storage.cleanup import discard
from finish.storage.drafts import writing
from finish.storage.store import Store
from finish.units import digest

_BLOCK: Final = 1 << 22  # bytes that are copied at once
_VERSION: Final = "1"  # raise it when a derived file changes


class Deriver:
    """Makes derived files, each once, and keeps them in a store. `cancel` stops one that is being made."""

    def __init__(self, store: Store, cancel: threading.Event) -> None:
        self._store, self._cancel, self._lock = store, cancel, threading.Lock()

    def instead(self, source: Source) -> Path:
        """The file to read instead of a source with a `need`."""
        suffix, write = _MAKERS[source.need]
        return self._made(
            digest("derived", _VERSION, source.need, source.digest),
            suffix,
            partial(write, source, self._cancel),
        )

    def video(self, pictures: ImageSequence) -> Path:
        """The numbered pictures as one video file."""
        return self._made(
            digest("derived", _VERSION, pictures.digest), ".mov", partial(write_video, pictures, self._cancel)
        )

    def trimmed(self, path: Path, file: str, tail: Tail) -> Path:
        """The clip without the bytes after its end; `file` is the digest of the complete file."""
        return self._made(
            digest("derived", _VERSION, "tail", file, str(tail.end)),
            tail.suffix,
            partial(_copy_start, path, tail.end),
        )

    def _made(self, key: str, suffix: str, write: Callable[[Path], None]) -> Path:
        with self._lock:  # a thread waits for a file that another thread is making
            known = self._store.piece(key, suffix)
            if known is not None:
                return known
            draft = self._store.draft(suffix)
            try:
                with writing(draft):
                    write(draft)
                return self._store.keep(key, draft)
            finally:
                discard(draft)


def _slow_down(source: Source, cancel: threading.Event, target: Path) -> None:  # noqa: ARG001 (quick)
    """Copy a GIF with every delay of 10 ms set to 100 ms."""
    moving = animation(source.path)
    if moving is None or moving.demuxer != "gif":
        raise MediaError(f"{source.path.name} changed while it was read", "run again")
    shutil.copyfile(source.path, target)
    with target.open("r+b") as file:
        for place in moving.short:
            file.seek(place)
            file.write((SHOWN_MS // 10).to_bytes(2, "little"))


def _copy_start(path: Path, end: int, target: Path) -> None:
    """Copy the first `end` bytes of a file."""
    with path.open("rb") as file, target.open("wb") as copy:
        while left := end - file.tell():
            data = file.read(min(left, _BLOCK))
            if not data:
                raise MediaError(f"{path.name} changed while it was read", "run again")
            copy.write(data)


def _rejoin(source: Source, cancel: threading.Event, target: Path) -> None:
    joined_recordings.rejoin(source.path, source.demuxer, cancel, target)


_MAKERS: Final[Mapping[str, tuple[str, Callable[[Source, threading.Event, Path], None]]]] = {
    "delays": (".gif", _slow_down),
    joined_recordings.NEED: (".nut", _rejoin),
}
