"""The counts: by format, by kind, and each wrong case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from bench.damage.cases import CaseResult

COLUMNS: Final = (
    "refused",
    "noted",
    "known",
    "silent",
    "unknowable",
    "fine",
    "noted-harmless",
    "over-strict",
    "crash",
    "hang",
    "memory",
)
WRONG: Final = ("silent", "crash", "hang", "memory", "alarm")


def failed(results: Sequence[CaseResult]) -> list[CaseResult]:
    """The cases that must not occur."""
    return [result for result in results if result.verdict in WRONG or not result.clear]


def text(results: Sequence[CaseResult], seed: int, seconds: float) -> str:
    """The whole report as Markdown."""
    harmed = [result for result in results if result.kind != "clean"]
    whole = [result for result in results if result.kind == "clean"]
    formats = len({result.base for result in harmed})
    parts = [
        f"# Damage\n\nSeed {seed}: {len(harmed)} mutants of {formats} clips, {len(whole)} clean clips; "
        f"{seconds:.0f} s.\n"
    ]
    parts += [
        _table("format", harmed, lambda result: result.base),
        _table("kind", harmed, lambda result: result.kind),
    ]
    planned = sum(result.planned == "silent" for result in harmed)
    parts.append(
        f"Silent already as planned: {planned}. Refusals that are not one clear line: "
        f"{sum(not result.clear for result in harmed)}. "
        f"Clean clips with a false alarm: {sum(result.verdict != 'clean' for result in whole)} "
        f"of {len(whole)}.\n"
    )
    lines = [
        f"- {result.base}:{result.kind}: {result.verdict if result.verdict in WRONG else 'unclear'}; lost "
        f"{result.lost}; evidence: {', '.join(result.evidence) or 'none'}; said: {result.message[:200]!r}"
        for result in failed(results)
    ]
    return "\n".join(parts) + "\n" + "\n".join(lines) + "\n"


def _table(head: str, results: Sequence[CaseResult], name: Callable[[CaseResult], str]) -> str:
    """One row per name, and one for all."""
    rows = [f"| {head} | n | {' | '.join(COLUMNS)} |", f"|---|{'--:|' * (len(COLUMNS) + 1)}"]
    for label in (*dict.fromkeys(map(name, results)), "all"):
        mine = [one for one in results if label in ("all", name(one))]
        counts = Counter(one.verdict for one in mine)
        rows.append(
            f"| {label} | {len(mine)} | {' | '.join(str(counts[column] or '') for column in COLUMNS)} |"
        )
    return "\n".join(rows) + "\n"
