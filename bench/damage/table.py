"""The counts: by format, by kind, and what went wrong one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from bench.damage.cases import Found

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


def failed(found: Sequence[Found]) -> list[Found]:
    """The cases that must not be."""
    return [each for each in found if each.verdict in WRONG or not each.clear]


def text(found: Sequence[Found], seed: int, seconds: float) -> str:
    """Everything as Markdown."""
    harmed = [each for each in found if each.kind != "clean"]
    whole = [each for each in found if each.kind == "clean"]
    formats = len({each.base for each in harmed})
    parts = [
        f"# Damage\n\nSeed {seed}: {len(harmed)} mutants of {formats} clips, {len(whole)} clean clips; "
        f"{seconds:.0f} s.\n"
    ]
    parts += [
        _table("format", harmed, lambda each: each.base),
        _table("kind", harmed, lambda each: each.kind),
    ]
    planned = sum(each.planned == "silent" for each in harmed)
    parts.append(
        f"Silent already as planned: {planned}. Refusals that are not one clear line: "
        f"{sum(not each.clear for each in harmed)}. "
        f"Clean clips with a false alarm: {sum(each.verdict != 'clean' for each in whole)} of {len(whole)}.\n"
    )
    lines = [
        f"- {each.base}:{each.kind}: {each.verdict if each.verdict in WRONG else 'unclear'}; lost "
        f"{each.lost}; "
        f"evidence: {', '.join(each.evidence) or 'none'}; said: {each.said[:200]!r}"
        for each in failed(found)
    ]
    return "\n".join(parts) + "\n" + "\n".join(lines) + "\n"


def _table(head: str, found: Sequence[Found], name: Callable[[Found], str]) -> str:
    """One row a name, and one of all."""
    rows = [f"| {head} | n | {' | '.join(COLUMNS)} |", f"|---|{'--:|' * (len(COLUMNS) + 1)}"]
    for each in (*dict.fromkeys(map(name, found)), "all"):
        mine = [one for one in found if each in ("all", name(one))]
        counts = Counter(one.verdict for one in mine)
        rows.append(
            f"| {each} | {len(mine)} | {' | '.join(str(counts[column] or '') for column in COLUMNS)} |"
        )
    return "\n".join(rows) + "\n"
