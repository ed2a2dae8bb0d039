"""Folders that a watch makes: the job folder of a clip, and the place of items that failed."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from finish.errors import FinishError
from finish.storage.cleanup import discard, noted
from finish.storage.confinement import refuse_leaving
from finish.storage.drafts import writing
from finish.storage.publish import write_whole
from finish.watch.watch_items import FAILED, JOBS, RECORDS, RESULTS, file_kind
from finish.watch.watch_ledger import encoded


def job_of(folder: Path, clip: str, template: Path) -> Path:
    """Make the job folder of a clip: a copy of the template with the clip as its media.

    The clip itself isn't moved.
    """
    place = folder / JOBS / clip
    media = place / "media" / clip
    refuse_leaving(folder, (place, media.parent))
    draft = noted(media.with_name(f".{clip}.part"))
    with writing(media):
        _make_way(template, place)
        ignore = _left_out_of(template)
        shutil.copytree(template, place, dirs_exist_ok=True, symlinks=True, ignore=ignore)
        try:
            shutil.copyfile(folder / clip, draft)
            draft.replace(media)
        finally:
            discard(draft)
    return place


def _make_way(template: Path, place: Path) -> None:
    """Remove entries of an earlier template that are of another kind in this one.

    Also remove links, which a copy would follow.
    """
    left_out = _left_out_of(template)
    for root, folders, names in os.walk(template):
        kept = {*folders, *names} - left_out(root, [*folders, *names])
        folders[:] = [name for name in folders if name in kept]
        for new in (Path(root) / name for name in kept):
            old = place / new.relative_to(template)
            old_kind, new_kind = file_kind(old), file_kind(new)
            if old_kind == stat.S_IFDIR and new_kind != old_kind:
                shutil.rmtree(old)
            elif old_kind == stat.S_IFLNK or old_kind not in (0, new_kind):
                old.unlink()


def _left_out_of(template: Path) -> Callable[[str, list[str]], set[str]]:
    """The names in a template's top folder that a copy leaves out, as `shutil.copytree` asks for them."""
    return lambda root, names: {
        name for name in names if Path(root) == template and name in {*RESULTS, *RECORDS, "media"}
    }


def set_aside(folder: Path, name: str, message: str) -> Path:
    """Move an item to the failed ones, with its message in a text file beside it; its new path."""
    target, number = folder / FAILED / name, 1
    with writing(target):
        while target.exists() or target.is_symlink():
            number += 1
            target = folder / FAILED / f"{Path(name).stem}-{number}{Path(name).suffix}"
        (folder / name).rename(target)
    with suppress(FinishError):  # the disk is full: the item is in its place, and the ledger has the message
        write_whole(target.with_name(f"{target.name}.txt"), encoded(f"{message}\n"))
    return target
