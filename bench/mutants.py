"""`make mutants`: how many faults in planning code does the test suite find?

The faults come from a seed. Each mutant changes one operator, number, or condition of one file in a copy of
the project. The tests of the file's room run first, then plans, then all tests without media, then the
renders of pieces and cuts; the first failure ends a mutant.
"""

from __future__ import annotations

import argparse
import ast
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
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
# Rooms whose code is tested where it is used.
TESTED_IN: Final = {
    "model": ("model", "conform", "mix", "sound", "media", "delivery", "damage"),
    "graph": ("graph", "engine", "pacing"),
    "planning": ("planning", "engine"),
}
RENDERED: Final = tuple(f"tests/render/test_{name}.py" for name in ("pieces", "piece_reuse", "cuts", "lock"))
QUICK: Final = ("-m", "not render and not media")
TARGET: Final = 55 / 60
SECONDS: Final = 900  # for one round of tests; a mutant that needs longer hangs, and is found by that
_COMPARED: Final = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in",
    ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
_COMPUTED: Final = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*"}


@dataclass(frozen=True)
class Mutant:
    """One change: bytes `start` to `end` of a file become `text`."""

    path: str
    line: int
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
        return Mutant(path, node.lineno, offsets[node.lineno - 1] + node.col_offset, end, text)

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
    """`count` mutants: files in proportion to their number of changes."""
    paths = sorted(path for place in PLANNING for path in _files(ROOT / place))
    mutants = [
        mutant for path in paths for mutant in mutants_of(str(path.relative_to(ROOT)), path.read_bytes())
    ]
    return sorted(random.Random(seed).sample(mutants, count), key=lambda mutant: (mutant.path, mutant.start))


def _files(place: Path) -> Iterator[Path]:
    if not place.exists():
        raise FileNotFoundError(place)
    return iter([place]) if place.is_file() else place.rglob("*.py")


def rounds(path: str) -> list[list[str]]:
    """The tests for a change in `path`, the most specific first."""
    parts = Path(path).with_suffix("").parts
    room = parts[2] if parts[1] == "stages" and len(parts) > 2 else parts[1]
    own = [f"tests/{name}" for name in TESTED_IN.get(room, (room,)) if (ROOT / "tests" / name).is_dir()]
    return [[*own, "tests/golden", *QUICK], ["tests", *QUICK], list(RENDERED)]


def finder(mutant: Mutant, copy: Path) -> str | None:
    """The test that fails on a mutant; None if all pass."""
    target, source = copy / mutant.path, (ROOT / mutant.path).read_bytes()
    target.write_bytes(mutant.applied(source))
    try:
        for tests in rounds(mutant.path):
            if failed := _failed(copy, tests):
                return failed
        return None
    finally:
        target.write_bytes(source)


def _failed(copy: Path, tests: list[str]) -> str | None:
    """The first test that fails, or why no test ran to its end."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "--hypothesis-seed=0",
        "--tb=no",
    ]
    try:
        done = subprocess.run(
            [*command, *tests], cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}, timeout=SECONDS,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no end within {SECONDS} s"
    if done.returncode in (0, 5):  # 5: no tests
        return None
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return lines[0].partition(" - ")[0] if lines else done.stderr.strip()[-200:] or f"exit {done.returncode}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--list", action="store_true", help="show the mutants, and run nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    options = parser.parse_args()
    mutants = chosen(options.count, options.seed)
    if options.list:
        for number, mutant in enumerate(mutants, 1):
            _report(number, mutant, "(not run)")
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        copies = queue.SimpleQueue[Path]()
        for number in range(options.jobs):
            copies.put(_copied(Path(place) / str(number)))
        if failed := _unchanged(copies):
            print(f"{failed} fails without any fault: repair it first", file=sys.stderr)  # noqa: T201
            return 2
        with ThreadPoolExecutor(options.jobs) as pool:
            killed = 0
            for number, (mutant, by) in enumerate(pool.map(partial(_tried, copies), mutants), 1):
                killed += by is not None
                _report(number, mutant, by or "NOT FOUND")
    print(f"{killed} of {len(mutants)} found")  # noqa: T201
    return 0 if killed >= TARGET * len(mutants) else 1


def _copied(place: Path) -> Path:
    """A copy of the project in a new folder."""
    ignored = shutil.ignore_patterns(".git", ".venv*", "*.egg-info", "__pycache__", "demo")
    return Path(shutil.copytree(ROOT, place, ignore=ignored))


def _unchanged(copies: queue.SimpleQueue[Path]) -> str | None:
    """A test that fails on the project as it is: with it, every mutant would count as found."""
    copy = copies.get()
    try:
        return next(
            filter(None, (_failed(copy, tests) for tests in (["tests", *QUICK], list(RENDERED)))), None
        )
    finally:
        copies.put(copy)


def _tried(copies: queue.SimpleQueue[Path], mutant: Mutant) -> tuple[Mutant, str | None]:
    copy = copies.get()
    try:
        return mutant, finder(mutant, copy)
    finally:
        copies.put(copy)


def _report(number: int, mutant: Mutant, result: str) -> None:
    before = (ROOT / mutant.path).read_bytes()[mutant.start : mutant.end].decode()
    change = " ".join(f"{before} → {mutant.text}".split())
    print(f"{number:3} {mutant.path}:{mutant.line}  {change[:90]}  {result}", flush=True)  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main())
