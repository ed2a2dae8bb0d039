"""HTML as values: `element` escapes everything that isn't `Markup` already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

_VOID: Final = frozenset(("br", "img", "input", "meta"))


class Markup(str):
    """Text that is HTML already. `element` and `joined` make it; use the class itself for constants only."""

    __slots__ = ()


Child = str | None | Iterable["Child"]  # a plain string is text
Value = str | int | float | bool | None  # False and None leave an attribute out; True gives it no value


def joined(*children: Child) -> Markup:
    """Children one after the other, with all plain text escaped."""
    return Markup("".join(_parts(children)))


def element(tag: str, *children: Child, **attributes: Value) -> Markup:
    """One element. `class_` and `for_` lose their last underscore; other underscores become hyphens."""
    head = tag + "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{head}>")
    return Markup(f"<{head}>{joined(*children)}</{tag}>")


def _parts(children: Iterable[Child]) -> Iterator[str]:
    for child in children:
        if isinstance(child, Markup):
            yield child
        elif isinstance(child, str):
            yield escape(child)
        elif child is not None:
            yield from _parts(child)


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    label = name.removesuffix("_").replace("_", "-")
    if value is True:
        return f" {label}"
    quoted = escape(str(value), quote=False).replace('"', "&quot;")
    return f' {label}="{quoted}"'
