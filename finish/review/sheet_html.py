"""A review sheet as a web page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from finish.pages import components, document
from finish.pages.frames import Frame, gallery, led_gallery
from finish.pages.html_markup import Child, Markup, element
from finish.review.page import PageCell, PageRow, PageSection, SafeZoneShares, SheetPage

_SAFE_AREAS: Final = "safe-areas"  # the style sheet knows this switch by its name


def html(page: SheetPage) -> bytes:
    """The page as HTML in UTF-8."""
    sections = [_section(number, section) for number, section in enumerate(page.sections, start=1)]
    tools = list(_tools(page))
    line = components.tools(tools) if tools else None
    return document.page(page.title, line, sections, kind=page.kind, details=page.facts)


def _tools(page: SheetPage) -> Iterator[Markup]:
    if len(page.sections) > 1:
        yield components.contents(
            (_anchor(number), section.title, _count(section))
            for number, section in enumerate(page.sections, start=1)
        )
    if any(row.zone for row in page.rows):
        yield components.switch(_SAFE_AREAS, "Show safe areas")


def _anchor(number: int) -> str:
    return f"clip-{number}"


def _count(section: PageSection) -> Child:
    """How many rows a section has, or that some have trouble."""
    troubled = sum(bool(row.trouble) for row in section.rows)
    return components.icon("bad") if troubled else element("span", str(len(section.rows)))


def _section(number: int, section: PageSection) -> Markup:
    rows = [_row(row) for row in section.rows]
    return components.section(section.title, rows, details=section.facts, anchor=_anchor(number))


def _row(row: PageRow) -> Markup:
    return components.card(
        row.title,
        components.notice("bad", row.trouble) if row.trouble else None,
        _gallery(row) if row.cells else None,
        details=row.facts,
    )


def _gallery(row: PageRow) -> Markup:
    """The row's frames; if they differ in shape, the first is what the others are about."""
    shapes = {cell.picture.shape for cell in row.cells}
    show = gallery if len(shapes) == 1 else led_gallery
    return show([_frame(cell, row.zone) for cell in row.cells])


def _frame(cell: PageCell, zone: SafeZoneShares | None) -> Frame:
    shares = (zone.left, zone.top, zone.right, zone.bottom) if zone else None
    return Frame(cell.picture, cell.head, cell.words, shares)
