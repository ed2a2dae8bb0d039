"""The types that a pydantic model accepts at a path of keys."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class AcceptedType:
    """One type that is accepted at a place, with its marks (field, bounds)."""

    type: Any
    marks: tuple[Any, ...] = ()


def kinds_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[AcceptedType, ...]:
    """The types that `model` accepts at a path of keys and indexes, a union's members one by one.

    None if the model has no such path.
    """
    kinds: tuple[AcceptedType, ...] = (AcceptedType(model),)
    for step in path:
        kinds = tuple(inner for kind in kinds for inner in inside(kind.type, step))
    return kinds


def known_keys(kinds: Sequence[AcceptedType]) -> tuple[str, ...]:
    """The keys of the models among `kinds`, as a file spells them."""
    return tuple(
        dict.fromkeys(key for kind in kinds if _is_model(kind.type) for key in written_fields(kind.type))
    )


def written_fields(model: type[BaseModel]) -> dict[str, tuple[str, FieldInfo]]:
    """A model's names and fields by the key that a file uses.

    The two differ where the key can't be a name in Python (`from`): such a field has an alias.
    """
    return {field.alias or name: (name, field) for name, field in model.model_fields.items()}


def inside(kind: Any, step: str | int) -> Iterator[AcceptedType]:
    """The types that one type accepts under a key or at an index; `Any` accepts anything."""
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
    """The types in an annotation, without Annotated and Union."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extras = get_args(annotation)
        metadata = [mark for extra in extras if isinstance(extra, FieldInfo) for mark in extra.metadata]
        yield from _members(inner, (*marks, *extras, *metadata))
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            if member is not type(None):
                yield from _members(member, marks)
    else:
        yield AcceptedType(annotation, marks)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
