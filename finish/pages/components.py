"""The parts that pages are made of: facts, badges, key figures, notices, tables, cards, and frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from finish.pages.html_markup import Child, Markup, element

Status = Literal["good", "attention", "bad", "active", "idle"]

# A shape for each status, so that colour isn't the only difference.
_ICONS: Final[dict[Status, str]] = {
    "good": '<circle class="fill" cx="8" cy="8" r="8"/><path class="mark" d="M4.5 8.3 7 10.8l4.5-5.3"/>',
    "attention": '<path class="fill" d="M8 .6 16 15H0z"/><path class="mark" d="M8 5.6v4.2M8 12v.6"/>',
    "bad": '<path class="fill" d="M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7z"/>'
    '<path class="mark" d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2"/>',
    "active": '<circle class="ring" cx="8" cy="8" r="6.8"/>'
    '<path class="fill" d="M8 3.4A4.6 4.6 0 0 1 8 12.6z"/>',
    "idle": '<circle class="ring" cx="8" cy="8" r="6.8"/>',
}


@dataclass(frozen=True)
class KeyFigure:
    """A prominent value, with its name, its unit, and its status, if it has one."""

    label: str
    value: str
    unit: str = ""
    status: Status | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, and whether it holds numbers, which are aligned to the right.

    On a phone, a stacked table repeats the head beside each value of a `labelled` column.
    """

    head: str
    numeric: bool = False
    labelled: bool = True


def icon(status: Status) -> Markup:
    """The status as a shape; decoration, so the words beside it must say the same."""
    shape = Markup(_ICONS[status])
    return element("svg", shape, class_=f"icon {status}", viewBox="0 0 16 16", aria_hidden="true")


def badge(status: Status, label: str) -> Markup:
    """A status with its name."""
    return element("span", icon(status), label, class_=f"badge {status}")


def facts(values: Iterable[str]) -> Markup | None:
    """Short facts on one line; None without any."""
    items = [element("li", value) for value in values if value]
    return element("ul", items, class_="facts") if items else None


def key_figures(figures: Iterable[KeyFigure]) -> Markup:
    """The most important values, side by side."""
    return element("dl", [_key_figure(figure) for figure in figures], class_="figures")


def _key_figure(figure: KeyFigure) -> Markup:
    return element(
        "div",
        element("dt", icon(figure.status) if figure.status else None, figure.label),
        element("dd", figure.value, element("small", figure.unit) if figure.unit else None),
        class_=figure.status or "plain",
    )


def notice(status: Status, text: str) -> Markup:
    """Something that people must know before they continue."""
    return element("p", icon(status), element("span", text), class_=f"notice {status}")


def table(columns: Sequence[Column], rows: Iterable[Sequence[Child]], *, compact: bool = False) -> Markup:
    """A table of text, which a phone shows as one block per row.

    A `compact` table of numbers stays a table on a phone.
    """
    head = [element("th", column.head, scope="col", class_=_align(column)) for column in columns]
    body = [
        element("tr", [_value(column, value) for column, value in zip(columns, row, strict=True)])
        for row in rows
    ]
    whole = element("table", element("thead", element("tr", head)), element("tbody", body))
    return element("div", whole, class_="table compact" if compact else "table stacked")


def _value(column: Column, value: Child) -> Markup:
    return element("td", value, class_=_align(column), data_label=column.head if column.labelled else None)


def _align(column: Column) -> str | None:
    return "number" if column.numeric else None


def section(title: str, *children: Child, details: Iterable[str] = (), anchor: str | None = None) -> Markup:
    """A part of a page under its title; without one, only its content."""
    head = element("div", element("h2", title), facts(details), class_="head") if title else facts(details)
    return element("section", head, *children, id=anchor)


def card(title: Child, *children: Child, details: Iterable[str] = ()) -> Markup:
    """One subject and its parts, on a background of its own."""
    return element(
        "article",
        element("div", element("h3", title), facts(details), class_="head"),
        *children,
        class_="card",
    )


def tools(*children: Child) -> Markup:
    """A line of tools for the page: contents, switches."""
    return element("div", *children, class_="tools")


def contents(entries: Iterable[tuple[str, str, Child]]) -> Markup:
    """Links to sections of the same page: anchor, title, and what follows the title."""
    links = [element("li", element("a", title, href=f"#{anchor}"), after) for anchor, title, after in entries]
    return element("nav", element("ul", links), class_="contents", aria_label="Contents")


def switch(name: str, label: str) -> Markup:
    """A switch that is on at first. Style sheets see its state as `body:has(#name:not(:checked))`."""
    control = element("input", type="checkbox", id=name, checked=True)
    return element("label", control, element("span", label), class_="switch", for_=name)
