"""Budgets that ruff doesn't hold: the length of functions and files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FUNCTION, LONGEST_FILE, P95_FUNCTION = 60, 300, 40
SOURCES = sorted((ROOT / "finish").rglob("*.py"))


def functions(source: str) -> list[tuple[str, int]]:
    """Name and lines of every function, without its docstring."""
    lengths = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docs = node.body[0] if ast.get_docstring(node) else None
            lengths.append(
                (
                    node.name,
                    (node.end_lineno or 0)
                    - node.lineno
                    + 1
                    - ((docs.end_lineno or 0) - docs.lineno + 1 if docs else 0),
                )
            )
    return lengths


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE
    assert [function for function in functions(text) if function[1] > LONGEST_FUNCTION] == []


def test_most_functions_are_shorter() -> None:
    lengths = sorted(lines for path in SOURCES for _, lines in functions(path.read_text()))
    assert lengths[int(len(lengths) * 0.95)] <= P95_FUNCTION


def test_a_long_function_is_found() -> None:
    assert functions("def f():\n" + "    x = 1\n" * 61) == [("f", 62)]
