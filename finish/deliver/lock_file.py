"""`job.lock.yaml`: the stages' decisions for each deliverable, which you can read and change."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from finish.deliver.companion_files import companion
from finish.deliver.documents import VERSION, VERSION_KEY, VERSIONS
from finish.errors import FinishError, PathError, SpecError
from finish.model import Decision, Job, Values
from finish.model.programme_records import SEGMENTS, without_stages
from finish.model.yaml_text import cuts
from finish.storage import platform
from finish.storage.publish import write_whole

Locked = Mapping[str, Mapping[str, Mapping[str, Any]]]

_DEPTH: Final = 20  # levels, as in job.yaml; decisions have 5
_LARGEST: Final = 10**12  # number; a crop path of ten hours counts a million frames
_MOST_BYTES: Final = 4_000_000  # house: an hour's moving crop of ten deliverables takes 2 MB
_HEAD: Final = (
    "Decisions that finish made by looking and listening. Later runs use them; you can change the values.\n"
    "`finish run --redecide reframe` (or sound) decides again. `of` is the digest of what a decision is\n"
    "about: if that changes, finish decides again."
)


def lock_of(job: Job) -> Path | None:
    """The lock file of a job that has a job file."""
    return companion(job, ".lock.yaml")


def read(path: Path | None) -> Locked:
    """The decisions in a lock file, by deliverable and stage; SpecError for a damaged file."""
    document = _document(path, _reader()) if path else None
    if document is None or path is None:
        return {}
    if document.get(VERSION_KEY, 1) not in VERSIONS:
        raise _wrong(path, 0, "its version is unknown", "upgrade finish, or delete the file to decide again")
    return {name: _decided(stages) for name, stages in _maps(document).items()}


def _decided(stages: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The decisions of a deliverable, by stage, and those of its segments."""
    decided = _maps(stages)
    if SEGMENTS in decided:
        decided[SEGMENTS] = {name: _maps(own) for name, own in _maps(decided[SEGMENTS]).items()}
    return decided


def _maps(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The values that are maps: anything else was emptied by hand to decide again."""
    return {name: value for name, value in values.items() if isinstance(value, dict)}


def write(path: Path, decided: Mapping[str, Sequence[Decision]]) -> None:
    """Write the decisions of deliverables into a lock file; everything else in it stays unchanged."""
    document = _document(path, YAML())  # which keeps comments and styles
    if document is None:
        document = CommentedMap({VERSION_KEY: VERSION})
        document.yaml_set_start_comment(_HEAD)
    before = _text(document)
    for name, decisions in decided.items():
        for decision in decisions:
            stages = _inner(document, name)
            if decision.segment:
                stages = _inner(_inner(stages, SEGMENTS), decision.segment)
            values = {"of": decision.of, **decision.values}
            if stages.get(decision.stage) != values:
                stages[decision.stage] = _styled(values)
    text = _text(document)
    if decided and (text != before or not path.exists()):
        write_whole(path, text.encode())


def _inner(document: CommentedMap, key: str) -> CommentedMap:
    """The map under a key; a new one if it's missing, or was emptied by hand to decide again."""
    if not isinstance(document.get(key), CommentedMap):
        document[key] = CommentedMap()
    inner: CommentedMap = document[key]
    return inner


def forget(path: Path, names: Collection[str], stages: Collection[str]) -> None:
    """Remove the decisions of these stages for these deliverables, so that they decide again."""
    document = _document(path, YAML())
    if document is None:
        return
    before = _text(document)
    for name in names:
        own = document.get(name)
        segments = own.get(SEGMENTS) if isinstance(own, CommentedMap) else None
        inner = segments.values() if isinstance(segments, CommentedMap) else ()
        for decided in filter(lambda part: isinstance(part, CommentedMap), (own, *inner)):
            for stage in stages:
                decided.pop(stage, None)
    text = _text(document)
    if text != before:
        write_whole(path, text.encode())


def _reader() -> YAML:
    """A reader of plain values, which is faster than one that keeps comments."""
    return YAML(typ="safe", pure=True)


def _document(path: Path, yaml: YAML) -> Any:
    """The map in a lock file, read by `yaml`; None for a missing or empty file, SpecError if damaged."""
    data = _data(path)
    if data is None:
        return None
    try:
        if len(data) > _MOST_BYTES:
            raise _wrong(path, 0, "larger than 4 MB")
        text = data.decode()
        _refuse_unsafe(path, text)
        document = yaml.load(text)
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        line = error.problem_mark.line + 1 if isinstance(error, MarkedYAMLError) and error.problem_mark else 0
        raise _wrong(path, line, "not YAML") from error
    if document is None:
        return None
    if not isinstance(document, dict) or not _plain(document):
        raise _wrong(path, 0, "not a map of deliverables with plain values")
    return document


def _refuse_unsafe(path: Path, text: str) -> None:
    """SpecError for YAML that can take much memory or mean something else than it says.

    Aliases can stand for billions of values, and the time for nesting grows with the square of its depth.
    """
    depth, events = 0, []
    for event in _reader().parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEPTH:
            raise _wrong(path, event.start_mark.line + 1, f"nested deeper than {_DEPTH} levels")
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise _wrong(path, event.start_mark.line + 1, "aliases, anchors and tags aren't allowed")
        events.append(event)
    for cut in cuts(text, events):
        if not cut.written:
            raise _wrong(
                path,
                cut.line,
                f'{cut.key}: "{cut.comment.strip()}" is read as a comment',
                f"put it in quotes: {cut.form}",
            )


def _wrong(
    path: Path, line: int, what: str, hint: str = "correct it, or delete the file to decide again"
) -> FinishError:
    return SpecError(
        f"the lock file can't be read: {what}", hint, where=f"{path.name}:{line}" if line else path.name
    )


def _data(path: Path) -> bytes | None:
    """The bytes of a regular file in the job folder; None if it is missing, PathError for other kinds."""
    try:
        handle = platform.open_regular(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PathError(
            f"{path.name}: {error.strerror}", "replace it with a regular file, or delete it"
        ) from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise PathError(f"{path.name} isn't a regular file", "delete it to decide again")
        return file.read(_MOST_BYTES + 1)


def _plain(value: Any) -> bool:
    """Whether all keys are strings, and all values maps, lists, strings, booleans or finite numbers."""
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(map(_plain, value.values()))
    if isinstance(value, list):
        return all(map(_plain, value))
    if isinstance(value, int | float):
        return -_LARGEST <= value <= _LARGEST
    return value is None or isinstance(value, str)


def _text(document: CommentedMap) -> str:
    out, yaml = StringIO(), YAML()
    yaml.width = 4096
    yaml.dump(document, out)
    return out.getvalue()


def _styled(values: Mapping[str, Any]) -> CommentedMap:
    """The values as YAML that has one line for each item of a list, such as a shot."""
    styled = CommentedMap(values)
    for key, value in values.items():
        if isinstance(value, list):
            styled[key] = CommentedSeq(_flow(item) for item in value)
    return styled


def _flow(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    row = CommentedMap(value)
    row.fa.set_flow_style()
    return row


def kept(locked: Locked, name: str, redecided: Collection[str]) -> Mapping[str, Values]:
    """The decisions of a deliverable, but for those of the stages `redecided`."""
    return without_stages(locked.get(name, {}), redecided)
