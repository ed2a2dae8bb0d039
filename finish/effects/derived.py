"""Files that are read in a clip's place, made of its own packets: no picture and no sound is encoded again.

A GIF whose shortest delays FFmpeg would show as they are written, and no browser does.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from finish.effects.animations import SHOWN_MS, animation
from finish.effects.store import Store, writing
from finish.errors import FinishError
from finish.units import digest

_VERSION: Final = "1"   # raised whenever one would be made otherwise


def derived(need: str, of: str, path: Path, store: Store) -> Path:
    """Where the file lies that is read in the place of the one at `path`, whose digest is `of`; made unless the store has it.

    `need` is what the file itself lacks, as `Source.need` has it. FinishError as anywhere.
    """
    suffix, make = _MAKERS[need]
    key = digest("derived", _VERSION, need, of)
    known = store.piece(key, suffix)
    if known is not None:
        return known
    draft = store.draft(suffix)
    try:
        with writing(draft):
            make(path, draft)
        return store.keep(key, draft)
    finally:
        draft.unlink(missing_ok=True)


def _slowed(path: Path, target: Path) -> None:
    """A GIF in which every delay of 10 ms is 100 ms."""
    moving = animation(path)
    if moving is None or moving.demuxer != "gif":
        raise FinishError("media", f"{path.name} changed while it was read", "run again")
    shutil.copyfile(path, target)
    with target.open("r+b") as file:
        for place in moving.short:
            file.seek(place)
            file.write((SHOWN_MS // 10).to_bytes(2, "little"))


_MAKERS: Final[Mapping[str, tuple[str, Callable[[Path, Path], None]]]] = {"delays": (".gif", _slowed)}
