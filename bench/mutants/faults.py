"""Faults for planning code: each changes one operator, number, or condition of one file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.mutants.suite import ROOT
from finish.units import digest

# The code that decides what is made of a clip, and what is reused from an earlier run.
PLANNING: Final = (
    "finish/graph",
    "finish/model",
    "finish/planning",
    "finish/jobspec",
    "finish/stages",
    "finish/deliver/history.py",
    "finish/deliver/lock_file.py",
    "finish/engine/selection.py",
    "finish/deliver/up_to_date.py",
    "finish/storage/store.py",
)
_COMPARED: Final = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in",
    ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
_COMPUTED: Final = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*"}


@dataclass(frozen=True)
class Mutant:
    """One change: bytes `start` to `end` of a file, from `line` to `last`, become `text`."""

    path: str
    line: int
    last: int
    start: int
    end: int
    text: str

    def applied(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutants_of(path: str, source: bytes) -> Iterator[Mutant]:
    """Every possible change of one file."""
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))

    def mutant(node: ast.expr, text: str) -> Mutant:
        end = offsets[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        return Mutant(
            path,
            node.lineno,
            node.end_lineno or node.lineno,
            offsets[node.lineno - 1] + node.col_offset,
            end,
            text,
        )

    for node in _evaluated(ast.parse(source)):
        text = _changed(node)
        if text is not None:
            yield mutant(node, text)


def _evaluated(tree: ast.AST) -> Iterator[ast.expr]:
    """The expressions that run during planning: no annotations, and no text for people."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(tree, ast.AnnAssign) and child is tree.annotation:
            continue
        if isinstance(tree, ast.FunctionDef) and child is tree.returns:
            continue
        if isinstance(child, ast.arg | ast.JoinedStr | ast.Assert) or _is_type_checking(child):
            continue
        if isinstance(child, ast.expr):
            yield child
        yield from _evaluated(child)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _changed(node: ast.expr) -> str | None:
    """The source of a changed expression; None if this one isn't changed."""
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return f"({ast.unparse(left)} {_COMPARED[type(operator)]} {ast.unparse(right)})"
        case ast.BoolOp(op=ast.And(), values=values):
            return "(" + " or ".join(f"({ast.unparse(value)})" for value in values) + ")"
        case ast.BoolOp(op=ast.Or(), values=values):
            return "(" + " and ".join(f"({ast.unparse(value)})" for value in values) + ")"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"bool({ast.unparse(operand)})"
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _COMPUTED and not _is_text(
            node
        ):
            return f"({ast.unparse(left)} {_COMPUTED[type(operator)]} {ast.unparse(right)})"
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return f"{number + 1}"
        case ast.IfExp(test=test, body=body, orelse=other):
            return f"({ast.unparse(other)} if {ast.unparse(test)} else {ast.unparse(body)})"
    return None


def _is_text(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(node))


def chosen(count: int, seed: int) -> list[Mutant]:
    """`count` mutants: files in proportion to their number of changes.

    Each is drawn by its own text, so that a change elsewhere in the code leaves the others chosen.
    """
    mutants = [
        (_lot(mutant, source, seed), mutant)
        for path in planning_paths()
        for source in [(ROOT / path).read_bytes()]
        for mutant in mutants_of(path, source)
    ]
    drawn = sorted(mutants, key=lambda lot: (lot[0], lot[1].start))[:count]
    return sorted((mutant for _, mutant in drawn), key=lambda mutant: (mutant.path, mutant.start))


def _lot(mutant: Mutant, source: bytes, seed: int) -> str:
    """A number by seed, file, and changed text with the lines that it is in; not by their numbers."""
    begin = source.rfind(b"\n", 0, mutant.start) + 1
    before, after = source[begin : mutant.start], source[mutant.start : mutant.end]
    return digest(str(seed), mutant.path, before.decode(), after.decode(), mutant.text)


def planning_paths() -> list[str]:
    """The files of planning code, from the top of the project."""
    paths = sorted(path for place in PLANNING for path in _files(ROOT / place))
    return [str(path.relative_to(ROOT)) for path in paths]


def _files(place: Path) -> Iterator[Path]:
    if not place.exists():
        raise FileNotFoundError(place)
    return iter([place]) if place.is_file() else place.rglob("*.py")
