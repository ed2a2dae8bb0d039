"""`make bench`: finish and its alternatives, measured in turn in one run; the results go to RESULTS.md."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import assembly, cases, film, own_cases
from bench.ground import Ground
from bench.table import Section, machine, plain

HAND = frozenset({"a", "limit"})
ALL = ("a", "b", "limit", "quality", "c", "d", "subjects", "batch", "revision", "joints", "assembly", "film")
SECONDS, RUNS = 30, 2
SHORTEST = 3  # s: what the shortest destination takes (instagram-reels)
RESULTS = Path(__file__).parent / "RESULTS.md"


def jobs(ground: Ground, chosen: frozenset[str]) -> Mapping[str, Callable[[], list[Section]]]:
    """The jobs by name, in order; cases that share their rounds are one job."""
    table: Mapping[str, tuple[frozenset[str], Callable[[], list[Section]]]] = {
        "by hand": (HAND, lambda: cases.by_hand(ground, chosen & HAND)),
        "one file a step": (frozenset({"b"}), lambda: cases.one_file_a_step(ground)),
        "equal quality": (frozenset({"quality"}), lambda: cases.equal_quality(ground)),
        "MoviePy 2": (frozenset({"c"}), lambda: cases.beside_moviepy(ground)),
        "kinocut": (frozenset({"d"}), lambda: cases.beside_kinocut(ground)),
        "subjects": (frozenset({"subjects"}), lambda: own_cases.subjects(ground)),
        "twenty clips": (frozenset({"batch"}), lambda: own_cases.twenty(ground)),
        "joints": (frozenset({"joints"}), lambda: own_cases.seams(ground)),
        "revisions": (frozenset({"revision"}), lambda: own_cases.revision(ground)),
        "a rough cut": (frozenset({"assembly"}), lambda: assembly.rough_cut(ground)),
        "a film": (frozenset({"film"}), lambda: film.film(ground)),
    }
    return {name: job for name, (names, job) in table.items() if names & chosen}


def main() -> int:
    settings = _settings()
    chosen = frozenset(settings.only.split(","))
    root = Path(tempfile.mkdtemp(prefix="finish-bench-"))
    head = (
        "# Side by side\n\nWritten by `make bench`.\n\n"
        f"{machine(f'{settings.seconds} s of 1080p30, median of {settings.runs}')}\n"
    )
    parts, failed = [head], 0
    try:
        for name, job in jobs(Ground(root, settings.seconds, settings.runs), chosen).items():
            sys.stderr.write(f"{name} …\n")
            try:
                parts += [section.markdown() for section in job()]
            except RuntimeError as wrong:
                failed = 1
                parts.append(f"## {name}\n\nCould not be run: {wrong}\n")
            if settings.out:
                settings.out.write_text(plain("\n".join(parts), root))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    sys.stdout.write(plain("\n".join(parts), root))
    return failed


def _settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of the clips")
    parser.add_argument("--runs", type=int, default=RUNS, help="rounds, of which the median counts")
    parser.add_argument("--only", default=",".join(ALL), help=f"some of {','.join(ALL)}")
    parser.add_argument(
        "--out",
        type=Path,
        help="where to write; RESULTS.md for the whole bench at its full length, else nowhere",
    )
    settings = parser.parse_args()
    unknown = sorted(set(settings.only.split(",")) - set(ALL))
    if unknown or settings.seconds < SHORTEST or settings.runs < 1:
        parser.error(
            f"no case {', '.join(unknown)}: there are {', '.join(ALL)}"
            if unknown
            else f"at least {SHORTEST} seconds and one run"
        )
    if (
        settings.out is None
        and settings.seconds >= SECONDS
        and settings.runs >= RUNS
        and set(settings.only.split(",")) == set(ALL)
    ):
        settings.out = RESULTS
    return settings


if __name__ == "__main__":
    sys.exit(main())
