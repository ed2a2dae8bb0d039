"""Packed brands as folders: each is unpacked once into the job's `.finish/`, named by its digest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from finish.jobspec import brand_pack
from finish.units import digest

FOLDER: Final = ".finish/brands"  # of a job; safe to delete


def unpacked_brand(root: Path, data: bytes) -> tuple[Path, str]:
    """The folder with the files of a packed brand (its bytes), below the job folder `root`, and the digest
    that the pack states.

    ValueError for a pack that is damaged or hostile, or a job folder that can't be written.
    """
    from finish.storage.publish import write_whole

    contents, stated = brand_pack.unpacked(data)
    folder = root / FOLDER / digest("pack", data)[:32]
    try:
        for name, content in contents.items():
            path = folder / name
            if not Path(os.path.realpath(path)).is_relative_to(root):
                raise ValueError(f"{FOLDER} leads out of the job folder — delete it")
            if not path.is_file() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, content)
    except OSError as error:
        raise ValueError(f"the packed brand can't be unpacked into {FOLDER}: {error.strerror}") from error
    return folder, stated
