"""Deliverables appear whole or not at all; the last good ones are kept."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from filecmp import cmp
from pathlib import Path
from typing import Any

from finish.effects.store import writing
from finish.model import Sidecar

KEPT_VERSIONS = 2


def draft_beside(out: Path, filename: str) -> Path:
    """A hidden name in the output folder for a file in the making, so that publishing it is one rename."""
    with writing(out / filename):
        return out / f".{uuid.uuid4().hex[:12]}.{filename}"


def publish(draft: Path, target: Path, sidecars: tuple[Sidecar, ...] = ()) -> None:
    """Rename a checked draft to its public name; the file that had the name becomes the newest in `previous/`."""
    with writing(target):
        beside = [(target.with_name(f"{target.stem}{each.suffix}"), each.content) for each in sidecars]
        drafts = [(_drafted(path, content), path) for path, content in beside]
        for ready, path in (*drafts, (draft, target)):
            if not (path.exists() and cmp(ready, path, shallow=False)):  # a run that changes nothing leaves the versions alone
                _set_aside(path)
            ready.replace(path)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old or the new one, never half."""
    with writing(path):
        _drafted(path, content).replace(path)


def _drafted(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{uuid.uuid4().hex[:12]}.{path.name}")
    draft.write_bytes(content)
    return draft


def _set_aside(path: Path) -> None:
    """Keep the last versions as `previous/NAME.1.mp4` (the newest) and `.2`."""
    if not path.exists():
        return
    folder = path.parent / "previous"
    folder.mkdir(exist_ok=True)
    name, dot, rest = path.name.partition(".")

    def version(number: int) -> Path:
        return folder / f"{name}.{number}{dot}{rest}"

    for number in range(KEPT_VERSIONS, 1, -1):
        older = version(number - 1)
        if older.exists():
            older.replace(version(number))
    # A hard link keeps the public name in place until the new file takes it over in one rename.
    version(1).unlink(missing_ok=True)
    version(1).hardlink_to(path)


def write_manifest(out: Path, entries: Mapping[str, Mapping[str, Any]], about: Mapping[str, Any]) -> Path:
    """Add or renew the entries of `out/manifest.json`; those of deliverables not made this time stay as they are."""
    path = out / "manifest.json"
    try:
        known = json.loads(path.read_text(encoding="utf-8")).get("deliverables", {})
    except (OSError, ValueError, AttributeError):
        known = {}
    text = json.dumps({**about, "deliverables": {**known, **entries}}, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    write_whole(path, text.encode())
    return path
