"""Folders that results go into lie where they seem to lie: a job folder comes from anywhere, and may have
links in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from finish.errors import PathError


def refuse_leaving(root: Path, places: Iterable[Path]) -> None:
    """PathError for the first of `places` below `root` that leads out of it."""
    real = root.resolve()
    for place in places:
        if place.is_relative_to(root) and not (end := place.resolve()).is_relative_to(real):
            message = f"{place.relative_to(root)} leads outside {root.name or root}, to {end}"
            raise PathError(message, "replace the link with a real folder")


def links(folder: Path) -> Iterator[Path]:
    """The links that lie in a folder; none where it is not there."""
    with suppress(OSError), os.scandir(folder) as found:
        yield from (folder / each.name for each in found if each.is_symlink())
