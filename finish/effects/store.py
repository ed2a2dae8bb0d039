"""What has been made and measured, kept under the digest of its history: safe to delete, never half-written."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from pathlib import Path

from finish.effects.probe import digest_file
from finish.errors import FinishError
from finish.units import digest


class Store:
    """A folder of pieces (media) and facts (JSON), each under its key. Several processes may share one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def piece(self, key: str, suffix: str) -> Path | None:
        """The piece named `key`, if it is there and still has the bytes that were put there."""
        path = self._place(key, suffix)
        proof = path.with_suffix(".sha256")
        with contextlib.suppress(OSError):
            if proof.read_text(encoding="ascii") == digest_file(path):
                return path
        return None

    def keep(self, key: str, draft: Path) -> Path:
        """Move a finished draft to its place, atomically; its digest is written first, so a piece without proof is no piece."""
        path = self._place(key, draft.suffix)
        proof = path.with_suffix(".sha256")
        with writing(path):
            path.unlink(missing_ok=True)
            _write(proof, digest_file(draft).encode())
            draft.replace(path)
        return path

    def fact(self, key: str) -> bytes | None:
        """The JSON kept under `key`, if any."""
        try:
            return self._place(key, ".json").read_bytes()
        except OSError:
            return None

    def keep_fact(self, key: str, data: bytes) -> None:
        path = self._place(key, ".json")
        with writing(path):
            _write(path, data)

    def draft(self, suffix: str) -> Path:
        """A name for a file in the making, on the store's own disk."""
        folder = self.folder / "drafts"
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{uuid.uuid4().hex}{suffix}"

    def _place(self, key: str, suffix: str) -> Path:
        return self.folder / key[:2] / f"{key}{suffix}"


def piece_key(*parts: str) -> str:
    """The name of a rendered piece: its stream's history and the program that rendered it."""
    return digest("piece", *parts)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(path: Path):  # type: ignore[no-untyped-def]  # a generator context manager
    """Turns what a disk can refuse into one clear error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as wrong:
        full = wrong.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = "make room and run again" if full else "check the folder's rights"
        raise FinishError("disk", f"{os.fspath(path.parent)} cannot be written: {wrong.strerror}", hint) from wrong
