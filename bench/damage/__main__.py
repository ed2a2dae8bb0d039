"""`make fuzz`: hundreds of damaged clips of many formats, from a seed, and every clean clip.

Exits with 1 on any wrong verdict. A case is planned; a case that the plan would publish with missing parts is
finished as well, and so is a seeded tenth of the harmless ones, so that "silent" means published.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

from bench.damage.cases import CARRIER, CaseResult, Ground, Known, clean, harmed, known
from bench.damage.clips import BY_NAME, CLEAN, build
from bench.damage.mutants import Mutant, mutants
from bench.damage.table import failed, text

_READ = {base.suffix for base in CLEAN}
_SOUND = {base.suffix for base in CLEAN if base.music}
_JOBS: list[partial[CaseResult]] = []
_KNOWN: dict[str, Known] = {}


def main() -> int:
    settings = _settings()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="finish-fuzz-") as folder:
        ground = Ground(Path(folder), settings.seed)
        build(BY_NAME[CARRIER], ground.folder)
        chosen = [mutant for mutant in mutants() if settings.only in mutant.name]
        clips = [base.name for base in CLEAN if settings.only in f"{base.name}:clean"]
        others = sorted(
            path for root in settings.clips for path in root.rglob("*") if path.suffix[1:] in _READ
        )
        jobs = [
            *(partial(_harmed, ground, mutant) for mutant in chosen),
            *(partial(_clean, ground, clip) for clip in clips),
            *(partial(_other, ground, other) for other in others),
        ]
        results = list(_all(jobs, settings.jobs))
    results.sort(key=lambda result: (result.kind == "clean", result.base, result.kind))
    if settings.json:
        settings.json.write_text(json.dumps([asdict(result) for result in results], indent=1))
    sys.stdout.write(text(results, settings.seed, time.monotonic() - begun))
    return 1 if failed(results) else 0


def _all(jobs: list[partial[CaseResult]], workers: int) -> Iterator[CaseResult]:
    """The results, as they arrive; the workers are forked before anything else runs."""
    _JOBS[:] = jobs  # functions that can't be pickled exist in a forked process
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        for number, result in enumerate(pool.imap_unordered(_done, range(len(jobs))), 1):
            if result.verdict in ("silent", "alarm", "crash", "hang", "memory"):
                sys.stderr.write(
                    f"\r{result.base}:{result.kind}: {result.verdict}: {result.lost}: "
                    f"{result.message[:160]}\n"
                )
            sys.stderr.write(f"\r{number} of {len(jobs)} ")
            sys.stderr.flush()
            yield result
    sys.stderr.write("\n")


def _done(number: int) -> CaseResult:
    return _JOBS[number]()


def _harmed(ground: Ground, mutant: Mutant) -> CaseResult:
    if mutant.base not in _KNOWN:
        _KNOWN[mutant.base] = known(ground, mutant.base)
    return harmed(ground, mutant, _KNOWN[mutant.base])


def _clean(ground: Ground, name: str) -> CaseResult:
    path = ground.folder / name
    if not path.exists():
        build(BY_NAME[name], ground.folder)
    return clean(ground, path, music=BY_NAME[name].music)


def _other(ground: Ground, path: Path) -> CaseResult:
    return clean(ground, path.absolute(), music=path.suffix[1:] in _SOUND)


def _settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.damage", description=__doc__)
    parser.add_argument("--seed", type=int, default=19, help="another seed harms other places")
    parser.add_argument("--only", default="", help='part of "base:kind", as "plain.mkv" or ":cut-"')
    parser.add_argument("--json", type=Path, help="where to write every case")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="cases at once")
    parser.add_argument(
        "--clips", type=Path, nargs="*", default=[], help="folders of other clips that are whole"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
