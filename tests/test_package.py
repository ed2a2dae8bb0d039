"""The package as installed: complete, lazy, and one resolver for checkout and wheel."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from finish import resources

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
HEAVY = {"cv2", "av", "moviepy", "PyOpenColorIO", "numpy", "pydantic", "rich", "typer", "ffmpeg", "pysubs2"}


def test_every_package_is_listed() -> None:
    packages = {
        ".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "finish").rglob("__init__.py")
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages | {"finish.luts"}


def test_import_is_lazy() -> None:
    code = "import finish, sys; print(','.join(sorted(sys.modules)))"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        .stdout.strip()
        .split(",")
    )
    assert loaded & HEAVY == set()


def test_planning_does_not_need_the_worldly_parts() -> None:
    code = (
        "import finish.planning.stage_pipeline, finish.planning.render_plan, finish.jobspec, sys\n"
        "from finish.stages import STAGES\n"
        "print([stage.plan for stage in STAGES] and ','.join(sorted(sys.modules)))"
    )
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        .stdout.strip()
        .split(",")
    )
    assert loaded & {"cv2", "av", "moviepy", "PyOpenColorIO"} == set()


def test_every_public_name_is_there() -> None:
    import finish

    assert all(getattr(finish, name) is not None for name in finish.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        finish.nonsense  # noqa: B018


def test_help_and_values_are_readable() -> None:
    import pydoc

    import finish
    from finish.model import Job

    assert finish.__version__ == PROJECT["project"]["version"]
    assert (
        repr(Job("spring", Path("/jobs/spring"), ()))
        == "<Job 'spring' in /jobs/spring: 0 deliverables of 0 clips>"
    )
    assert "<object object" not in pydoc.render_doc(finish.Clip)


def test_shelves_are_filled() -> None:
    assert {"tiktok", "youtube"} <= set(resources.names("presets"))
    assert {"warm", "cool", "punch"} <= set(resources.names("luts")) and len(resources.names("luts")) >= 6
    assert {"clean", "boxed", "bold-pop"} <= set(resources.names("styles"))
    with pytest.raises(KeyError):
        resources.entry("luts", "../pyproject")


def test_the_product_speaks_only_of_itself() -> None:
    """Nothing that ships names a path of a machine or an undeclared package."""
    declared = {
        "PyOpenColorIO",
        "annotated_types",
        "av",
        "budoux",
        "cv2",
        "distributed",
        "faster_whisper",
        "ffmpeg",
        "fontTools",
        "c2pa",
        "cryptography",
        "finish",
        "imageio_ffmpeg",
        "manimgx_fonts",
        "moviepy",
        "numpy",
        "obstore",
        "pycaption",
        "pydantic",
        "pydantic_core",
        "pyphen",
        "pysubs2",
        "rich",
        "ruamel",
        "segno",
        "ttconv",
        "typer",
        "uharfbuzz",
        "webrtcvad",
    }
    for path in (ROOT / "finish").rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += (
                [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            )
            foreign = {name.split(".")[0] for name in names} - declared - set(sys.stdlib_module_names)
            assert not foreign, f"{path}: {foreign}"
