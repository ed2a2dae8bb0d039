"""Published deliverables that are up to date: by the states of all files, nothing has changed since."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path

import finish
from finish.deliver.documents import ManifestEntry, PublishedState
from finish.deliver.outcome import Outcome
from finish.media.ffmpeg import ffmpeg_program
from finish.model import Deliverable
from finish.storage.file_state import State, settled, state
from finish.units import digest


def stated(deliverable: Deliverable) -> str:
    """The digest of a deliverable's settings, the documents that they name, decisions, and the programs."""
    settings = sorted(deliverable.settings.items())
    documents = [document.digest for document in deliverable.documents]
    spec = (repr(deliverable.delivery), repr(deliverable.accept), repr(settings), *_edited(deliverable))
    decisions = json.dumps(deliverable.locked, sort_keys=True, default=str)
    ffmpeg = repr(state(Path(ffmpeg_program.binary())))
    return digest("stated", *spec, decisions, *documents, _programs(), ffmpeg)


def _edited(deliverable: Deliverable) -> Iterator[str]:
    """The timeline, and the settings of its segments where they differ from the deliverable's."""
    if deliverable.edit is None:
        return
    yield repr(deliverable.edit)
    for segment in (*deliverable.edit.segments, *deliverable.edit.over):
        if segment.settings is not deliverable.settings:
            yield repr((segment.name, sorted(segment.settings.items())))


def published_state(
    deliverable: Deliverable, states: Mapping[Path, State], target: Path, suffixes: tuple[str, ...]
) -> PublishedState:
    """What a later run compares.

    `states` are those of clips before they were read, `suffixes` those of the sidecars of `target`.
    """
    files = [target, *(target.with_name(f"{deliverable.name}{suffix}") for suffix in suffixes)]
    clip, *others = map(states.get, deliverable.clips)
    return PublishedState(
        stated=stated(deliverable), clip=clip, others=others, files={file.name: state(file) for file in files}
    )


def up_to_date(known: ManifestEntry | None, deliverable: Deliverable, out: Path) -> Outcome | None:
    """The recorded outcome if nothing that the deliverable depends on has changed since; else None."""
    if known is None or known.standing is None or known.standing.clip is None:
        return None
    files = {name: state(out / name) for name in known.standing.files}
    clip, *others = map(state, deliverable.clips)
    now = PublishedState(stated=stated(deliverable), clip=clip, others=others, files=files)
    if known.standing != now or not all(map(settled, [clip, *others, *files.values()])):
        return None
    try:
        results = tuple(promise.result for promise in known.promises)
    except TypeError:  # a measured value that can't be compared with its bounds
        return None
    if not results or not all(result.kept for result in results):
        return None
    target = out / known.file
    beside = tuple(out / name for name in files if name != target.name)
    return Outcome(deliverable.name, target, results, known.read_notes, digest=known.sha256, beside=beside)


@cache
def _programs() -> str:
    """The digest of the installed dependencies' versions and of the states of finish's own files."""
    files = sorted(Path(finish.__file__).parent.rglob("*.py"))
    required = (re.match(r"[\w.-]+", line) for line in requires("finish") or () if "extra ==" not in line)
    packages = sorted(f"{name[0]} {version(name[0])}" for name in required if name)
    return digest("programs", *packages, *(f"{path}:{state(path)}" for path in files))
