"""Every generated page, by the name of its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from docs.generator.command_page import commands_page
from docs.generator.message_pages import errors_page, notes_page
from docs.generator.package_source import ROOT
from docs.generator.packaged_pages import (
    documents_page,
    loudness_page,
    presets_page,
    styles_page,
    titles_page,
)
from docs.generator.spec_page import job_page

REFERENCE: Final[Path] = ROOT / "docs" / "reference"
PAGES: Final[dict[str, Callable[[], str]]] = {
    "job.md": job_page,
    "presets.md": presets_page,
    "styles.md": styles_page,
    "titles.md": titles_page,
    "loudness.md": loudness_page,
    "documents.md": documents_page,
    "commands.md": commands_page,
    "notes.md": notes_page,
    "errors.md": errors_page,
}
