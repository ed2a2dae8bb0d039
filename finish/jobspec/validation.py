"""A tree against a model: the model's value, or every mistake with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from finish.jobspec.mistake_text import PydanticFinding, describe
from finish.jobspec.mistakes import Report
from finish.jobspec.model_shape import AcceptedType, inside, kinds_at, known_keys
from finish.jobspec.spec_tree import Node, Origin, plain
from finish.model import Document, Library, Source
from finish.model.yaml_text import is_colour
from finish.near_names import nearest

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
Findings = dict[Path, list[PydanticFinding]]


def validated(
    model: type[M], tree: Node, report: Report, library: Library | None = None, *, strict: bool = True
) -> M | None:
    """`tree` as a `model`; None if it isn't valid, and then every mistake is in `report`.

    `strict`: a text is never read as a number, nor a number as a text. Editors with the schema do the same.
    `library` reads the documents that the tree names.
    """
    value, findings = _examined(model, tree, library, strict=strict)
    for path, alternatives in findings.items():
        report.add(_origin(path, alternatives[0], tree), *describe(alternatives))
    return value


def validate_layer(
    model: type[BaseModel], tree: Node, report: Report, library: Library | None = None
) -> None:
    """Report the mistakes of one layer by itself, even where another layer outranks it.

    A layer can be incomplete: missing keys and broken rules between keys aren't mistakes of a layer.
    """
    _, findings = _examined(model, tree, library, strict=True)
    for path, alternatives in findings.items():
        node = _node_at(tree, path)
        is_map = node is not None and isinstance(node.value, Mapping)
        between_keys = alternatives[0].type == "value_error" and is_map
        if not between_keys and alternatives[0].type != "missing":
            report.add(_origin(path, alternatives[0], tree), *describe(alternatives))


def _examined(
    model: type[M], tree: Node, library: Library | None, *, strict: bool
) -> tuple[M | None, Findings]:
    """The value, if it is valid, and the findings, if it isn't."""
    value, findings = None, {}
    try:
        value = model.model_validate(plain(tree), strict=strict, context=library)
    except ValidationError as error:
        findings = _findings(error, model, tree)
    # A finding deeper inside is more precise than another union member's finding about the whole.
    outer = {path[:length] for path in findings for length in range(len(path))}
    findings = {path: group for path, group in findings.items() if path not in outer}
    findings |= _unknown_nulls(model, tree)
    findings |= dict(_cut_off(tree, (AcceptedType(model),), ()))
    # A key that is missing because it was misspelt is one mistake.
    misspelt = {
        (*path[:-1], nearest(_key(path), known_keys(group[0].kinds)))
        for path, group in findings.items()
        if _is_unknown(group[0])
    }
    distinct = {
        path: group for path, group in findings.items() if group[0].type != "missing" or path not in misspelt
    }
    return None if findings else value, distinct


def _is_unknown(finding: PydanticFinding) -> bool:
    return finding.type == "extra_forbidden"


def _findings(error: ValidationError, model: type[BaseModel], tree: Node) -> Findings:
    """pydantic's findings by their path; a union gives one finding for each of its members."""
    findings: Findings = {}
    for detail in error.errors(include_url=False):
        path = _path(detail["loc"], tree, missing=detail["type"] == "missing")
        unknown = detail["type"] == "extra_forbidden"
        kinds, node = kinds_at(model, path[:-1] if unknown else path), _node_at(tree, path)
        finding = PydanticFinding(
            detail["type"],
            detail.get("ctx", {}),
            detail["msg"],
            detail["input"],
            kinds,
            _key(path),
            node.written if node else "",
        )
        findings.setdefault(path, []).append(finding)
    return findings


def _cut_off(
    node: Node, kinds: tuple[AcceptedType, ...], path: Path
) -> Iterator[tuple[Path, list[PydanticFinding]]]:
    """Values of which a part is read as a comment, where that part could belong to them."""
    comment = node.cut if _could_be(node, kinds) else ""
    item = node.lost if node.lost and _is_text(kinds) else ""
    for lost in filter(None, (comment, item)):
        whole = lost if lost is node.lost else f"{node.written}{lost}".strip()
        details = {"whole": whole, "comment": lost.strip()}
        key = str(path[-1]) if path else ""
        yield path, [PydanticFinding("cut_off", details, "", node.value, kinds, key)]
    for step, inner in _children(node):
        inner_kinds = tuple(accepted for kind in kinds for accepted in inside(kind.type, step))
        yield from _cut_off(inner, inner_kinds, (*path, step))


def _could_be(node: Node, kinds: tuple[AcceptedType, ...]) -> bool:
    """Whether the part that is read as a comment could belong to the value.

    A text or a colour extends to the end of its line; other values are complete without the part. A path ends
    in a suffix. Where any type is accepted, only a colour counts.
    """
    if not node.cut:
        return False
    if not node.written:
        return _is_text(kinds) or (is_colour(node.cut) and any(kind.type is Any for kind in kinds))
    if any(kind.type in (Document, Source) for kind in kinds):
        return not PurePath(node.written).suffix and bool(PurePath(node.cut).suffix)
    return any(kind.type is str and _matches(kind, node.written + node.cut) for kind in kinds)


def _is_text(kinds: tuple[AcceptedType, ...]) -> bool:
    return any(kind.type is str for kind in kinds)


def _matches(kind: AcceptedType, text: str) -> bool:
    """Whether a text matches the patterns of its type, if there are any."""
    return all(
        re.search(mark.pattern, text)
        for mark in kind.marks
        if isinstance(getattr(mark, "pattern", None), str)
    )


def _unknown_nulls(model: type[BaseModel], tree: Node) -> Findings:
    """Unknown keys with a null. pydantic doesn't see them, because a null only unsets a key."""
    findings = {}
    for path in _nulls(tree, ()):
        parents = kinds_at(model, path[:-1])
        if known_keys(parents) and not kinds_at(model, path):
            findings[path] = [PydanticFinding("extra_forbidden", {}, "", None, parents, _key(path))]
    return findings


def _nulls(node: Node, path: Path) -> Iterator[Path]:
    for step, inner in _children(node):
        if inner.value is None and isinstance(step, str):
            yield (*path, step)
        yield from _nulls(inner, (*path, step))


def _children(node: Node) -> Iterator[tuple[str | int, Node]]:
    yield from enumerate(node.value) if isinstance(node.value, tuple) else node.entries.items()


def _path(loc: Sequence[str | int], tree: Node, *, missing: bool) -> Path:
    """pydantic's path without the labels of union members; the last key of a `missing` one is kept."""
    path: list[str | int] = []
    node = tree
    for index, step in enumerate(loc):
        inner = node.at(step)
        if inner is not None:
            node = inner
            path.append(step)
        elif missing and index == len(loc) - 1:
            path.append(step)
    return tuple(path)


def _node_at(tree: Node, path: Path) -> Node | None:
    node: Node | None = tree
    for step in path:
        node = node.at(step) if node else None
    return node


def _origin(path: Path, finding: PydanticFinding, tree: Node) -> Origin:
    """The place of a mistake: an unknown key, the map in which a key is missing, or else the value."""
    node = _node_at(tree, path)
    if node is not None and _is_unknown(finding):
        return node.key or node.origin
    if node is not None:
        return node.origin
    parent = _node_at(tree, path[:-1])
    return (parent or tree).origin.under(*path[-1:])


def _key(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")
