"""Sets of byte ranges, each from its first byte to before its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from finish.storage.download_cache import Range


def joined(ranges: Iterable[Range], gap: int = 0) -> list[Range]:
    """Ranges in order; those that touch, or have at most `gap` bytes between them, become one."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start - merged[-1][1] <= gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > start:
            merged.append((start, end))
    return merged


def without(ranges: Iterable[Range], others: Sequence[Range]) -> list[Range]:
    """What `ranges` cover and `others`, which are in order, don't."""
    rest: list[Range] = []
    for start, end in ranges:
        at = start
        for other_start, other_end in others:
            if other_end <= at or other_start >= end:
                continue
            if other_start > at:
                rest.append((at, other_start))
            at = max(at, other_end)
        if at < end:
            rest.append((at, end))
    return rest
