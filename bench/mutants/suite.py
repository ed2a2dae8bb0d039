"""Runs of tests in a copy of the project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.mutants.order import RESULT, SELECTED

ROOT: Final = Path(__file__).resolve().parents[2]
KEPT: Final = ".mutants"  # what was measured of the tests, at the top of a checkout
QUICK: Final = ("-m", "not render and not media")
HANG: Final = 45  # seconds; the slowest test without media needs a tenth, and a test that loops is a failure
_PYTEST: Final = (
    *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "bench.mutants.order"),
    *("--hypothesis-seed=0", "--tb=no", *QUICK),
)


@dataclass(frozen=True)
class Run:
    """One run of tests: seconds by test, what failed, and whether the run came to its end in time."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    ended: bool = True


def copied(place: Path) -> Path:
    """A copy of the project in a new folder."""
    ignored = shutil.ignore_patterns(".git", ".venv*", "*.egg-info", "__pycache__", "demo", ".*_cache", KEPT)
    return Path(shutil.copytree(ROOT, place, ignore=ignored))


def run(copy: Path, options: Iterable[str], seconds: float | None = None, **variables: str) -> Run:
    """Run pytest with `options`, and end it after `seconds`."""
    with tempfile.TemporaryDirectory(prefix="tests-") as scratch:
        result = Path(scratch) / "result.json"
        environment = {**os.environ, "PYTHONPATH": str(copy), RESULT: str(result), **variables}
        try:
            done = subprocess.run(
                [*_PYTEST, f"--basetemp={scratch}/tests", *options],
                cwd=copy, env=environment, timeout=seconds, capture_output=True, text=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Run(ended=False)
        if not result.exists():  # pytest itself didn't start, or was killed
            return Run(failed=(done.stderr.strip()[-200:] or f"exit {done.returncode}",))
        answer: dict[str, Any] = json.loads(result.read_text())
        return Run(answer["seconds"], tuple(answer["failed"]))


def first_failure(copy: Path, tests: Sequence[str], seconds: float) -> Run:
    """Run `tests` in their order, to the first that fails."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as selection:
        json.dump(list(tests), selection)
        selection.flush()
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        return run(copy, ["-x", f"--timeout={HANG}", *files], seconds, **{SELECTED: selection.name})
