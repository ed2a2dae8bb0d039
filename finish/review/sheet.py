"""A sheet on disk: one picture or one web page, as its name says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from finish.errors import FinishError, SpecError
from finish.review import sheet_html, sheet_png
from finish.review.page import SheetPage
from finish.storage.publish import write_whole

_FORMS: Final[dict[str, Callable[[SheetPage], bytes]]] = {
    ".png": sheet_png.picture,
    ".html": sheet_html.document,
    ".htm": sheet_html.document,
}


@dataclass(frozen=True)
class Sheet:
    """Where a sheet was written, and what could not be shown on it."""

    path: Path
    errors: tuple[FinishError, ...] = ()


def form(target: Path) -> Callable[[SheetPage], bytes]:
    """What makes a file of this name; SpecError for any that is neither picture nor page, before work is done."""
    if target.suffix.lower() not in _FORMS:
        raise SpecError(f"{target.name} is neither a picture nor a web page", "name the sheet .png or .html")
    return _FORMS[target.suffix.lower()]


def write(page: SheetPage, target: Path) -> None:
    """Write the page to `target`, whole or not at all."""
    write_whole(target, form(target)(page))
