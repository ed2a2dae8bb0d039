"""Output folders must be inside their job folder: an untrusted job folder may contain links."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from finish.errors import PathError


def refuse_leaving(root: Path, places: Iterable[Path]) -> None:
    """PathError for the first of `places` below `root` that links outside it."""
    real = root.resolve()
    for place in places:
        if place.is_relative_to(root) and not (end := place.resolve()).is_relative_to(real):
            message = f"{place.relative_to(root)} leads outside {root.name or root}, to {end}"
            raise PathError(message, "replace the link with a real folder")


def links(folder: Path) -> Iterator[Path]:
    """The symbolic links in a folder; none if there is no such folder."""
    with suppress(OSError), os.scandir(folder) as entries:
        yield from (folder / entry.name for entry in entries if entry.is_symlink())
