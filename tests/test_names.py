"""One noun for one thing: the names of classes and files are unique across the package."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1] / "finish"


def repeated(names: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The names that occur more than once, each with its places."""
    places = defaultdict(list)
    for name, place in names:
        places[name].append(place)
    return {name: found for name, found in places.items() if len(found) > 1}


def classes(source: str, place: str) -> list[tuple[str, str]]:
    """The classes of a module, inner and private ones too."""
    return [(node.name, place) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]


def test_class_names_are_unique() -> None:
    names = [name for path in sorted(ROOT.rglob("*.py")) for name in classes(path.read_text(), str(path))]
    assert len(names) > 300 and repeated(names) == {}


def test_file_names_are_unique() -> None:
    """`__init__.py` makes a folder a package, and `messages.py` is the catalogue of a room: every room may have one."""
    paths = [path for path in sorted(ROOT.rglob("*.py")) if path.name not in ("__init__.py", "messages.py")]
    assert len(paths) > 200 and repeated((path.name, str(path)) for path in paths) == {}


def test_a_repeated_name_is_found() -> None:
    assert repeated([*classes("class A: ...", "one"), *classes("def f():\n  class A: ...", "two")]) == {
        "A": ["one", "two"]
    }
