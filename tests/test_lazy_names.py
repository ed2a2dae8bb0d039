"""Packages with lazy names: they list what type checkers see, and import nothing heavy."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

PACKAGES = ("finish", "finish.api", "finish.graph", "finish.jobspec", "finish.model", "finish.stages")
# Stages' settings are imported with the table of stages; what plans is imported when a clip is planned.
STAGES = tuple(
    f"finish.stages.{stage}"
    for stage in ("captions", "clean", "colour", "composite", "conform", "mix", "pacing", "reframe", "sound")
)


@pytest.mark.parametrize("package", [*PACKAGES, *STAGES])
def test_the_table_is_what_type_checkers_see(package: str) -> None:
    module = import_module(package)
    tree = ast.parse(Path(str(module.__file__)).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    stated = {
        node.module: tuple(alias.name for alias in node.names)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
    }
    assert stated == module._MODULES
    lazy = {name for names in stated.values() for name in names}
    eager = {"Settings", module.Settings.__name__, "name", "scope", "touches"} if package in STAGES else set()
    assert lazy | eager == set(module.__all__)


@pytest.mark.parametrize("package", [*PACKAGES, *STAGES])
def test_every_name_is_there(package: str) -> None:
    module = import_module(package)
    for home, names in module._MODULES.items():
        for name in names:
            assert getattr(module, name) is getattr(import_module(home), name)
            assert name in dir(module)
    with pytest.raises(AttributeError, match=f"'{package}' has no attribute 'nonsense'"):
        module.nonsense  # noqa: B018
