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
from finish.media.pictures.image_sequences import numbered
from finish.media.probe import examined
from finish.model import BEHIND, Derived, Loss, Source, merged
from finish.storage.digests import digest_file
from finish.storage.download_cache import fetched
from finish.storage.file_state import settled, state
from finish.storage.store import Store
from finish.units import digest

_VERSION: Final = "9"  # raised whenever a file would be described otherwise


class ProbeCache:
    """Facts of media files, recalled where a file is by all that its file system says the one that was read
    before.

    Device, inode, size, and both times to the nanosecond must agree, and the last change must be so long ago
    that a second one could not have the same time; `verify` reads every file again.
    """

    def __init__(self, store: Store, *, verify: bool = False, cancel: threading.Event | None = None) -> None:
        self._store, self._verify = store, verify
        self._derive = Deriver(store, cancel or threading.Event())

    def __call__(self, path: Path, name: str = "", *, made: bool = False) -> Source:
        """As `probe`; a copy of an object is fetched first, and what cannot be read as it is is read from a
        file made of it.

        `made`: it is a delivery of ours, and is not asked for what clips may hide.
        """
        pictures = numbered(path)
        if pictures:
            place = self._derive.film(pictures)
            read = self._known(place, name)
            return replace(read, path=path, derived=Derived(place, read.digest))
        tail = None if made or not fetched(path).is_file() else tails.tail_of(path)
        if tail is not None:
            return self._trimmed(path, name or path.name, tail)
        found = self._known(path, name, made=made)
        if not found.need:
            return found
        place = self._derive.instead(found)
        read, kept = self._known(place, name), ("path", "digest", "size", "warnings")
        losses = merged((*found.losses, *read.losses))
        return replace(
            read,
            **{each: getattr(found, each) for each in kept},
            derived=Derived(place, read.digest),
            need="",
            losses=losses,
        )

    def _trimmed(self, path: Path, name: str, tail: tails.Tail) -> Source:
        """A clip of which a reader would take more for its own than is."""
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
        )

    def _known(self, path: Path, name: str, *, made: bool = False) -> Source:
        key = _identity(fetched(path), made=made)
        known = None if self._verify or key is None else self._store.fact(key)
        if known is not None:
            with contextlib.suppress(ValidationError):  # a rotten fact is read again
                return replace(_sources().validate_json(known), path=path)
        found = examined(path, name, made=made)
        if key is not None and key == _identity(path, made=made):
            self._store.keep_fact(key, _sources().dump_json(found))
        return found


def content(path: Path, store: Store) -> str:
    """The digest of a file's bytes, recalled from a store of this machine's while the file stays what it
    was."""
    known = state(path)
    key = digest("content", repr(known)) if settled(known) else None
    found = store.fact(key) if key else None
    if found is None:
        found = digest_file(path).encode()
        if key and known == state(path):
            store.keep_fact(key, found)
    return found.decode()


def _identity(path: Path, *, made: bool = False) -> str | None:
    """The name of a file's present state; None for one that changed just now."""
    known = state(path)
    return digest("delivery" if made else "source", _VERSION, repr(known)) if settled(known) else None


@cache  # 20 ms: only where something is recalled
def _sources() -> TypeAdapter[Source]:
    return TypeAdapter(Source)
