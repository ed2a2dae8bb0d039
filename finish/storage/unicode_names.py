"""Names in two encodings: "é" is one character (composed, NFC), or an e and an accent (decomposed, NFD)."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from finish.storage.file_patterns import LOOKED_AT
from finish.units import composed


def as_on_disk(name: str, base: Path, listed: Callable[[Path], bool]) -> str:
    """A path as the disk spells it, folder by folder, where nothing has exactly the name.

    Only folders that may be `listed` are read. ValueError for two names that differ only in their encoding.
    """
    folder, spelt = Path(base), list[str]()
    for part in Path(name).parts:
        exact = part.isascii() or os.path.lexists(folder / part)
        spelt.append(part if exact or not listed(Path(os.path.realpath(folder))) else _alike(folder, part))
        folder /= spelt[-1]
    return str(Path(*spelt))


def _alike(folder: Path, name: str) -> str:
    """The name in a folder that is equal once composed; `name` itself if there is none."""
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.name for entry in islice(entries, LOOKED_AT) if composed(entry.name) == composed(name)
            ]
    except OSError:
        return name
    if len(names) > 1:
        raise ValueError(
            f'"{name}" exists {len(names)} times, with names that differ only in how accents are encoded'
            " (composed, decomposed) — rename one"
        )
    return names[0] if names else name
