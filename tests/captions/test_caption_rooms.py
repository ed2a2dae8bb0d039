"""The rooms of captions import in one direction: typesetting, timing, formats and placement, drawing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from finish.stages import captions

ROOT = Path(str(captions.__file__)).parent
BELOW: dict[str, set[str]] = {
    "typesetting": set(),
    "timing": {"typesetting"},
    "formats": {"typesetting", "timing"},
    "placement": {"typesetting", "timing"},
    "drawing": {"typesetting", "formats", "placement"},
}


def imported_rooms(source: str) -> set[str]:
    """The rooms of captions that a module imports."""
    modules = [
        (node.module or "").split(".")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("finish.stages.captions.")
    ]
    return {parts[3] for parts in modules} & set(BELOW)


@pytest.mark.parametrize("room", BELOW)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    rooms = set().union(*(imported_rooms(path.read_text()) for path in (ROOT / room).glob("*.py")))
    assert rooms - {room} <= BELOW[room]


def test_every_room_is_listed_and_says_what_it_knows() -> None:
    folders = {path.parent.name: path for path in ROOT.glob("*/__init__.py")}
    assert set(folders) == set(BELOW)
    assert all(ast.get_docstring(ast.parse(path.read_text())) for path in folders.values())


def test_an_import_is_seen() -> None:
    assert imported_rooms("from finish.stages.captions.drawing.burn_in import NAME") == {"drawing"}
