"""What the bench, the docs generator, the examples, and the looks import from finish exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path for folder in ("bench", "docs", "examples", "luts") for path in (ROOT / folder).rglob("*.py")
)


def imported(source: str) -> Iterator[tuple[str, str]]:
    """The module and the name of every import from finish; the name is "" where a module is imported."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.startswith("finish"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "finish":
            yield from ((node.module or "", alias.name) for alias in node.names)


def exists(module: str, name: str) -> bool:
    try:
        return not name or hasattr(import_module(module), name) or find_spec(f"{module}.{name}") is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_from_finish_exist(path: Path) -> None:
    assert [names for names in imported(path.read_text()) if not exists(*names)] == []


def test_a_stale_import_is_found() -> None:
    assert not exists("finish.media.nowhere", "probe") and not exists("finish.media.probe", "nothing")
    assert exists("finish.media.probe", "probe") and exists("finish.media", "probe")
