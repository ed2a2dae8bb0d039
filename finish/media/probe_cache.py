"""A cache of the facts of media files, valid while a file is unchanged."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from finish.media.containers import tails
from finish.media.derived_files import Deriver
from finish.media.pictures.image_sequences import sequence_at
from finish.media.probe import examined
from finish.media.provenance.origin_facts import reader_identity, with_origin
from finish.model import BEHIND, Derived, Loss, Source, merged
from finish.storage.digests import digest_file
from finish.storage.download_cache import fetched
from finish.storage.file_state import settled, state
from finish.storage.store import Store
from finish.units import digest

_VERSION: Final = "10"  # raise it when the facts of a file change


class ProbeCache:
    """Facts of media files, recalled for a file that is the same as before according to its file system.

    Device, inode, size, and both times to the nanosecond must agree, and the last change must be so long ago
    that a second change couldn't have the same time. `verify` reads every file again.
    """

    def __init__(self, store: Store, *, verify: bool = False, cancel: threading.Event | None = None) -> None:
        self._store, self._verify = store, verify
        self._derive = Deriver(store, cancel or threading.Event())

    def __call__(self, path: Path, name: str = "", *, made: bool = False) -> Source:
        """Like `probe`. A copy of an object is downloaded first, and a file that can't be read directly is
        read from its derived file.

        For a file that finish `made`, some checks of clips are left out (`probe.examined`).
        """
        pictures = sequence_at(path)
        if pictures:
            place = self._derive.video(pictures)
            read = self._known(place, name)
            return replace(read, path=path, derived=Derived(place, read.digest))
        tail = None if made or not fetched(path).is_file() else tails.tail_of(path)
        if tail is not None:
            return self._trimmed(path, name or path.name, tail)
        source = self._known(path, name, made=made)
        if not source.need:
            return source
        place = self._derive.instead(source)
        read = self._known(place, name)
        return replace(
            read,
            path=source.path,
            digest=source.digest,
            size=source.size,
            warnings=source.warnings,
            extras=source.extras,
            derived=Derived(place, read.digest),
            need="",
            losses=merged((*source.losses, *read.losses)),
        )

    def _trimmed(self, path: Path, name: str, tail: tails.Tail) -> Source:
        """A clip with bytes after its end that a reader would take for more of it."""
        file = content(path, self._store)
        place = self._derive.trimmed(path, file, tail)
        read = self._known(place, name)
        loss = () if tail.sure else (Loss(BEHIND, tail.text, certain=False),)
        return replace(
            read,
            path=path,
            digest=file,
            size=path.stat().st_size,
            derived=Derived(place, read.digest),
            warnings=(*read.warnings, *((tail.text,) if tail.sure else ())),
            losses=(*read.losses, *loss),
            extras=with_origin(read.extras, path, read.demuxer, boxed=read.extras.provenance),
        )

    def _known(self, path: Path, name: str, *, made: bool = False) -> Source:
        key = _identity(fetched(path), made=made)
        known = None if self._verify or key is None else self._store.fact(key)
        if known is not None:
            with contextlib.suppress(ValidationError):  # a damaged fact is read again
                return replace(_sources().validate_json(known), path=path)
        source = examined(path, name, made=made)
        if key is not None and key == _identity(path, made=made):
            self._store.keep_fact(key, _sources().dump_json(source))
        return source


def content(path: Path, store: Store) -> str:
    """The digest of a file's bytes, recalled from a store of this machine while the file is unchanged."""
    known = state(path)
    key = digest("content", repr(known)) if settled(known) else None
    recalled = store.fact(key) if key else None
    if recalled is not None:
        return recalled.decode()
    read = digest_file(path)
    if key and known == state(path):
        store.keep_fact(key, read.encode())
    return read


def _identity(path: Path, *, made: bool = False) -> str | None:
    """The key of a file's present state; None for a file that has just changed."""
    known = state(path)
    kind = "delivery" if made else "source"
    return digest(kind, _VERSION, reader_identity(), repr(known)) if settled(known) else None


@cache  # it takes 20 ms, and is needed only if facts are recalled or stored
def _sources() -> TypeAdapter[Source]:
    return TypeAdapter(Source)
