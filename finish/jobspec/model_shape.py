"""What a pydantic model wants at a place: the declared types behind a path of keys."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class AcceptedType:
    """One type that is accepted at a place, with the marks (field, bounds) that stand on it."""

    type: Any
    marks: tuple[Any, ...] = ()


def kinds_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[AcceptedType, ...]:
    """What `model` accepts at a path of keys and indexes: every member of a union; nothing where the path leads nowhere."""
    kinds: tuple[AcceptedType, ...] = (AcceptedType(model),)
    for step in path:
        kinds = tuple(inner for kind in kinds for inner in inside(kind.type, step))
    return kinds


def known_keys(kinds: Sequence[AcceptedType]) -> tuple[str, ...]:
    """The keys that the models among `kinds` know, as a file writes them."""
    return tuple(
        dict.fromkeys(key for kind in kinds if _is_model(kind.type) for key in written_fields(kind.type))
    )


def written_fields(model: type[BaseModel]) -> dict[str, tuple[str, FieldInfo]]:
    """A model's fields by the key that a file writes: `from` is no name in Python, so such a field has an alias."""
    return {field.alias or name: (name, field) for name, field in model.model_fields.items()}


def inside(kind: Any, step: str | int) -> Iterator[AcceptedType]:
    """What one type accepts under a key or at an index; where anything is accepted, anything is under it."""
    if kind is Any:
        yield AcceptedType(Any)
        return
    args = get_args(kind)
    if _is_model(kind):
        _, field = written_fields(kind).get(str(step)) or ("", kind.model_fields.get(str(step)))
        if field is not None:
            yield from _members(field.annotation, (field, *field.metadata))
    elif isinstance(step, int) and get_origin(kind) in (tuple, list, set, frozenset, Sequence) and args:
        fixed = len(args) > 1 and args[-1] is not Ellipsis
        if not fixed or step < len(args):
            yield from _members(args[step if fixed else 0], ())
    elif get_origin(kind) in (dict, Mapping) and args:
        yield from _members(args[1], ())


def _members(annotation: Any, marks: tuple[Any, ...]) -> Iterator[AcceptedType]:
    """An annotation without its Annotated and Union wrappings."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        held = [mark for each in more if isinstance(each, FieldInfo) for mark in each.metadata]
        yield from _members(inner, (*marks, *more, *held))
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            if member is not type(None):
                yield from _members(member, marks)
    else:
        yield AcceptedType(annotation, marks)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
