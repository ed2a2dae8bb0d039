"""One name in two encodings: "é" is one character (composed, NFC) or an e and an accent (decomposed, NFD),
as macOS and others write it."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from finish.storage.file_patterns import LOOKED_AT
from finish.units import composed


def as_on_disk(name: str, base: Path, listed: Callable[[Path], bool]) -> str:
    """A path as the disk spells it, folder by folder, where nothing has exactly the name; only folders that
    may be `listed` are.

    ValueError where two names differ from it in nothing but their encoding.
    """
    here, words = Path(base), list[str]()
    for part in Path(name).parts:
        there = part.isascii() or os.path.lexists(here / part) or not listed(Path(os.path.realpath(here)))
        words.append(part if there else _alike(here, part))
        here /= words[-1]
    return str(Path(*words))


def _alike(folder: Path, name: str) -> str:
    try:
        with os.scandir(folder) as entries:
            found = [
                entry.name for entry in islice(entries, LOOKED_AT) if composed(entry.name) == composed(name)
            ]
    except OSError:
        return name
    if len(found) > 1:
        raise ValueError(
            f'"{name}" exists {len(found)} times, with names that differ only in how accents are encoded'
            " (composed, decomposed) — rename one"
        )
    return found[0] if found else name
