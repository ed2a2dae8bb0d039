"""The ledger of a watched folder: the state of every item, kept over restarts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from finish.errors import PathError
from finish.storage import platform
from finish.storage.confinement import refuse_leaving
from finish.storage.drafts import writing
from finish.storage.publish import write_whole
from finish.storage.untrusted_notes import held
from finish.watch.watch_items import FAILED, JOBS

State = Literal["waiting", "running", "done", "failed"]
_NOTES: Final = ".finish"


@dataclass(frozen=True)
class WatchEntry:
    """The state of an item.

    `of` is the digest of the files that it was made from, `made` are the deliverables, and `when` is in s
    since the epoch.
    """

    name: str
    state: State
    of: str = ""
    message: str = ""
    made: tuple[str, ...] = ()
    when: float = 0.0


_ENTRY: Final = TypeAdapter(WatchEntry)


class WatchLedger:
    """The entries by item name, in a file that is written atomically; one process at a time may hold it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path, self._lock = folder / _NOTES / "watch.json", folder / _NOTES / "watch.lock"
        self.entries: dict[str, WatchEntry] = {}
        self.read()

    def read(self) -> None:
        """Read the file.

        Missing or damaged entries don't count: their items are processed again.
        """
        self.entries.clear()
        with suppress(ValueError, RecursionError):
            document = json.loads(held(self._path) or b"{}")
            for name, value in document.items() if isinstance(document, dict) else ():
                with suppress(ValidationError):
                    entry = _ENTRY.validate_python(value)
                    if entry.name == name and isfinite(entry.when):
                        self.entries[name] = entry

    def note(self, *entries: WatchEntry) -> None:
        """Set the state of items; `write` keeps it."""
        self.entries.update({entry.name: replace(entry, when=time.time()) for entry in entries})

    def forget(self, name: str) -> None:
        """Drop an item that no longer exists; `write` keeps that."""
        self.entries.pop(name, None)

    def write(self) -> None:
        """Write the file; DiskError if that fails."""
        document = {name: asdict(entry) for name, entry in self.entries.items()}
        with writing(self._path):
            write_whole(self._path, encoded(json.dumps(document, indent=1, ensure_ascii=False)))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the ledger.

        PathError if another process holds it, or if a link leads out of the folder.
        """
        places = (self.folder / _NOTES, self._lock, self.folder / JOBS, self.folder / FAILED)
        refuse_leaving(self.folder, places)
        with ExitStack() as stack:
            with writing(self._lock):
                file = stack.enter_context(self._lock.open("ab"))
                try:
                    platform.lock(file.fileno(), wait=False)
                except BlockingIOError as error:
                    message = f"{self.folder} is already watched by another process"
                    raise PathError(message, "stop that process, or watch another folder") from error
            yield

    def check_present(self) -> None:
        """OSError if the folder isn't the one that is held: an unmounted share leaves an empty folder."""
        self._lock.stat()


def encoded(text: str) -> bytes:
    """UTF-8, with escapes, which JSON can read, for file names that UTF-8 can't hold."""
    return text.encode(errors="backslashreplace")
