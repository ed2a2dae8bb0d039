"""Which tests run which line of the planning code, and how long each test takes.

Measured once with coverage's contexts, and kept by content: by that of the code and the suite's helpers for
all, and by that of a test file for its tests. A changed test file is measured alone.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from coverage import CoverageData

from bench.mutants.suite import KEPT, ROOT, Run, copied, run

# What a test's outcome depends on, besides its own file.
_DEPENDS: Final = ("finish", "tests", "luts", "pyproject.toml")
_SETTINGS: Final = """[run]
relative_files = true
include =
  {paths}
"""


@dataclass(frozen=True)
class Covering:
    """The measured suite; tests are named by their node ids."""

    place: Path
    seconds: dict[str, float]

    @cached_property
    def _data(self) -> CoverageData:
        data = CoverageData(str(self.place / "coverage"))
        data.read()
        return data

    @cached_property
    def _by_file(self) -> dict[str, list[str]]:
        files: dict[str, list[str]] = {}
        for test in self.seconds:
            files.setdefault(test.partition("::")[0], []).append(test)
        return files

    def tests_of(self, path: str, first: int, last: int) -> set[str]:
        """The tests that run one of these lines; without any, those that run a line of the file.

        A line that runs on import has no test of its own, and neither has a folded constant.
        """
        lines = self._data.contexts_by_lineno(path)
        tests = self._named(context for line in range(first, last + 1) for context in lines.get(line, ()))
        return tests or self._named(context for contexts in lines.values() for context in contexts)

    def neighbours_of(self, tests: Iterable[str], folder: str) -> set[str]:
        """The tests that share a file with `tests`, and those of a folder."""
        files = {test.partition("::")[0] for test in tests}
        files |= {path for path in self._by_file if path.startswith(f"{folder}/")}
        return {test for path in files for test in self._by_file[path]}

    def by_speed(self, tests: Iterable[str]) -> list[str]:
        """Fast test files first, and fast tests first within a file, so that its fixtures are made once."""
        files: dict[str, list[str]] = {}
        for test in sorted(tests, key=lambda test: (self.seconds[test], test)):
            files.setdefault(test.partition("::")[0], []).append(test)
        mean = {path: sum(map(self.seconds.__getitem__, names)) / len(names) for path, names in files.items()}
        return [test for path in sorted(files, key=lambda path: (mean[path], path)) for test in files[path]]

    def _named(self, contexts: Iterable[str]) -> set[str]:
        """The tests of contexts: what a test sets up may serve every test of its file."""
        tests = set[str]()
        for context in contexts:
            test, _, phase = context.rpartition("|")
            tests |= set(self._by_file.get(test.partition("::")[0], ())) if phase == "setup" else {test}
        return tests & self.seconds.keys()


def measured(paths: Iterable[str], jobs: int) -> tuple[Covering, list[str]]:
    """The suite without media as of now, and its tests that fail without any fault: those are left out."""
    files = {str(path.relative_to(ROOT)): _digest([path]) for path in (ROOT / "tests").rglob("test_*.py")}
    others = {path for name in _DEPENDS for path in _files(ROOT / name)} - {ROOT / path for path in files}
    place = ROOT / KEPT / _digest(sorted(others))[:16]
    place.mkdir(parents=True, exist_ok=True)
    kept = _Kept.read(place)
    stale = sorted(path for path, digest in files.items() if kept.files.get(path) != digest)
    if not stale:
        return Covering(place, kept.seconds), []
    for other in (ROOT / KEPT).iterdir():
        if other != place:
            shutil.rmtree(other)
    done = _run_with_coverage(stale, paths, place, jobs)
    broken = {test.partition("::")[0] for test in done.failed}
    current = {path: digest for path, digest in files.items() if path not in stale}
    seconds = {test: time for test, time in kept.seconds.items() if test.partition("::")[0] in current}
    seconds |= {test: time for test, time in done.seconds.items() if test not in done.failed}
    current |= {path: files[path] for path in stale if path not in broken}
    _Kept(current, seconds).write(place)
    return Covering(place, seconds), list(done.failed)


def _run_with_coverage(tests: Iterable[str], paths: Iterable[str], place: Path, jobs: int) -> Run:
    """Run test files, and add the lines of `paths` that they run to what `place` keeps."""
    with tempfile.TemporaryDirectory(prefix="measured-") as scratch:
        settings = Path(scratch) / "coverage.ini"
        settings.write_text(_SETTINGS.format(paths="\n  ".join(paths)))
        options = ["-n", str(jobs), "--dist", "loadfile", "--cov", f"--cov-config={settings}"]
        options += ["--cov-append", "--cov-context=test", "--cov-report="]
        return run(copied(Path(scratch) / "copy"), [*options, *tests], COVERAGE_FILE=str(place / "coverage"))


@dataclass(frozen=True)
class _Kept:
    """What stands beside the coverage: the digests of the measured test files, and the seconds of tests."""

    files: dict[str, str]
    seconds: dict[str, float]

    @classmethod
    def read(cls, place: Path) -> _Kept:
        file = place / "tests.json"
        return cls(**json.loads(file.read_text())) if file.exists() else cls({}, {})

    def write(self, place: Path) -> None:
        (place / "tests.json").write_text(json.dumps(asdict(self)))


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for path in place.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(ROOT)} {content}\n".encode())
    return digest.hexdigest()
