"""A spec as a tree of values with their places, and how its layers are merged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from finish.model import Settings

Scalar = str | int | float | bool | None

_PLAIN_KEY: Final = re.compile(r"[\w-]{1,60}")


@dataclass(frozen=True)
class Origin:
    """The place of a value: its file as messages name it, line and column (from 1), and path of keys.

    Paths in the value are relative to `folder`.
    """

    file: str
    folder: Path
    line: int = 0
    column: int = 0
    path: str = ""

    @property
    def where(self) -> str:
        """`job.yaml:12:5`; a value that comes from no file has no line."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    @property
    def place(self) -> str:
        """`job.yaml:12`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def under(self, *keys: str | int) -> Origin:
        """The same place with more keys in its path: `deliverables[1].sound`."""
        path = self.path
        for key in keys:
            path += f"[{key}]" if isinstance(key, int) else f"{'.' if path else ''}{spelled_key(key)}"
        return replace(self, path=path)


@dataclass(frozen=True)
class Node:
    """One value: a scalar, a tuple of nodes, or a map of nodes. `key` is the place of its key.

    `written` is an unquoted scalar as the file spells it. `cut` is a comment after it that looks like a part
    of it; `lost` is one that looks like the next item of its list. `validated` are the settings that the
    map was made from: they aren't validated again, unless a layer below adds to them.
    """

    value: Scalar | tuple[Node, ...] | Mapping[str, Node]
    origin: Origin
    key: Origin | None = None
    written: str = ""
    cut: str = ""
    lost: str = ""
    validated: Settings | None = None

    @property
    def entries(self) -> Mapping[str, Node]:
        """The map's entries; none if this isn't a map."""
        return self.value if isinstance(self.value, Mapping) else {}

    def at(self, step: str | int) -> Node | None:
        """The entry under a key, or the item at an index; None if there is none."""
        if isinstance(step, int):
            return self.value[step] if isinstance(self.value, tuple) and step < len(self.value) else None
        return self.entries.get(step)

    def without(self, *keys: str) -> Node:
        """This map without some keys."""
        value = {key: node for key, node in self.entries.items() if key not in keys}
        return replace(self, value=value, validated=None)


class PlacedText(str):
    """A text that knows its place, so that a path is relative to the file that states it."""

    origin: Origin

    def __new__(cls, value: str, origin: Origin) -> PlacedText:
        text = super().__new__(cls, value)
        text.origin = origin
        return text


def layered(layers: Sequence[Node | None]) -> Node | None:
    """One tree of several, of which the first outranks the next: maps merge by key, other values replace.

    A null stays in the tree and hides the layers below it; `plain` removes it.
    """
    stated = [layer for layer in layers if layer is not None]
    maps = []
    for layer in stated:
        if not isinstance(layer.value, Mapping):
            break
        maps.append(layer)
    if not maps:
        return stated[0] if stated else None
    keys = dict.fromkeys(key for layer in maps for key in layer.entries)
    nodes = {key: layered([layer.entries.get(key) for layer in maps]) for key in keys}
    merged = {key: node for key, node in nodes.items() if node is not None}
    top = maps[0].entries
    if merged.keys() == top.keys() and all(merged[key] is node for key, node in top.items()):
        return maps[0]
    return replace(maps[0], value=merged, validated=None)


def plain(node: Node) -> Any:
    """The value without places: maps as dict without nulls, lists as tuple, texts as `PlacedText`."""
    if isinstance(node.value, Mapping):
        return {key: plain(inner) for key, inner in node.value.items() if inner.value is not None}
    if isinstance(node.value, tuple):
        return tuple(plain(item) for item in node.value)
    return PlacedText(node.value, node.origin) if isinstance(node.value, str) else node.value


def without_nulls(node: Node) -> Node:
    """The tree without the nulls in its maps, so that they no longer hide the layers below."""
    kept = {key: without_nulls(inner) for key, inner in node.entries.items() if inner.value is not None}
    return replace(node, value=kept) if isinstance(node.value, Mapping) else node


def tree_of(value: Any, origin: Origin) -> Node:
    """Plain maps, lists, scalars and paths as a tree whose values all have one place."""
    if isinstance(value, Mapping):
        return Node(
            {str(key): tree_of(inner, origin.under(str(key))) for key, inner in value.items()}, origin
        )
    if isinstance(value, list | tuple):
        return Node(tuple(tree_of(item, origin.under(index)) for index, item in enumerate(value)), origin)
    return Node(str(value) if isinstance(value, PurePath) else value, origin)


def spelled(value: Any) -> str:
    """A plain value on one line, as in a job file; texts have no quotes, and at most 60 characters."""
    if value is None or value == "":
        return "null" if value is None else '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        entries = (f"{spelled_key(str(key))}: {spelled(inner)}" for key, inner in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(spelled(item) for item in value) + "]"
    return f"{value:g}" if isinstance(value, float) else printable(str(value))


def quoted(value: Any) -> str:
    """A scalar as a message shows it: texts in quotes and shortened, maps and lists by their kind."""
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, Mapping):
        return "a map"
    return "a list" if isinstance(value, list | tuple) else spelled(value)


def spelled_key(key: str) -> str:
    """A key as part of a path: without quotes if it is a word."""
    return key if _PLAIN_KEY.fullmatch(key) else f'"{printable(key)}"'


def printable(text: str, most: int = 60) -> str:
    """A text that is safe to print: no control characters, and at most `most` characters."""
    clean = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:most]
    )
    return clean if len(text) <= most else f"{clean}…"


def mapped(tree: Node, of: Callable[[str, Node], Node], item: Callable[[Node], Node]) -> Node:
    """A tree with its entries and items replaced; the same tree if none changes."""
    if isinstance(tree.value, tuple):
        items = tuple(map(item, tree.value))
        same = all(new is old for new, old in zip(items, tree.value, strict=True))
        return tree if same else replace(tree, value=items, validated=None)
    entries = {key: of(key, node) for key, node in tree.entries.items()}
    same = all(node is tree.entries[key] for key, node in entries.items())
    return tree if same else replace(tree, value=entries, validated=None)
