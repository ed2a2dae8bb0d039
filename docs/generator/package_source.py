"""The package as source: its modules, parsed, and its definitions by name.

Names are unique across the package, so a definition may move without a change here.
"""

from __future__ import annotations

import ast
import importlib
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "finish"


def dotted(path: Path) -> str:
    """The dotted name of a module's file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the package by its dotted name, parsed."""
    return tuple((dotted(path), ast.parse(path.read_text())) for path in sorted(PACKAGE.rglob("*.py")))


def definition(name: str) -> Any:
    """The value of a name that one module of the package defines at its top; KeyError if none does."""
    for module, tree in sources():
        if any(name in _defined(node) for node in tree.body):
            return getattr(importlib.import_module(module), name)
    raise KeyError(name)


def _defined(node: ast.stmt) -> tuple[str, ...]:
    """The names that a statement defines."""
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return (node.name,)
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return tuple(target.id for target in targets if isinstance(target, ast.Name))
