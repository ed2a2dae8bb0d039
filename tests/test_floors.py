"""Imports only go down, and siblings on one floor don't know each other.

Lazy, relative, and `from finish import x` imports count.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "finish"
FLOORS = {
    "errors": 0,
    "lazy_names": 0,
    "near_names": 0,
    "units": 1,
    "resources": 1,
    "pages": 1,
    "graph": 2,
    "model": 3,
    "analysis": 4,
    "checks": 5,
    "scene": 5,
    "stages": 6,
    "jobspec": 7,
    "planning": 7,
    "storage": 7,
    "media": 8,
    "execution": 9,
    "cluster": 10,
    "corpora": 10,
    "deliver": 11,
    "engine": 12,
    "interchange": 11,
    "review": 11,
    "brand": 13,
    "_fluent": 11,
    "_setting_dicts": 10,
    "watch": 13,
    "api": 14,
    "cli": 15,
    "__main__": 16,
}
# Modules that list the rooms inside a room.
TABLES = {"finish.stages", "finish.stages.stage_order", "finish.analysis"}
# Modules that pure rooms never import: stages and analysers can't touch the world.
PURE = {"pages", "graph", "model", "analysis", "checks", "scene", "stages", "jobspec", "planning"}
WORLDLY = {"subprocess", "socket", "urllib", "http", "requests", "av", "imageio_ffmpeg", "shutil", "tempfile"}


def room(module: str) -> str:
    """`finish.stages.colour.cube` → `stages`; for stages and analysers the inner room: `stages.colour`."""
    parts = module.split(".")[1:]
    return (
        ".".join(parts[:2])
        if parts[:1] in (["stages"], ["analysis"]) and len(parts) > 1
        else (parts or ["__init__"])[0]
    )


def imports(source: str, module: str, is_package: bool) -> list[str]:
    """Every module that `source` imports, anywhere in it, as absolute dotted names."""
    names = []
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names += [
                f"{stem}.{alias.name}" if stem in ("finish", "finish.stages", "finish.analysis") else stem
                for alias in node.names
            ]
    return names


def wrong(source: str, module: str, is_package: bool = False) -> list[str]:
    """The imports of one module that break the floors."""
    mine = room(module)
    floor = FLOORS.get(mine.split(".")[0])
    bad = []
    for target in imports(source, module, is_package):
        if target.split(".")[0] in WORLDLY and mine.split(".")[0] in PURE:
            bad.append(f"{module} touches the world: {target}")
        if (target != "finish" and not target.startswith("finish.")) or floor is None:
            continue
        theirs = room(target)
        other = FLOORS.get(theirs.split(".")[0])
        inside = theirs == mine or (module in TABLES and theirs.split(".")[0] == mine.split(".")[0])
        if other is not None and not inside and (other > floor or other == floor):
            bad.append(f"{module} imports {target}")
    return bad


def modules() -> list[tuple[str, Path]]:
    def dotted(path: Path) -> str:
        return ".".join(["finish", *path.relative_to(ROOT).with_suffix("").parts]).removesuffix(".__init__")

    return [(dotted(path), path) for path in sorted(ROOT.rglob("*.py"))]


def test_imports_only_go_down() -> None:
    assert [
        line for name, path in modules() for line in wrong(path.read_text(), name, path.name == "__init__.py")
    ] == []


def test_every_module_has_a_floor() -> None:
    assert {room(name).split(".")[0] for name, _ in modules()} - set(FLOORS) - {"__init__"} == set()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("finish.units", "from finish.graph import Stream"),
        ("finish.graph.compiler", "def f():\n    from finish.stages import conform"),
        ("finish.stages.colour", "from finish import media"),
        ("finish.stages.colour", "from finish.stages import captions"),
        ("finish.stages.colour.cube", "from ..captions import fit"),
        ("finish.stages.colour", "import subprocess"),
        ("finish.analysis.faces", "import finish.execution.frame_reader"),
        ("finish.analysis.faces", "from . import shots"),
        ("finish.checks.loudness_check", "from finish.stages.sound import SoundSettings"),
        ("finish.jobspec.load", "from finish.planning.stage_pipeline import plan"),
        ("finish.planning.stage_pipeline", "import finish.engine.engine as r"),
        ("finish.engine.engine", "from finish.api import open"),
    ],
)
def test_a_wrong_import_is_found(module: str, source: str) -> None:
    assert wrong(source, module)


@pytest.mark.parametrize(
    ("module", "source", "is_package"),
    [
        ("finish.stages", "from finish.stages import conform, colour", True),
        ("finish.stages.stage_order", "from finish.stages import conform, colour", False),
        ("finish.stages.colour.cube", "from .bake import bake", False),
        ("finish.stages.colour", "from finish.stages.colour.cube import parse", True),
        ("finish.engine.engine", "from finish.planning import render_plan, stage_pipeline", False),
        ("finish.model.questions", "from finish.graph import Stream\nimport numpy", False),
    ],
)
def test_a_right_import_is_not(module: str, source: str, is_package: bool) -> None:
    assert wrong(source, module, is_package) == []
