"""Rendered pieces and measurements, stored under the digest of their history: safe to delete, never
partly written."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from finish.errors import DiskError, SpecError
from finish.storage import seal
from finish.storage.cleanup import discard, noted
from finish.storage.digests import digest_file
from finish.units import digest

# What only a piece of ours is called; a store may lie in a folder that holds other things.
_PIECE: Final = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{64}\.[a-z0-9]+")
# A draft is written to all the time that it is being made: one that was left alone this long was left by a
# crash.
_FORGOTTEN_SECONDS: Final = 24 * 60 * 60


class SharedStore(Protocol):
    """A store behind a job's store, shared by several machines. FinishError if it can't be reached."""

    @property
    def url(self) -> str: ...
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


class Store:
    """A folder of pieces (media) and facts (JSON), each under its key. Threads and processes may share one.

    A piece is called `KEY.SEAL.mp4` by a seal of its key and its bytes, so one rename puts it there together
    with the proof that it is whole and was made for this key by somebody who has the `secret` (this user's
    own, if none is given); and nothing that another may be reading is ever changed. What rotted, or came from
    elsewhere, is as good as absent. Facts have their seal before them. What the stores at `lenders` have is
    taken from there, so that equal work of several jobs is done once. Behind it may stand a `shared` store that many
    machines share: what is not here is taken from it, and what is kept here is put on it.
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
        self._offered: set[str] = set()  # what this process has put on the shared store

    def alone(self) -> Store:
        """This store without its shared store: for facts about this machine's files."""
        return Store(self.folder, [lender.folder for lender in self._lenders], secret=self.secret)

    def opened(self) -> Path:
        """The folder of this store, created if missing."""
        with writing(self.folder / "any"):
            return self.folder

    def piece(self, key: str, suffix: str) -> Path | None:
        """The piece named `key`, if it is there (or with a lender) and still has the bytes that were put
        there."""
        with contextlib.suppress(OSError):
            own = next(filter(self._whole, sorted(self._place(key).glob(f"{key}.*{suffix}"))), None)
            return own or self._borrowed(key, suffix) or self._taken(key, suffix)
        return None

    def _whole(self, piece: Path) -> bool:
        """Whether a piece has the seal of its bytes; read once, and again when it is another file. Its use
        is noted."""
        try:
            if self._proven.get(piece) == _state(piece):
                return True
            if not piece.is_file() or piece.name != _named(self.secret, piece.name.partition(".")[0], piece):
                return False
        except OSError:
            return False
        with contextlib.suppress(OSError):  # a store that cannot be written is used all the same
            os.utime(piece)
        with contextlib.suppress(OSError):
            self._proven[piece] = _state(piece)
        return True

    def collect(self, most: int, since: float) -> int:
        """Remove what was longest unused until at most `most` bytes are kept; nothing that was used after
        `since` (s, epoch). How many.

        Whoever still reads a removed piece reads on; whoever wants it later makes it again.
        """
        kept = sorted((each for each in self._all()), key=lambda each: each[1])
        size, removed = sum(each[2] for each in kept), 0
        for path, used, length in kept:
            if size <= most or used >= since:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                size, removed = size - length, removed + 1
        return removed

    def _all(self) -> Iterator[tuple[Path, float, int]]:
        """Every piece with when it was last used (s, epoch) and its bytes; facts are small, and stay."""
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
            path = self._place(key) / theirs.name
            _move(draft, path)
            discard(draft)  # renaming one name of a file to another of its names leaves both
        return path

    def _taken(self, key: str, suffix: str) -> Path | None:
        """A piece copied from the shared store; one that doesn't match its name is ignored."""
        if self.shared is None:
            return None
        draft = self.draft(suffix)
        with writing(draft):
            try:
                name = self.shared.take(key, suffix, draft)
                if not name or name != _named(self.shared.secret, key, draft):
                    return None
                path = self._place(key) / _named(self.secret, key, draft)
                _move(draft, path)
            finally:
                discard(draft)
        return path

    def keep(self, key: str, draft: Path) -> Path:
        """Move a finished draft to its place; where a whole piece is already, that one stays and the draft
        goes. The piece."""
        with writing(draft):
            known = self.piece(key, draft.suffix)
            if known is not None:
                discard(draft)
            path = known or self._place(key) / _named(self.secret, key, draft)
            if known is None:
                _move(draft, path)
        self.offer(path)
        return path

    def offer(self, piece: Path) -> None:
        """Copy a piece of this store to the shared store, unless it has it."""
        if self.shared and piece.name not in self._offered:
            self.shared.keep(_named(self.shared.secret, piece.name.partition(".")[0], piece), piece)
            self._offered.add(piece.name)

    def offer_fact(self, key: str) -> None:
        """Copy the fact under `key` to the shared store."""
        if (
            self.shared
            and key not in self._offered
            and (data := self.fact(key)) is not None
            and self._shared_fact(key) is None
        ):
            self.shared.keep_fact(key, seal.closed(self.shared.secret, key, data))

    def fact(self, key: str) -> bytes | None:
        """The JSON kept under `key` here or with a lender, if any; an older program may have meant
        something else by it."""
        with contextlib.suppress(OSError):
            if (data := seal.opened(self.secret, key, self._fact(key).read_bytes())) is not None:
                return data
        lent = next(filter(None, (lender.fact(key) for lender in self._lenders)), None)
        return lent or self._taken_fact(key)

    def _taken_fact(self, key: str) -> bytes | None:
        data = self._shared_fact(key)
        if data is not None:
            self._keep_fact(key, data)
        return data

    def _shared_fact(self, key: str) -> bytes | None:
        found = self.shared.fact(key) if self.shared else None
        return seal.opened(self.shared.secret, key, found) if self.shared and found is not None else None

    def keep_fact(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, replacing older data."""
        self._keep_fact(key, data)
        if self.shared:
            self.shared.keep_fact(key, seal.closed(self.shared.secret, key, data))
            self._offered.add(key)

    def _keep_fact(self, key: str, data: bytes) -> None:
        draft = self.draft(".json")
        with writing(draft):
            try:
                draft.write_bytes(seal.closed(self.secret, key, data))
                _move(draft, self._fact(key))
            finally:
                discard(draft)

    def draft(self, suffix: str) -> Path:
        """A name for a file in the making, on the store's own disk. What crashes left there more than a
        day ago is removed."""
        draft = self.folder / "drafts" / f"{uuid.uuid4().hex}{suffix}"
        with writing(draft):
            sweep(draft.parent)
        return noted(draft)

    def _place(self, key: str) -> Path:
        return self.folder / key[:2]

    def _fact(self, key: str) -> Path:
        return self._place(key) / f"{key}.json"


def _named(secret: bytes, key: str, piece: Path) -> str:
    """What a piece of these bytes is called under a key."""
    return f"{key}.{seal.seal(secret, key, piece.suffix, digest_file(piece))}{piece.suffix}"


def piece_key(*parts: str) -> str:
    """The name of a rendered piece: its stream's history and the program that rendered it."""
    return digest("piece", *parts)


def cache() -> Path:
    """The folder of this machine and user for what belongs to no job; safe to delete."""
    return Path(os.environ.get("XDG_CACHE_HOME") or seal.home() / ".cache") / "finish"


def most_bytes() -> int:
    """How much a job's store may keep: `FINISH_STORE_GB` (10⁹ bytes), else 20: an hour of three 1080p
    deliverables."""
    said = os.environ.get("FINISH_STORE_GB", "20")
    try:
        wanted = float(said)
    except ValueError:
        wanted = -1
    if not 0 <= wanted < 1e6:
        raise SpecError(
            f"FINISH_STORE_GB isn't a number from 0 to 1,000,000: {said!r}",
            "write a number of gigabytes, such as 20",
        )
    return int(wanted * 1e9)


def _state(piece: Path) -> tuple[int, ...]:
    status = piece.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _move(draft: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        draft.replace(path)
    except IsADirectoryError:  # no folder was ever put there by us
        shutil.rmtree(path, ignore_errors=True)
        draft.replace(path)


def sweep(drafts: Path, pattern: str = "*") -> None:
    """Delete drafts that crashed processes left more than a day ago."""
    oldest = time.time() - _FORGOTTEN_SECONDS
    for draft in drafts.glob(pattern):
        with contextlib.suppress(OSError):  # another process sweeps too
            if draft.lstat().st_mtime < oldest:
                draft.unlink()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Create the folder of `path`, and raise a disk's errors as DiskError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = (
            "free some space and run again"
            if full
            else "check the folder's permissions and how its disk is mounted"
        )
        raise DiskError(
            f"can't write to {os.fspath(path.parent)}: {error.strerror or error}", hint
        ) from error
