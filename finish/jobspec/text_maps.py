"""Maps of texts by language in a tree: where they are, whether they are valid, and what replaces them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from pydantic import BaseModel

from finish.jobspec.mistakes import Report
from finish.jobspec.model_shape import AcceptedType, inside, written_fields
from finish.jobspec.spec_tree import Node, printable, quoted
from finish.jobspec.string_table import KEY_NAME
from finish.model.drawn_text import KEY, DrawnText
from finish.units import LANGUAGE

_DEPTH: Final = 8  # of models in models; texts are at most four deep
_EXAMPLE: Final = "write {en: Spring, de: Frühling}"
TextPath = tuple[str | int, ...]


def with_texts(
    tree: Node, model: type[BaseModel], path: TextPath, text: Callable[[Node, TextPath], Node]
) -> Node:
    """The tree of a model at `path` with `text` of each map of texts in its place."""
    return _replaced(tree, (AcceptedType(model),), path, text) if _has_texts(model) else tree


def checked_map(node: Node, report: Report) -> bool:
    """Whether a map of texts is valid; every mistake is in `report`."""
    if not any(text.value is not None for text in node.entries.values()):
        report.add(node.origin, "is empty", _EXAMPLE)
        return False
    problems = {tag: problem for tag, text in node.entries.items() if (problem := _entry_problem(tag, text))}
    for tag, problem in problems.items():
        report.add(node.entries[tag].origin, *problem)
    return not problems


def _entry_problem(tag: str, text: Node) -> tuple[str, str] | None:
    if text.value is None:
        return None
    if tag != KEY and not LANGUAGE.fullmatch(tag):
        return f'unknown language "{printable(tag)}"', "write a BCP 47 tag, such as en or pt-BR, or key"
    if not isinstance(text.value, str):
        return f"must be text, not {quoted(text.value)}", "put it in quotes"
    if tag == KEY and not KEY_NAME.fullmatch(text.value):
        return f"{quoted(text.value)} isn't a key", "use A-Z a-z 0-9 _ . -, at most 60"
    if not text.value.strip():
        return "is empty", "write its text, or delete the language"
    return None


def stand_ins(tree: Node, model: type[BaseModel], report: Report) -> Node:
    """A tree with the first text of each map in its place, to validate what has no language yet."""

    def first(node: Node, path: TextPath) -> Node:  # noqa: ARG001 (as for other replacements)
        if not checked_map(node, report):
            return replace(node, value="-")
        texts = (text for tag, text in node.entries.items() if tag != KEY and text.value is not None)
        return next(texts, replace(node, value="-"))

    return with_texts(tree, model, (), first)


def _replaced(
    node: Node, kinds: tuple[AcceptedType, ...], path: TextPath, text: Callable[[Node, TextPath], Node]
) -> Node:
    """The tree with every map of texts replaced; the same tree if it has none."""
    if isinstance(node.value, Mapping) and any(_is_text(kind) for kind in kinds):
        return text(node, path)
    listed = isinstance(node.value, tuple)
    steps: list[tuple[str | int, Node]] = (
        list(enumerate(node.value)) if isinstance(node.value, tuple) else list(node.entries.items())
    )
    inner: dict[str | int, Node] = {
        step: _replaced(
            child, tuple(kind for one in kinds for kind in inside(one.type, step)), (*path, step), text
        )
        for step, child in steps
        if isinstance(child.value, tuple | Mapping)
    }
    if all(inner[step] is child for step, child in steps if step in inner):
        return node
    value = [(step, inner.get(step, child)) for step, child in steps]
    made = tuple(child for _, child in value) if listed else {str(step): child for step, child in value}
    return replace(node, value=made, validated=None)


def _is_text(kind: AcceptedType) -> bool:
    return any(isinstance(mark, DrawnText) for mark in kind.marks)


@cache
def _has_texts(model: type[BaseModel]) -> bool:
    """Whether a model has a text that is drawn."""
    return _texts_below((AcceptedType(model),), _DEPTH)


def _texts_below(kinds: tuple[AcceptedType, ...], depth: int) -> bool:
    if any(_is_text(kind) for kind in kinds):
        return True
    if not depth:
        return False
    below = (tuple(inside(kind.type, step)) for kind in kinds for step in _steps(kind))
    return any(_texts_below(inner, depth - 1) for inner in below if inner)


def _steps(kind: AcceptedType) -> tuple[str | int, ...]:
    """The keys of a model; an item of a list for any other type."""
    is_model = isinstance(kind.type, type) and issubclass(kind.type, BaseModel)
    return tuple(written_fields(kind.type)) if is_model else (0,)
