"""`make mutants`: how many faults in planning code does the test suite find?

The faults come from a seed. Each mutant changes one operator, number, or condition of one file in a copy of
the project. The tests that run the changed line come first, the fast ones before the slow ones; then those of
the same files and of the code's room. The first failure finds a mutant if the same tests pass without it.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from bench.mutants.covering import Covering, measured
from bench.mutants.faults import Mutant, chosen, planning_paths
from bench.mutants.suite import ROOT, copied, first_failure

TARGET: Final = 55 / 60
FIRST: Final = 8  # seconds of tests that run before the rest is even collected


@dataclass(frozen=True)
class Verdict:
    """What the tests say about a mutant: `test` fails on it, or nobody does."""

    mutant: Mutant
    test: str | None
    detail: str
    seconds: float


def folder_of(path: str) -> str:
    """The folder with the tests of a file's room."""
    parts = Path(path).with_suffix("").parts
    return f"tests/{parts[2] if parts[1] == 'stages' and len(parts) > 2 else parts[1]}"


def rounds(mutant: Mutant, suite: Covering) -> Iterator[list[str]]:
    """The tests for a mutant, in rounds: fast ones that run its line, slow ones, and neighbours."""
    covering = suite.tests_of(mutant.path, mutant.line, mutant.last)
    first, slow, total = list[str](), list[str](), 0.0
    for test in suite.by_speed(covering):
        total += suite.seconds[test]
        (first if total <= FIRST else slow).append(test)
    others = suite.neighbours_of(covering, folder_of(mutant.path)) - covering
    yield from filter(None, (first, slow, suite.by_speed(others)))


def judged(mutant: Mutant, suite: Covering, copy: Path, limit: float) -> Verdict:
    """Put the fault into `copy`, and run its tests for at most `limit` seconds."""
    started = monotonic()
    for tests in rounds(mutant, suite):
        left = tests
        while left:
            with _fault(mutant, copy):
                run = first_failure(copy, left, limit - (monotonic() - started))
            spent = monotonic() - started
            if not run.ended:
                return Verdict(mutant, None, "the time is over", spent)
            if not run.failed:
                break
            before, left = _split(run.failed[0], left)
            again = first_failure(copy, before, limit)
            if again.ended and not again.failed:
                return Verdict(mutant, run.failed[0], "", spent)
    return Verdict(mutant, None, "all tests pass", monotonic() - started)


@contextmanager
def _fault(mutant: Mutant, copy: Path) -> Iterator[None]:
    target, source = copy / mutant.path, (ROOT / mutant.path).read_bytes()
    target.write_bytes(mutant.applied(source))
    try:
        yield
    finally:
        target.write_bytes(source)


def _split(failed: str, tests: list[str]) -> tuple[list[str], list[str]]:
    """The tests up to the one that failed (a file, if it can't be collected), and those after it."""
    mine = [
        number for number, test in enumerate(tests, 1) if test == failed or test.startswith(f"{failed}::")
    ]
    end = mine[-1] if mine else len(tests)
    return tests[:end], tests[end:]


def main() -> int:
    options = _options()
    wanted = list(enumerate(chosen(options.count, options.seed), 1))
    mutants = [(number, mutant) for number, mutant in wanted if not options.only or number in options.only]
    if options.list:
        for number, mutant in mutants:
            _report(number, Verdict(mutant, None, "not run", 0))
        return 0
    started = monotonic()
    suite, broken = measured(planning_paths(), options.jobs)
    for test in broken:
        print(f"{test} fails without any fault: it is left out, repair it", file=sys.stderr)  # noqa: T201
    print(f"{len(suite.seconds)} tests measured in {monotonic() - started:.0f} s", flush=True)  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="mutants-") as place, ThreadPoolExecutor(options.jobs) as pool:
        copies = queue.SimpleQueue[Path]()
        for number in range(options.jobs):
            copies.put(copied(Path(place) / str(number)))

        def tried(mutant: Mutant) -> Verdict:
            copy = copies.get()
            try:
                return judged(mutant, suite, copy, options.seconds)
            finally:
                copies.put(copy)

        killed = 0
        for (number, _), verdict in zip(
            mutants, pool.map(tried, [mutant for _, mutant in mutants]), strict=True
        ):
            killed += verdict.test is not None
            _report(number, verdict)
    print(f"{killed} of {len(mutants)} found in {monotonic() - started:.0f} s")  # noqa: T201
    return 0 if killed >= TARGET * len(mutants) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument(
        "--only", type=int, nargs="+", help="the numbers of mutants to try, such as survivors"
    )
    parser.add_argument("--list", action="store_true", help="show the mutants, and run nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument("--seconds", type=float, default=90, help="at most, for the tests of one mutant")
    return parser.parse_args()


def _report(number: int, verdict: Verdict) -> None:
    mutant = verdict.mutant
    before = (ROOT / mutant.path).read_bytes()[mutant.start : mutant.end].decode()
    change = " ".join(f"{before} → {mutant.text}".split())
    result = f"found by {verdict.test}" if verdict.test else f"NOT FOUND: {verdict.detail}"
    text = f"{number:3} {mutant.path}:{mutant.line}  {change[:90]}  {result}  {verdict.seconds:.0f} s"
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main())
