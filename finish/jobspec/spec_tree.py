"""What a spec says, value by value, each with where it stands; and how layers of it become one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

Scalar = str | int | float | bool | None

_PLAIN_KEY: Final = re.compile(r"[\w-]{1,60}")


@dataclass(frozen=True)
class Origin:
    """Where a value stands: the file as shown, the folder its paths count from, line and column from 1, and its keys."""

    file: str
    folder: Path
    line: int = 0
    column: int = 0
    path: str = ""

    @property
    def where(self) -> str:
        """`job.yaml:12:5`; a value that stands in no file has no line."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    @property
    def place(self) -> str:
        """`job.yaml:12`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def under(self, *keys: str | int) -> Origin:
        """The same place with further keys to its path: `deliverables[1].sound`."""
        path = self.path
        for key in keys:
            path += f"[{key}]" if isinstance(key, int) else f"{'.' if path else ''}{spelled_key(key)}"
        return replace(self, path=path)


@dataclass(frozen=True)
class Node:
    """One value: a scalar, a tuple of nodes or a map of nodes; `key` is where the key stands that leads to it.

    `written` is a bare scalar as the file has it; `cut` is what stands behind it as a comment and looks like a part of it, `lost` what
    does so where the next item of a list would stand.
    """

    value: Scalar | tuple[Node, ...] | Mapping[str, Node]
    origin: Origin
    key: Origin | None = None
    written: str = ""
    cut: str = ""
    lost: str = ""

    @property
    def entries(self) -> Mapping[str, Node]:
        """The map's entries; none when this is no map."""
        return self.value if isinstance(self.value, Mapping) else {}

    def at(self, step: str | int) -> Node | None:
        """The entry under a key, or the item at an index; None where there is none."""
        if isinstance(step, int):
            return self.value[step] if isinstance(self.value, tuple) and step < len(self.value) else None
        return self.entries.get(step)

    def without(self, *keys: str) -> Node:
        """This map with some keys left out."""
        return replace(self, value={key: node for key, node in self.entries.items() if key not in keys})


class PlacedText(str):
    """A text that remembers where it stands, so that a path counts from the file that states it."""

    origin: Origin

    def __new__(cls, value: str, origin: Origin) -> PlacedText:
        text = super().__new__(cls, value)
        text.origin = origin
        return text


def layered(layers: Sequence[Node | None]) -> Node | None:
    """One tree of several, the first outranks the next: maps merge key by key, anything else replaces what lies below.

    A null stays in the tree, hiding what lies below it, and `plain` leaves it out.
    """
    said = [layer for layer in layers if layer is not None]
    maps = []
    for layer in said:
        if not isinstance(layer.value, Mapping):
            break
        maps.append(layer)
    if not maps:
        return said[0] if said else None
    keys = dict.fromkeys(key for layer in maps for key in layer.entries)
    merged = {key: layered([layer.entries.get(key) for layer in maps]) for key in keys}
    return replace(maps[0], value={key: node for key, node in merged.items() if node is not None})


def plain(node: Node) -> Any:
    """The bare value: maps as dict without their nulls, lists as tuple, texts as `PlacedText`."""
    if isinstance(node.value, Mapping):
        return {key: plain(each) for key, each in node.value.items() if each.value is not None}
    if isinstance(node.value, tuple):
        return tuple(plain(each) for each in node.value)
    return PlacedText(node.value, node.origin) if isinstance(node.value, str) else node.value


def without_nulls(node: Node) -> Node:
    """The tree without the nulls in its maps: what lies below shows again."""
    kept = {key: without_nulls(each) for key, each in node.entries.items() if each.value is not None}
    return replace(node, value=kept) if isinstance(node.value, Mapping) else node


def tree_of(value: Any, origin: Origin) -> Node:
    """Plain maps, lists and scalars as a tree that all stands at one place."""
    if isinstance(value, Mapping):
        return Node({str(key): tree_of(each, origin.under(str(key))) for key, each in value.items()}, origin)
    if isinstance(value, list | tuple):
        return Node(tuple(tree_of(each, origin.under(index)) for index, each in enumerate(value)), origin)
    return Node(value, origin)


def spelled(value: Any) -> str:
    """A plain value on one line, as a job file would say it; each text bare and at most 60 characters."""
    if value is None or value == "":
        return "null" if value is None else '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{spelled_key(str(key))}: {spelled(each)}" for key, each in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(spelled(each) for each in value) + "]"
    return f"{value:g}" if isinstance(value, float) else printable(str(value))


def quoted(value: Any) -> str:
    """A scalar as an error shows it: texts in quotes, maps and lists by their kind, nothing endless."""
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, Mapping):
        return "a map"
    return "a list" if isinstance(value, list | tuple) else spelled(value)


def spelled_key(key: str) -> str:
    """A key as part of a path: bare where it is a word, else in quotes."""
    return key if _PLAIN_KEY.fullmatch(key) else f'"{printable(key)}"'


def printable(text: str, most: int = 60) -> str:
    """A text as a terminal may print it: no control characters, at most `most` characters."""
    clean = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:most]
    )
    return clean if len(text) <= most else f"{clean}…"
