"""Rendered pieces and measurements, stored under the digest of their history; safe to delete."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from finish.errors import SpecError
from finish.storage import seal
from finish.storage.cleanup import discard, noted
from finish.storage.digests import digest_file
from finish.storage.drafts import sweep, writing
from finish.storage.shared_store import SharedStore
from finish.units import digest

# The name of a piece; a store may be in a folder that holds other files.
_PIECE: Final = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{64}\.[a-z0-9]+")


class Store:
    """A folder of pieces (media) and facts (JSON), each under its key. Threads and processes may share one.

    A piece is named `KEY.SEAL.mp4`. The seal covers its key and its bytes, so one rename stores the piece
    together with the proof that it is whole and was made for this key by someone who has the `secret` (by
    default, this user's own). Facts begin with their seal. Nothing that another process may be reading is
    changed, and what is damaged or comes from elsewhere counts as absent.

    What the stores in the folders `lenders` have is taken from them, so that equal work of several jobs is
    done once. What isn't here is also taken from the store `shared` between machines, if there is one, and
    what is stored here is copied to it.
    """

    def __init__(
        self,
        folder: Path,
        lenders: Sequence[Path] = (),
        shared: SharedStore | None = None,
        secret: bytes = b"",
    ) -> None:
        self.folder, self.shared, self.secret = folder, shared, secret or seal.own()
        self._lenders = tuple(Store(lender, secret=self.secret) for lender in lenders if lender != folder)
        self._proven: dict[Path, tuple[int, ...]] = {}
        self._offered: set[str] = set()  # what this process has copied to the shared store

    def alone(self) -> Store:
        """This store without its shared store: for facts about this machine's files."""
        return Store(self.folder, [lender.folder for lender in self._lenders], secret=self.secret)

    def opened(self) -> Path:
        """The folder of this store, created if missing."""
        with writing(self.folder / "any"):
            return self.folder

    def piece(self, key: str, suffix: str) -> Path | None:
        """The piece with this key if it is whole, from this store, a lender or the shared store."""
        with contextlib.suppress(OSError):
            own = next(filter(self._is_whole, sorted(self._folder(key).glob(f"{key}.*{suffix}"))), None)
            return own or self._borrowed_piece(key, suffix) or self._shared_piece(key, suffix)
        return None

    def _is_whole(self, piece: Path) -> bool:
        """Whether a piece has the seal of its bytes. It is read once, and again if it is another file.

        Its modification time becomes the time of this use.
        """
        try:
            if self._proven.get(piece) == _state(piece):
                return True
            key = piece.name.partition(".")[0]
            if not piece.is_file() or piece.name != _piece_name(self.secret, key, piece):
                return False
        except OSError:
            return False
        with contextlib.suppress(OSError):  # a store that can't be written is used all the same
            os.utime(piece)
        with contextlib.suppress(OSError):
            self._proven[piece] = _state(piece)
        return True

    def collect(self, most: int, since: float) -> int:
        """Remove the pieces that were unused longest until at most `most` bytes are left; returns how many.

        Nothing that was used after `since` (s, epoch) is removed. A process that has a removed piece open can
        still read it; one that needs it later renders it again.
        """
        kept = sorted(self._pieces(), key=lambda piece: piece[1])
        total, removed = sum(size for _, _, size in kept), 0
        for path, used, size in kept:
            if total <= most or used >= since:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                total, removed = total - size, removed + 1
        return removed

    def _pieces(self) -> Iterator[tuple[Path, float, int]]:
        """Every piece, when it was last used (s, epoch), and its bytes. Facts are small, and stay."""
        for path in self.folder.glob("??/*.*.*"):
            with contextlib.suppress(OSError):  # another process collects too
                status = path.lstat()
                ours = (
                    _PIECE.fullmatch(path.name)
                    and path.name.startswith(path.parent.name)
                    and not path.parent.is_symlink()
                )
                if ours and stat.S_ISREG(status.st_mode):
                    yield path, status.st_mtime, status.st_size

    def _borrowed_piece(self, key: str, suffix: str) -> Path | None:
        """A lender's piece, linked or copied to this store: each job's folder can be deleted on its own."""
        theirs = next(filter(None, (lender.piece(key, suffix) for lender in self._lenders)), None)
        if theirs is None:
            return None
        draft = self.draft(suffix)
        with writing(draft):
            try:
                draft.hardlink_to(theirs)
            except OSError:  # another disk, or one without hard links
                shutil.copyfile(theirs, draft)
            path = self._folder(key) / theirs.name
            _move(draft, path)
            discard(draft)  # renaming one name of a file to another of its names leaves both
        return path

    def _shared_piece(self, key: str, suffix: str) -> Path | None:
        """A piece copied from the shared store; one that doesn't match its name is ignored."""
        if self.shared is None:
            return None
        draft = self.draft(suffix)
        with writing(draft):
            try:
                name = self.shared.take(key, suffix, draft)
                if not name or name != _piece_name(self.shared.secret, key, draft):
                    return None
                path = self._folder(key) / _piece_name(self.secret, key, draft)
                _move(draft, path)
            finally:
                discard(draft)
        return path

    def keep(self, key: str, draft: Path) -> Path:
        """Store a finished draft, unless a whole piece is stored under its key; returns the stored piece."""
        with writing(draft):
            known = self.piece(key, draft.suffix)
            if known is not None:
                discard(draft)
            path = known or self._folder(key) / _piece_name(self.secret, key, draft)
            if known is None:
                _move(draft, path)
        self.offer(path)
        return path

    def offer(self, piece: Path) -> None:
        """Copy a piece of this store to the shared store, unless it has it."""
        if self.shared and piece.name not in self._offered:
            key = piece.name.partition(".")[0]
            self.shared.keep(_piece_name(self.shared.secret, key, piece), piece)
            self._offered.add(piece.name)

    def offer_fact(self, key: str) -> None:
        """Copy the fact under `key` to the shared store, unless it has it."""
        if (
            self.shared
            and key not in self._offered
            and (data := self.fact(key)) is not None
            and self._shared_fact(key) is None
        ):
            self.shared.keep_fact(key, seal.closed(self.shared.secret, key, data))

    def fact(self, key: str) -> bytes | None:
        """The JSON stored under `key` here, with a lender or in the shared store, if any.

        An older version of finish may have written it in another form.
        """
        with contextlib.suppress(OSError):
            if (data := seal.opened(self.secret, key, self._fact_path(key).read_bytes())) is not None:
                return data
        lent = next(filter(None, (lender.fact(key) for lender in self._lenders)), None)
        return lent or self._copied_fact(key)

    def _copied_fact(self, key: str) -> bytes | None:
        """The fact in the shared store, copied to this one."""
        data = self._shared_fact(key)
        if data is not None:
            self._write_fact(key, data)
        return data

    def _shared_fact(self, key: str) -> bytes | None:
        sealed = self.shared.fact(key) if self.shared else None
        return seal.opened(self.shared.secret, key, sealed) if self.shared and sealed is not None else None

    def keep_fact(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, replacing older data."""
        self._write_fact(key, data)
        if self.shared:
            self.shared.keep_fact(key, seal.closed(self.shared.secret, key, data))
            self._offered.add(key)

    def _write_fact(self, key: str, data: bytes) -> None:
        draft = self.draft(".json")
        with writing(draft):
            try:
                draft.write_bytes(seal.closed(self.secret, key, data))
                _move(draft, self._fact_path(key))
            finally:
                discard(draft)

    def draft(self, suffix: str) -> Path:
        """A new path for an unfinished file on the store's own disk; old drafts of crashes are deleted."""
        draft = self.folder / "drafts" / f"{uuid.uuid4().hex}{suffix}"
        with writing(draft):
            sweep(draft.parent)
        return noted(draft)

    def _folder(self, key: str) -> Path:
        return self.folder / key[:2]

    def _fact_path(self, key: str) -> Path:
        return self._folder(key) / f"{key}.json"


def _piece_name(secret: bytes, key: str, piece: Path) -> str:
    """The name of a piece: its key, and the seal of its key and its bytes."""
    return f"{key}.{seal.seal(secret, key, piece.suffix, digest_file(piece))}{piece.suffix}"


def piece_key(*parts: str) -> str:
    """The key of a rendered piece: its stream's history and the program that rendered it."""
    return digest("piece", *parts)


def most_bytes() -> int:
    """The size that a job's store is kept to, in bytes: `FINISH_STORE_GB` (10⁹ bytes), by default 20.

    20 GB hold an hour of three 1080p deliverables.
    """
    text = os.environ.get("FINISH_STORE_GB", "20")
    try:
        gigabytes = float(text)
    except ValueError:
        gigabytes = -1
    if not 0 <= gigabytes < 1e6:
        raise SpecError(
            f"FINISH_STORE_GB isn't a number from 0 to 1,000,000: {text!r}",
            "write a number of gigabytes, such as 20",
        )
    return int(gigabytes * 1e9)


def _state(piece: Path) -> tuple[int, ...]:
    """The inode, size and modification time (ns) of a file."""
    status = piece.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _move(draft: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        draft.replace(path)
    except IsADirectoryError:  # finish never makes a folder there
        shutil.rmtree(path, ignore_errors=True)
        draft.replace(path)
