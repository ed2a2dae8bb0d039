"""One noun for one thing: class and file names are unique, and names are words of the field."""

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
    return {name: repeats for name, repeats in places.items() if len(repeats) > 1}


def classes(source: str, place: str) -> list[tuple[str, str]]:
    """The classes of a module, including inner and private ones."""
    return [(node.name, place) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]


def test_class_names_are_unique() -> None:
    names = [name for path in sorted(ROOT.rglob("*.py")) for name in classes(path.read_text(), str(path))]
    assert len(names) > 300 and repeated(names) == {}


def test_file_names_are_unique() -> None:
    """Every room may have an `__init__.py`, and a `messages.py` with its catalogue."""
    paths = [path for path in sorted(ROOT.rglob("*.py")) if path.name not in ("__init__.py", "messages.py")]
    assert len(paths) > 200 and repeated((path.name, str(path)) for path in paths) == {}


def test_a_repeated_name_is_found() -> None:
    assert repeated([*classes("class A: ...", "one"), *classes("def f():\n  class A: ...", "two")]) == {
        "A": ["one", "two"]
    }


# Vague words, and private words for things that have a term of the field (docs/glossary.md).
VAGUE = frozenset({"each", "found", "shown", "said", "told", "wanted", "asked", "seen", "heard", "here"})
PRIVATE = frozenset({"errand", "workshop", "desk", "gaze", "pumping", "shelf", "shelves"})
# How many vague names each room still has: a number here only falls. A room without a number has none.
REMAINING: dict[str, int] = {}


def vague_names(source: str) -> int:
    """How many variables, parameters, functions, and classes of a module have a vague name."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif isinstance(node, ast.arg):
            names.append(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(node.name)
    return sum(name.strip("_").lower() in VAGUE | PRIVATE for name in names)


def test_names_are_of_the_field() -> None:
    counts: dict[str, int] = defaultdict(int)
    for path in ROOT.rglob("*.py"):
        counts[path.relative_to(ROOT).parts[0]] += vague_names(path.read_text())
    assert {room: count for room, count in counts.items() if count > REMAINING.get(room, 0)} == {}


def test_a_vague_name_is_found() -> None:
    assert vague_names("def _told(each): found = 1") == 3 and vague_names("track = 1") == 0
