"""What was published and stands: where nothing that it comes from has changed, by all that a file system says, nothing is asked again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import finish
from finish.deliver.outcome import Outcome
from finish.media.ffmpeg import ffmpeg_program
from finish.media.probe_cache import State, settled, state
from finish.model import CheckResult, Deliverable, Document, Note, Promise, Tolerance
from finish.units import digest


def stated(deliverable: Deliverable) -> str:
    """The digest of all that is said of a deliverable, the bytes of documents included, and of the programs that make it."""
    settings = sorted(deliverable.settings.items())
    documents = [each.digest for _, section in settings for each in _documents(section)]
    wanted = (repr(deliverable.delivery), repr(deliverable.accept))
    said = (*wanted, repr(settings), json.dumps(deliverable.locked, sort_keys=True, default=str))
    return digest("stated", *said, *documents, _programs(), repr(state(Path(ffmpeg_program.binary()))))


def record(deliverable: Deliverable, clip: State, target: Path, beside: tuple[str, ...]) -> dict[str, Any]:
    """What a later run compares: `clip` is the clip's state before it was read, `beside` are the endings of the files beside `target`."""
    files = [target, *(target.with_name(f"{deliverable.name}{suffix}") for suffix in beside)]
    return {"stated": stated(deliverable), "clip": clip, "files": {each.name: state(each) for each in files}}


def standing(known: Mapping[str, Any], deliverable: Deliverable, out: Path) -> Outcome | None:
    """How a deliverable ended when it was published, where it, its clip, its settings and the programs are as they were then."""
    was = known.get("standing")
    if not isinstance(was, dict) or was.get("clip") is None or not isinstance(was.get("files"), dict):
        return None
    files = {str(name): state(out / str(name)) for name in was["files"]}
    clip = state(deliverable.source)
    if was != {"stated": stated(deliverable), "clip": clip, "files": files} or not all(
        map(settled, [clip, *files.values()])
    ):
        return None
    try:
        verdicts = tuple(_verdict(each) for each in known["promises"])
        notes = tuple(map(Note.read, known.get("notes", ())))
    except (
        ArithmeticError,
        LookupError,
        TypeError,
        AttributeError,
        ValueError,
    ):  # a manifest that somebody else wrote
        return None
    if not verdicts or not all(each.kept for each in verdicts):
        return None
    target = out / str(known.get("file"))
    beside = tuple(out / name for name in files if name != target.name)
    return Outcome(
        deliverable.name, target, verdicts, notes, digest=str(known.get("sha256", "")), beside=beside
    )


def _verdict(said: Mapping[str, Any]) -> CheckResult:
    """A promise of a published file, as the manifest has it."""
    name, unit, source, part = (str(said.get(word, "")) for word in ("name", "unit", "source", "part"))
    bounds = said.get("bounds")
    low, high, exactly = (
        bounds.get(word) if isinstance(bounds, dict) else None for word in ("low", "high", "exactly")
    )
    return CheckResult(
        Promise(name, _recorded, Tolerance(low, high, exactly), unit, source, part=part), said.get("measured")
    )


def _recorded(_: object) -> None:
    """The manifest has the measured value: nothing is read from the file again."""


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
