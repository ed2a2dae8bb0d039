"""The defaults of settings as plain values by path, and other defaults in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from finish.jobspec.model_shape import inside, written_fields
from finish.jobspec.spec_tree import Node
from finish.model import Stage

Plain = bool | int | float | str | tuple[int | float, ...]


def setting_defaults(stages: Sequence[Stage]) -> dict[str, Plain]:
    """The default of every setting that has a plain one, by its path without indexes: `mix.effects.gain`.

    A default that is None, a map, or a list of anything but numbers has no entry: no job spec can state it.
    """
    return {path: value for stage in stages for path, value in _defaults(stage.Settings, stage.name, ())}


def _defaults(
    model: type[BaseModel], prefix: str, above: tuple[type[BaseModel], ...]
) -> Iterator[tuple[str, Plain]]:
    for key, (_, field) in written_fields(model).items():
        path = f"{prefix}.{key}"
        if not field.is_required() and field.default_factory is None and _is_plain(field.default):
            yield path, _plain(field.default)
        for inner in _models(model, key):
            if inner not in above:
                yield from _defaults(inner, path, (*above, model))


def _is_plain(default: Any) -> bool:
    if isinstance(default, tuple):
        return bool(default) and all(type(item) in (int, float) for item in default)
    return type(default) in (bool, int, float, str, Fraction)


def _plain(default: Any) -> Plain:
    if isinstance(default, Fraction):
        return int(default) if default.denominator == 1 else float(default)
    return default  # type: ignore[no-any-return]


def _models(model: type[BaseModel], key: str) -> tuple[type[BaseModel], ...]:
    """The models that may stand under a key, alone or in a list."""
    kinds = [kind.type for kind in inside(model, key)]
    items = [item.type for kind in kinds for item in inside(kind, 0)]
    return tuple(
        dict.fromkeys(
            kind for kind in (*kinds, *items) if isinstance(kind, type) and issubclass(kind, BaseModel)
        )
    )


def with_defaults(tree: Node, model: type[BaseModel], prefix: str, defaults: Mapping[str, Node]) -> Node:
    """The section `tree` of `model`, with the given `defaults` (by path) where it states nothing.

    A default of a map that the tree doesn't state is added only where that map exists by default. A null
    unsets a value, so the given default takes its place too.
    """
    if not defaults:
        return tree
    if tree.value is None:
        filled = with_defaults(replace(tree, value={}), model, prefix, defaults)
        return filled if filled.entries else tree
    if isinstance(tree.value, tuple):
        return replace(tree, value=tuple(with_defaults(item, model, prefix, defaults) for item in tree.value))
    known = {*written_fields(model), *model.model_fields}  # Python may use the names of fields
    if not isinstance(tree.value, Mapping) or not set(tree.entries) <= known:
        return tree  # a value of another member of a union
    added = {
        key: node
        for key, (name, field) in written_fields(model).items()
        if name == key or name not in tree.entries
        if (node := _entry(tree, model, (key, field), prefix, defaults)) is not None
    }
    return replace(tree, value={**tree.entries, **added}, validated=None)


def _entry(
    tree: Node,
    model: type[BaseModel],
    named: tuple[str, FieldInfo],
    prefix: str,
    defaults: Mapping[str, Node],
) -> Node | None:
    """The node under a key once defaults are filled in; None if there is none."""
    (key, field), stated = named, tree.at(named[0])
    path = f"{prefix}.{key}"
    unset = stated is None or stated.value is None
    if unset and path in defaults:
        return defaults[path]
    if unset and not isinstance(field.default, BaseModel):
        return stated
    # A map that exists only for given defaults is one of theirs: its origin says so.
    filled = Node({}, next(iter(defaults.values())).origin) if unset or stated is None else stated
    for inner in _models(model, key):
        filled = with_defaults(filled, inner, path, defaults)
    return filled if filled.entries or not unset else stated
