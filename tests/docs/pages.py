"""The documentation as text: its pages, their links, and their blocks of code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

PAGES = tuple(
    sorted(
        [
            *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")),
            *DOCS.rglob("*.md"),
        ]
    )
)
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^ *```$", re.M | re.S)
_MARK = re.compile(r"<!-- (.*?) -->\s*\Z")


@dataclass(frozen=True)
class Block:
    """A block of code: its page, its language, the mark in the comment before it, and its text."""

    page: Path
    language: str
    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.text.splitlines()[0] if self.text.strip() else 'empty'}"


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """The blocks of a page, those of one language if it is given."""
    text = page.read_text()
    code_blocks = []
    for match in _FENCE.finditer(text):
        mark = _MARK.search(text[: match.start()])
        indent = len(match["indent"])
        body = "".join(line[indent:] for line in match["body"].splitlines(keepends=True))
        code_blocks.append(Block(page, match["language"], mark[1] if mark else "", body))
    return [block for block in code_blocks if language is None or block.language == language]


def name(path: Path) -> str:
    """A page's path in the repository, as a test's name."""
    return str(path.relative_to(ROOT))
