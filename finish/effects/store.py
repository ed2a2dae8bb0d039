"""What has been made and measured, kept under the digest of its history: safe to delete, never half-written."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pydantic_core import from_json

from finish.effects.probe import digest_file
from finish.errors import FinishError
from finish.units import digest

# A draft is written to all the time that it is being made: one that was left alone this long was left by a crash.
_FORGOTTEN_SECONDS: Final = 24 * 60 * 60


class Store:
    """A folder of pieces (media) and facts (JSON), each under its key. Threads and processes may share one.

    A piece is called `KEY.DIGEST.mp4` by the digest of its own bytes, so one rename puts it there together with the proof
    that it is whole, and nothing that another may be reading is ever changed. What rotted is as good as absent.
    What the stores at `lenders` have is taken from there, so that equal work of several jobs is done once.
    """

    def __init__(self, folder: Path, lenders: Sequence[Path] = ()) -> None:
        self.folder = folder
        self._lenders = tuple(Store(each) for each in lenders if each != folder)

    def piece(self, key: str, suffix: str) -> Path | None:
        """The piece named `key`, if it is there (or with a lender) and still has the bytes that were put there."""
        with contextlib.suppress(OSError):
            own = next(filter(_whole, sorted(self._shelf(key).glob(f"{key}.*{suffix}"))), None)
            return own or self._borrowed(key, suffix)
        return None

    def _borrowed(self, key: str, suffix: str) -> Path | None:
        """A lender's piece, in this store from now on: each job's folder may be deleted on its own."""
        theirs = next(filter(None, (lender.piece(key, suffix) for lender in self._lenders)), None)
        if theirs is None:
            return None
        draft = self.draft(suffix)
        with writing(draft):
            try:
                draft.hardlink_to(theirs)
            except OSError:  # another disk, or one without hard links
                shutil.copyfile(theirs, draft)
            path = self._shelf(key) / theirs.name
            _move(draft, path)
            draft.unlink(missing_ok=True)  # renaming one name of a file to another of its names leaves both
        return path

    def keep(self, key: str, draft: Path) -> Path:
        """Move a finished draft to its place; where a whole piece is already, that one stays and the draft goes. The piece."""
        with writing(draft):
            known = self.piece(key, draft.suffix)
            if known is not None:
                draft.unlink()
                return known
            path = self._shelf(key) / f"{key}.{digest_file(draft)}{draft.suffix}"
            _move(draft, path)
        return path

    def fact(self, key: str) -> bytes | None:
        """The JSON kept under `key` here or with a lender, if any; it may say anything."""
        try:
            data = self._fact(key).read_bytes()
            from_json(data)
        except (OSError, ValueError):
            return next(filter(None, (lender.fact(key) for lender in self._lenders)), None)
        return data

    def keep_fact(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, in place of what was there."""
        draft = self.draft(".json")
        with writing(draft):
            try:
                draft.write_bytes(data)
                _move(draft, self._fact(key))
            finally:
                draft.unlink(missing_ok=True)

    def draft(self, suffix: str) -> Path:
        """A name for a file in the making, on the store's own disk. What crashes left there more than a day ago is removed."""
        draft = self.folder / "drafts" / f"{uuid.uuid4().hex}{suffix}"
        with writing(draft):
            _sweep(draft.parent)
        return draft

    def _shelf(self, key: str) -> Path:
        return self.folder / key[:2]

    def _fact(self, key: str) -> Path:
        return self._shelf(key) / f"{key}.json"


def piece_key(*parts: str) -> str:
    """The name of a rendered piece: its stream's history and the program that rendered it."""
    return digest("piece", *parts)


def _whole(piece: Path) -> bool:
    try:
        return piece.is_file() and piece.stem.endswith(f".{digest_file(piece)}")
    except OSError:
        return False


def _move(draft: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        draft.replace(path)
    except IsADirectoryError:  # no folder was ever put there by us
        shutil.rmtree(path, ignore_errors=True)
        draft.replace(path)


def _sweep(drafts: Path) -> None:
    oldest = time.time() - _FORGOTTEN_SECONDS
    for draft in drafts.iterdir():
        with contextlib.suppress(OSError):  # another process sweeps too
            if draft.lstat().st_mtime < oldest:
                draft.unlink()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Makes the folder of `path`, and turns what a disk can refuse into one clear error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as wrong:
        full = wrong.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = "make room and run again" if full else "check the folder's rights"
        raise FinishError("disk", f"{os.fspath(path.parent)} cannot be written: {wrong.strerror or wrong}", hint) from wrong
