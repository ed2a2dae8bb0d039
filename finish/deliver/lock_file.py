"""`job.lock.yaml`: what the stages decided for each deliverable, to be read, changed, and obeyed."""

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

from finish.deliver.documents import VERSION, VERSION_KEY, VERSIONS
from finish.errors import FinishError, PathError, SpecError
from finish.model import Decision, Job, Values
from finish.model.yaml_text import cuts
from finish.storage import platform
from finish.storage.publish import write_whole

Locked = Mapping[str, Mapping[str, Mapping[str, Any]]]

_DEPTH: Final = 20  # as a job file; what is decided is 5 levels deep
_LARGEST: Final = 10**12  # of a number; a path of ten hours counts a million frames
_MOST_BYTES: Final = 4_000_000  # house: an hour's moving crop of ten deliverables is 2 MB
_HEAD: Final = (
    "What was decided by looking and listening. Later runs obey it; change a value, and they obey that.\n"
    "`finish run --redecide reframe` (or sound) decides anew. `of` names what a decision is about: of something else, it is made anew."
)


def lock_of(job: Job) -> Path | None:
    """The lock file of a job that has a job file."""
    return job.folder / f"{Path(job.where).stem}.lock.yaml" if job.where.endswith((".yaml", ".yml")) else None


def read(path: Path | None) -> Locked:
    """What a lock file says, by deliverable and stage; SpecError where it is not one."""
    document = _document(path) if path else None
    if document is None or path is None:
        return {}
    if document.get(VERSION_KEY, 1) not in VERSIONS:
        raise _wrong(path, 0, "its version is unknown", "upgrade finish, or delete the file to decide anew")
    return {
        str(name): {str(stage): values for stage, values in stages.items() if isinstance(values, dict)}
        for name, stages in document.items()
        if isinstance(stages, dict)
    }


def write(path: Path, decided: Mapping[str, Sequence[Decision]]) -> None:
    """Put the decisions of deliverables into a lock file; what they don't change stays as it was written."""
    document = _document(path)
    if document is None:
        document = CommentedMap({VERSION_KEY: VERSION})
        document.yaml_set_start_comment(_HEAD)
    before = _text(document)
    for name, decisions in decided.items():
        for each in decisions:
            stages = document.get(name)
            if not isinstance(stages, CommentedMap):  # emptied by hand, to have it decided anew
                stages = document[name] = CommentedMap()
            values = {"of": each.of, **each.values}
            if stages.get(each.stage) != values:
                stages[each.stage] = _styled(values)
    text = _text(document)
    if decided and (text != before or not path.exists()):
        write_whole(path, text.encode())


def _document(path: Path) -> CommentedMap | None:
    data = _data(path)
    if data is None:
        return None
    try:
        if len(data) > _MOST_BYTES:
            raise _wrong(path, 0, "larger than 4 MB")
        text = data.decode()
        _refuse_odd(path, text)
        document = YAML().load(text)
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as wrong:
        line = wrong.problem_mark.line + 1 if isinstance(wrong, MarkedYAMLError) and wrong.problem_mark else 0
        raise _wrong(path, line, "not YAML") from wrong
    if document is None:
        return None
    if not isinstance(document, CommentedMap) or not _plain(document):
        raise _wrong(path, 0, "not a map of deliverables with plain values")
    return document


def _refuse_odd(path: Path, text: str) -> None:
    """What could explode, or stands for something else than it says: aliases for billions of values, and depth costs its square."""
    depth, events = 0, []
    for event in YAML(typ="safe", pure=True).parse(text):
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
    path: Path, line: int, what: str, hint: str = "correct it, or delete the file to decide anew"
) -> FinishError:
    return SpecError(
        f"the lock file can't be read: {what}", hint, where=f"{path.name}:{line}" if line else path.name
    )


def _data(path: Path) -> bytes | None:
    """The bytes of a real file in the job folder itself; None where there is none."""
    try:
        handle = platform.open_regular(path)
    except FileNotFoundError:
        return None
    except OSError as wrong:
        raise PathError(
            f"{path.name}: {wrong.strerror}", "replace it with a regular file, or delete it"
        ) from wrong
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise PathError(f"{path.name} isn't a regular file", "delete it to decide anew")
        return file.read(_MOST_BYTES + 1)


def _plain(value: Any) -> bool:
    """Whether all keys are names, and all values are maps, lists, texts, truth values and numbers that can be reckoned with."""
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
    """Shots and paths on one line each."""
    styled = CommentedMap(values)
    for key, value in values.items():
        if isinstance(value, list):
            rows = CommentedSeq(_flow(each) for each in value)
            styled[key] = rows
    return styled


def _flow(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    row = CommentedMap(value)
    row.fa.set_flow_style()
    return row


def kept(locked: Locked, name: str, anew: Collection[str]) -> Mapping[str, Values]:
    """What was decided for a deliverable before, without what the stages `anew` decided."""
    return {stage: values for stage, values in locked.get(name, {}).items() if stage not in anew}
