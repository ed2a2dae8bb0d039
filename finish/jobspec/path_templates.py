"""Which texts of a section contain path fields, such as `{clip}`, and which fields."""

from __future__ import annotations

from collections.abc import Iterator

from finish.jobspec import name_fields
from finish.jobspec.spec_tree import Node, Origin


def path_templates(tree: Node) -> Iterator[tuple[Origin, frozenset[str]]]:
    """The places of texts that contain path fields, and the fields; a list has the fields of its items."""
    if isinstance(tree.value, str):
        fields = name_fields.path_fields(tree.value)
    elif isinstance(tree.value, tuple):
        inner = [template for node in tree.value for template in path_templates(node)]
        yield from inner
        fields = frozenset(name for _, names in inner for name in names)
    else:
        for node in tree.entries.values():
            yield from path_templates(node)
        return
    if fields:
        yield tree.origin, fields


def needs_clip(tree: Node) -> bool:
    """Whether a path of the section has the field `{clip}`, so that each clip has settings of its own."""
    return any("clip" in fields for _, fields in path_templates(tree))
