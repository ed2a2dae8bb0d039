"""Publishing: deliverables are replaced atomically, and their previous versions are kept."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from filecmp import cmp
from pathlib import Path
from typing import Any

from finish.errors import PathError
from finish.model import Sidecar
from finish.storage.cleanup import discard, noted, unbroken
from finish.storage.drafts import sweep, writing
from finish.storage.platform import folder_lock
from finish.storage.untrusted_notes import held

KEPT_VERSIONS = 2
_PROBE_BYTES = 4096  # a full disk can still create empty files
_HIDDEN = f".{'[0-9a-f]' * 12}.*"

# A draft and its public name.
Change = tuple[Path, Path]


def draft_beside(out: Path, filename: str) -> Path:
    """A hidden path in the output folder for an unfinished file, so that publishing it is one rename."""
    with writing(out / filename):
        sweep(out, _HIDDEN)
        return noted(_hidden(out / filename))


def refuse_unwritable(folder: Path) -> None:
    """DiskError for a folder that isn't writable, before work is done for it. Leaves no file."""
    with writing(folder / "any"), _draft(folder / "any") as draft:
        draft.write_bytes(bytes(_PROBE_BYTES))


def publish(draft: Path, target: Path, sidecars: tuple[Sidecar, ...] = ()) -> None:
    """Rename a checked draft to its public name, and write its sidecars beside it: all of them, or none.

    Files that had the names become the newest in `previous/`; files with the same content stay unchanged.
    PathError if a folder has one of the names, DiskError for a disk error; the draft is gone either way.
    """
    with writing(target), folder_lock(target.parent), ExitStack() as stack:
        stack.callback(discard, draft)
        changes = []
        for sidecar in sidecars:
            path = target.with_name(f"{target.stem}{sidecar.suffix}")
            changes.append((stack.enter_context(_draft(path)), path))
            changes[-1][0].write_bytes(sidecar.content)
        # The video comes last: once it can be seen, its sidecars are there.
        changes.append((draft, target))
        for _, path in changes:
            _refuse_folders(path)
        changes = [
            (ready, path)
            for ready, path in changes
            if not (path.exists() and cmp(ready, path, shallow=False))
        ]
        held = {path: stack.enter_context(_held(path)) for _, path in changes if path.exists()}
        with unbroken():
            _exchange(changes, held)
            for path, old in held.items():
                _keep_version(old, path)


def write_once(path: Path, content: bytes) -> None:
    """Write a file and its folder unless the file exists."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _draft(path) as draft, suppress(FileExistsError):
            draft.write_bytes(content)
            os.link(draft, path)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file atomically: readers see the old content or the new, never a part."""
    with writing(path), _draft(path) as draft:
        draft.write_bytes(content)
        draft.replace(path)


def _hidden(path: Path) -> Path:
    return path.with_name(f".{uuid.uuid4().hex[:12]}.{path.name}")


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A hidden path in the folder of `path`; a file that still has it at the end is deleted."""
    draft = noted(_hidden(path))
    try:
        yield draft
    finally:
        discard(draft)


def _exchange(changes: Sequence[Change], held: Mapping[Path, Path]) -> None:
    """Rename every draft to its target; on any error, restore the previous state."""
    with ExitStack() as back:
        for ready, path in changes:
            back.callback(_put_back, path, held.get(path))
            ready.replace(path)
        back.pop_all()


def _put_back(path: Path, old: Path | None) -> None:
    if old is None:
        path.unlink(missing_ok=True)
    else:
        old.replace(path)


def _version(path: Path, number: int) -> Path:
    """The path of a previous version: `previous/NAME.1.mp4` is the newest."""
    name, dot, rest = path.name.partition(".")
    return path.parent / "previous" / f"{name}.{number}{dot}{rest}"


def _refuse_folders(path: Path) -> None:
    """PathError, before anything is replaced, for targets that can't be replaced."""
    previous = path.parent / "previous"
    if previous.exists() and not previous.is_dir():
        raise PathError(
            f"{previous} is a file", "move it: finish keeps previous versions in a folder of that name"
        )
    for target in (path, *(_version(path, number + 1) for number in range(KEPT_VERSIONS))):
        if target.is_dir():
            raise PathError(f"{target} is a folder", "move it: finish writes a file of that name")


@contextmanager
def _held(path: Path) -> Iterator[Path]:
    """A hidden second name in `previous/` for a file's present content; it keeps its public name."""
    folder = path.parent / "previous"
    folder.mkdir(exist_ok=True)
    with _draft(folder / path.name) as held:
        try:
            held.hardlink_to(path.resolve())
        except OSError:  # exFAT and network shares have no hard links
            shutil.copyfile(path, held)
        yield held


def _keep_version(old: Path, path: Path) -> None:
    """Make `old` the newest of the previous versions of `path`."""
    for number in range(KEPT_VERSIONS, 1, -1):
        newer = _version(path, number - 1)
        if newer.exists():
            newer.replace(_version(path, number))
    old.replace(_version(path, 1))


def write_manifest(out: Path, entries: Mapping[str, Mapping[str, Any]], about: Mapping[str, Any]) -> Path:
    """Add or replace entries of `out/manifest.json`; entries of other deliverables stay unchanged.

    The "versions" in `about`, those of the programs, go into each new entry; the rest of it goes to the top.
    """
    path = out / "manifest.json"
    top = dict(about)
    made_by = {"versions": top.pop("versions")} if "versions" in top else {}
    with writing(path), folder_lock(out):
        if path.is_dir():
            raise PathError(f"{path} is a folder", "move it: finish writes the manifest there")
        listed = {**published(out), **{name: {**entry, **made_by} for name, entry in entries.items()}}
        write_whole(path, manifest(listed, top))
    return path


def manifest(listed: Mapping[str, Mapping[str, Any]], top: Mapping[str, Any] | None = None) -> bytes:
    """The bytes of a manifest with these entries."""
    text = (
        json.dumps({**(top or {}), "deliverables": listed}, indent=2, ensure_ascii=False, sort_keys=True)
        + "\n"
    )
    # A file's name may not be UTF-8: it is written as \udcff, which is still JSON.
    return text.encode(errors="backslashreplace")


def published(out: Path) -> dict[str, dict[str, Any]]:
    """The entries of the manifest in `out`, by deliverable; empty if it is missing or isn't a manifest."""
    return listed_in(held(out / "manifest.json") or b"")


def listed_in(data: bytes) -> dict[str, dict[str, Any]]:
    """The entries of a manifest's bytes, by deliverable; empty if they aren't a manifest."""
    return entries_in(manifest_in(data))


def manifest_in(data: bytes) -> dict[str, Any]:
    """The JSON object of a manifest's bytes; empty if they aren't one."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def entries_in(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The entries of a manifest, by deliverable."""
    listed = document.get("deliverables")
    return (
        {name: entry for name, entry in listed.items() if isinstance(entry, dict)}
        if isinstance(listed, dict)
        else {}
    )
