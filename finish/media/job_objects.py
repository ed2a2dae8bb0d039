"""The objects in object storage that a job names: each is read from its copy in the job folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from finish.errors import FinishError
from finish.media.job_folder import JobFolder
from finish.storage import download_cache, object_storage
from finish.storage.file_patterns import WILD, fits, natural, tame
from finish.storage.object_storage import MissingObjectError, Object

_HINT = "list the bucket: names are case-sensitive"


def object_at(url: str) -> Object | None:
    """The object at an address; None if there is none."""
    with _refusing():
        try:
            return object_storage.head(url)
        except MissingObjectError:
            return None


def copy_place(folder: JobFolder, url: str) -> Path:
    """The path of the copy of the object at an address, whether or not there is one."""
    return download_cache.place(folder.root, url)


def object_copy(folder: JobFolder, url: str) -> Path:
    """The path of the copy of an object that exists; `fetched` downloads it."""
    item = object_at(url)
    if item is None:
        raise ValueError(f'no such object: "{tame(url)}" — {_HINT}')
    return _noted(folder, item)


def object_copies(folder: JobFolder, pattern: str) -> dict[str, Path]:
    """The paths of the copies of the objects that match a pattern, by address."""
    with _refusing():
        objects = object_storage.listed(WILD.split(pattern, maxsplit=1)[0].rpartition("/")[0])
    # An object without bytes marks a folder.
    matches = [item for item in objects if item.size and fits(item.url, pattern)]
    if not matches:
        raise ValueError(f'no file matches "{tame(pattern)}" — {_HINT}')
    return {item.url: _noted(folder, item) for item in sorted(matches, key=lambda item: natural(item.url))}


def object_size(copy: Path) -> int:
    """The size (bytes) of the object that a file is a copy of, downloaded or not; 0 if it isn't a copy."""
    item = download_cache.origin(copy)
    return item.size if item else 0


def fetched(copy: Path) -> Path:
    """The copy of an object, downloaded first if it is missing."""
    with _refusing():
        return download_cache.fetched(copy)


def _noted(folder: JobFolder, item: Object) -> Path:
    folder.path(str(copy_place(folder, item.url)), folder.root)  # no link may lead out of the job
    with _refusing():
        return download_cache.noted(folder.root, item)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turns the errors of object storage that are mistakes in the job into ValueErrors."""
    try:
        yield
    except FinishError as error:
        raise download_cache.refused(error) from error
