"""A tree against a model: the model's value, or every mistake with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    """`tree` as a `model`; None when it is none, and then every mistake is in `report`.

    `strict`: a number is a number and a text a text, as an editor with the schema sees it. `library` is how its documents
    are read.
    """
    value, found = _validated(model, tree, library, strict=strict)
    for path, alternatives in found.items():
        report.add(_origin(path, alternatives[0], tree), *describe(alternatives))
    return value


def validate_layer(
    model: type[BaseModel], tree: Node, report: Report, library: Library | None = None
) -> None:
    """The mistakes of one layer by itself, even where another outranks it: not what it leaves unsaid, nor rules between keys."""
    _, found = _validated(model, tree, library, strict=True)
    for path, alternatives in found.items():
        node = _reach(tree, path)
        between_keys = alternatives[0].type == "value_error" and node is not None and node.entries
        if not between_keys and alternatives[0].type != "missing":
            report.add(_origin(path, alternatives[0], tree), *describe(alternatives))


def _validated(
    model: type[M], tree: Node, library: Library | None, *, strict: bool
) -> tuple[M | None, Findings]:
    value, found = None, {}
    try:
        value = model.model_validate(plain(tree), strict=strict, context=library)
    except ValidationError as wrong:
        found = _findings(wrong, model, tree)
    # A finding deeper inside says more than what another member of a union says about the whole.
    outer = {path[:length] for path in found for length in range(len(path))}
    found = {path: each for path, each in found.items() if path not in outer} | _unknown_nulls(model, tree)
    found |= dict(_cut_off(tree, (AcceptedType(model),), ()))
    # A key that is missing because it was misspelt is one mistake.
    meant = {
        (*path[:-1], nearest(_key(path), known_keys(each[0].kinds)))
        for path, each in found.items()
        if _is_unknown(each[0])
    }
    told = {path: each for path, each in found.items() if each[0].type != "missing" or path not in meant}
    return None if found else value, told


def _is_unknown(wrong: PydanticFinding) -> bool:
    return wrong.type == "extra_forbidden"


def _findings(wrong: ValidationError, model: type[BaseModel], tree: Node) -> Findings:
    """What pydantic found, by the path where it stands; a union gives a finding for each of its members."""
    found: Findings = {}
    for error in wrong.errors(include_url=False):
        path = _stated(error["loc"], tree, missing=error["type"] == "missing")
        unknown = error["type"] == "extra_forbidden"
        kinds, node = kinds_at(model, path[:-1] if unknown else path), _reach(tree, path)
        said = (error["type"], error.get("ctx", {}), error["msg"], error["input"])
        found.setdefault(path, []).append(
            PydanticFinding(*said, kinds, _key(path), node.written if node else "")
        )
    return found


def _cut_off(
    node: Node, kinds: tuple[AcceptedType, ...], path: Path
) -> Iterator[tuple[Path, list[PydanticFinding]]]:
    """Values of which a part is read as a comment, wherever that part could belong to them."""
    for lost in filter(
        None, (node.cut if _could_be(node, kinds) else "", node.lost if node.lost and _is_text(kinds) else "")
    ):
        whole = lost if lost is node.lost else f"{node.written}{lost}".strip()
        yield (
            path,
            [
                PydanticFinding(
                    "cut_off",
                    {"whole": whole, "comment": lost.strip()},
                    "",
                    node.value,
                    kinds,
                    str(path[-1]) if path else "",
                )
            ],
        )
    items = enumerate(node.value) if isinstance(node.value, tuple) else node.entries.items()
    for step, inner in items:
        yield from _cut_off(
            inner, tuple(each for kind in kinds for each in inside(kind.type, step)), (*path, step)
        )


def _could_be(node: Node, kinds: tuple[AcceptedType, ...]) -> bool:
    """Whether what is cut off could be a part of the value: a text or a colour is as long as its line, other values are whole without it.

    A path has a suffix at its end; where anything goes, a colour is looked for.
    """
    if not node.cut:
        return False
    if not node.written:
        return _is_text(kinds) or (is_colour(node.cut) and any(kind.type is Any for kind in kinds))
    if any(kind.type in (Document, Source) for kind in kinds):
        return not PurePath(node.written).suffix and bool(PurePath(node.cut).suffix)
    return any(kind.type is str and _takes(kind, node.written + node.cut) for kind in kinds)


def _is_text(kinds: tuple[AcceptedType, ...]) -> bool:
    return any(kind.type is str for kind in kinds)


def _takes(kind: AcceptedType, text: str) -> bool:
    """Whether the pattern that a text must have, if any, lets it be this one."""
    return all(
        re.search(mark.pattern, text)
        for mark in kind.marks
        if isinstance(getattr(mark, "pattern", None), str)
    )


def _unknown_nulls(model: type[BaseModel], tree: Node) -> Findings:
    """Keys that nothing knows and that state nothing: pydantic isn't shown them, because a null only unsets."""
    found = {}
    for path in _nulls(tree, ()):
        parents = kinds_at(model, path[:-1])
        if known_keys(parents) and not kinds_at(model, path):
            found[path] = [PydanticFinding("extra_forbidden", {}, "", None, parents, _key(path))]
    return found


def _nulls(node: Node, path: Path) -> Iterator[Path]:
    items = enumerate(node.value) if isinstance(node.value, tuple) else node.entries.items()
    for step, inner in items:
        if inner.value is None and isinstance(step, str):
            yield (*path, step)
        yield from _nulls(inner, (*path, step))


def _stated(loc: Sequence[str | int], tree: Node, *, missing: bool) -> Path:
    """pydantic's path without the labels of union members; the last step may be a key that isn't there."""
    path: list[str | int] = []
    here = tree
    for index, step in enumerate(loc):
        inner = here.at(step)
        if inner is not None:
            here = inner
            path.append(step)
        elif missing and index == len(loc) - 1:
            path.append(step)
    return tuple(path)


def _reach(tree: Node, path: Path) -> Node | None:
    node: Node | None = tree
    for step in path:
        node = node.at(step) if node else None
    return node


def _origin(path: Path, wrong: PydanticFinding, tree: Node) -> Origin:
    """Where a mistake stands: the key, if that is unknown; the map, if something is missing in it; else the value."""
    node = _reach(tree, path)
    if node is not None and _is_unknown(wrong):
        return node.key or node.origin
    if node is not None:
        return node.origin
    parent = _reach(tree, path[:-1])
    return (parent or tree).origin.under(*path[-1:])


def _key(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")
