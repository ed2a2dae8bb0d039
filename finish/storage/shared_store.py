"""What a store asks of the shared store behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class SharedStore(Protocol):
    """A store behind a job's store, shared by several machines; FinishError if it can't be reached."""

    @property
    def url(self) -> str:
        """The address of the store."""
        ...

    @property
    def secret(self) -> bytes:
        """The secret with which everyone seals what they store."""
        ...

    def take(self, key: str, suffix: str, draft: Path) -> str:
        """Write the piece named `key` to `draft`; returns its full name, "" if there is none."""
        ...

    def keep(self, name: str, piece: Path) -> None:
        """Store a piece under a name, unless it is stored."""
        ...

    def fact(self, key: str) -> bytes | None:
        """The data stored under `key`, if any."""
        ...

    def keep_fact(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, replacing older data."""
        ...
