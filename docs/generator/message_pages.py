"""The pages of notes and errors, found in the source."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from docs.generator.markdown import page, sentence, table
from docs.generator.package_source import sources
from finish import errors

LEVELS: Final = ("act", "know", "detail")


@dataclass(frozen=True)
class NoteKind:
    """A note as the source states it: its code, its level, the room that makes it, and its words."""

    code: str
    level: str
    room: str
    words: str


def notes() -> list[NoteKind]:
    """Every note that the package can make, from its source."""
    return [
        note
        for module, tree in sources()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for note in _notes_of(function, _room(module), _assigned(tree.body))
    ]


def _room(module: str) -> str:
    """The room of a module; for a stage, its name."""
    parts = module.split(".")
    return parts[2] if parts[1:2] == ["stages"] and len(parts) > 2 else "".join(parts[1:2])


def _notes_of(function: ast.FunctionDef, room: str, constants: dict[str, ast.expr]) -> Iterator[NoteKind]:
    local = constants | _assigned(ast.walk(function))
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _name(node.func) in LEVELS and len(node.args) == 2:
            code = _resolved(node.args[0], local)
            if isinstance(code, ast.Constant):
                words = _words(_resolved(node.args[1], local))
                yield NoteKind(str(code.value), _name(node.func), room, words)


def _assigned(nodes: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """What is assigned to each name, as source."""
    return {
        target.id: node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _resolved(node: ast.expr, names: dict[str, ast.expr]) -> ast.expr:
    return names.get(node.id, node) if isinstance(node, ast.Name) else node


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _words(node: ast.AST) -> str:
    """The text of a note, with … where a value goes."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        return re.sub(r"(…\s*)+…", "…", "".join(parts))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _words(node.left) + _words(node.right)
    return _words(node.body) if isinstance(node, ast.IfExp) else "…"


def notes_page() -> str:
    rows: dict[str, tuple[set[str], set[str], list[str]]] = {}
    for note in notes():
        levels, rooms, texts = rows.setdefault(note.code, (set(), set(), []))
        levels.add(note.level)
        rooms.add(note.room)
        if note.words != "…" and note.words not in texts:
            texts.append(note.words)
    listed = [
        (
            f"`{code}`",
            ", ".join(f"`{level}`" for level in LEVELS if level in levels),
            ", ".join(sorted(rooms)),
            "<br>".join(sentence(text) for text in sorted(texts)) or "–",
        )
        for code, (levels, rooms, texts) in sorted(rows.items())
    ]
    return page(
        "Notes",
        "What a plan reports. `act` asks you to do something, and a strict destination refuses it; `know` is "
        "worth knowing; `detail` is numbers, in `--json`, in the manifest, and in `finish plan --details`. "
        "List a code under `accept:` to accept its notes. `…` is where a value goes.",
        table(("Code", "Levels", "From", "Words"), listed),
    )


def errors_page() -> str:
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, BaseException) and kind.__module__ == errors.__name__ and kind.code
    ]
    rows = [
        (
            f"`{kind.__name__}`",
            f"`{kind.code}`",
            kind.exit_code,
            " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split()),
        )
        for kind in sorted(kinds, key=lambda kind: (kind.exit_code, kind.code))
    ]
    codes = [
        (errors.EXIT_KEPT, "every promise kept"),
        (errors.EXIT_BROKEN, "a promise is broken; nothing of that deliverable is published"),
        (errors.EXIT_FAILED, "could not run"),
        (errors.EXIT_INTERRUPTED, "interrupted"),
    ]
    return page(
        "Errors",
        "Every error is a `finish.errors.FinishError` with `message`, `hint`, `where`, and `causes`. "
        "`code` is in `--json` and stays stable. `Interrupted` is a `BaseException`, so that a handler of "
        "errors never swallows it.",
        table(("Class", "Code", "Exit code", "Meaning"), rows),
        "## Exit codes",
        table(("Code", "Meaning"), codes),
    )
