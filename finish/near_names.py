"""Nearest-name guesses: which known names a mistyped or shortened one may mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

_GUESSES: Final = 3  # names that a hint offers
_LISTED: Final = (
    30  # names that a hint lists: no section has more keys, but a batch can have thousands of clips
)
_LONGEST: Final = 100  # characters that are compared


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name most like `word`; "" if none is near."""
    return next(iter(guesses(word, known)), "")


def guesses(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known name most like `word`, or the names that contain it as a part: `reels` gives every preset for
    reels. () if none is near."""
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in known}
    word = word[:_LONGEST].casefold()
    if word in folded:
        return (folded[word],)
    if whole := [name for fold, name in folded.items() if word in _parts(fold)]:
        return tuple(whole[:_GUESSES])
    if close := get_close_matches(word, folded, n=1):
        return (folded[close[0]],)
    parts = {part for fold in folded for part in _parts(fold)}
    near = set(get_close_matches(word, parts, n=1, cutoff=0.8))
    return tuple(name for fold, name in folded.items() if near & set(_parts(fold)))[:_GUESSES]


def choices(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown name: `did you mean "pad"? (subject, centre, pad)`. Names must be printable."""
    names = tuple(known)
    listed = ", ".join(names[:_LISTED])
    if len(names) > _LISTED:
        listed += f" and {len(names) - _LISTED} more"
    if near := guesses(word, names):
        return f"did you mean {_either(near)}? ({listed})"
    return f"use one of: {listed}" if names else "there are no names to choose from"


def _either(names: Sequence[str]) -> str:
    *before, last = (f'"{name}"' for name in names)
    return f"{', '.join(before)} or {last}" if before else last


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[^a-z0-9]+", name) if len(part) > 2]
