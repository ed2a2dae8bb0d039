"""What was published and stands: where nothing that it comes from has changed, by all that a file system says, nothing is asked again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import finish
from finish.deliver.documents import ManifestEntry, PublishedState
from finish.deliver.outcome import Outcome
from finish.media.ffmpeg import ffmpeg_program
from finish.media.probe_cache import State, settled, state
from finish.model import Deliverable, Document
from finish.units import digest


def stated(deliverable: Deliverable) -> str:
    """The digest of all that is said of a deliverable, the bytes of documents included, and of the programs that make it."""
    settings = sorted(deliverable.settings.items())
    documents = [each.digest for _, section in settings for each in _documents(section)]
    wanted = (repr(deliverable.delivery), repr(deliverable.accept))
    said = (*wanted, repr(settings), json.dumps(deliverable.locked, sort_keys=True, default=str))
    return digest("stated", *said, *documents, _programs(), repr(state(Path(ffmpeg_program.binary()))))


def published_state(
    deliverable: Deliverable, clip: State, target: Path, suffixes: tuple[str, ...]
) -> PublishedState:
    """What a later run compares: `clip` is the clip's state before it was read, `suffixes` are those of the files beside `target`."""
    files = [target, *(target.with_name(f"{deliverable.name}{suffix}") for suffix in suffixes)]
    return PublishedState(
        stated=stated(deliverable), clip=clip, files={file.name: state(file) for file in files}
    )


def up_to_date(known: ManifestEntry | None, deliverable: Deliverable, out: Path) -> Outcome | None:
    """How a deliverable ended when it was published, where it, its clip, its settings and the programs are as they were then."""
    if known is None or known.standing is None or known.standing.clip is None:
        return None
    files = {name: state(out / name) for name in known.standing.files}
    now = PublishedState(stated=stated(deliverable), clip=state(deliverable.source), files=files)
    if known.standing != now or not all(map(settled, [now.clip, *files.values()])):
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


def _documents(value: Any) -> Iterator[Document]:
    if isinstance(value, Document):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _documents(getattr(value, name))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _documents(each)


@cache
def _programs() -> str:
    """What is installed for us, and the state of our own files: who works on them must not be told of yesterday's results."""
    files = sorted(Path(finish.__file__).parent.rglob("*.py"))
    named = (re.match(r"[\w.-]+", each) for each in requires("finish") or () if "extra ==" not in each)
    packages = sorted(f"{found[0]} {version(found[0])}" for found in named if found)
    return digest("programs", *packages, *(f"{path}:{state(path)}" for path in files))
