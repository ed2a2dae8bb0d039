"""A review sheet on disk: a picture or a web page, as the file's name says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from finish.errors import FinishError, SpecError
from finish.review import sheet_html, sheet_png
from finish.review.page import SheetPage
from finish.storage.publish import write_whole

_WRITERS: Final[dict[str, Callable[[SheetPage], bytes]]] = {
    ".png": sheet_png.picture,
    ".html": sheet_html.html,
    ".htm": sheet_html.html,
}


@dataclass(frozen=True)
class Sheet:
    """Where a sheet was written, and what it couldn't show."""

    path: Path
    errors: tuple[FinishError, ...] = ()


def form(target: Path) -> Callable[[SheetPage], bytes]:
    """The function that makes a file of this name; SpecError, before any work is done, if there is none."""
    if target.suffix.lower() not in _WRITERS:
        raise SpecError(f"{target.name} isn't a picture or a web page", "end its name in .png or .html")
    return _WRITERS[target.suffix.lower()]


def write(page: SheetPage, target: Path) -> None:
    """Write the page to `target`, whole or not at all."""
    write_whole(target, form(target)(page))
