"""The losses that readers of several containers find, in the same words."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from finish.model import Loss

# A statement of length and what is there may differ by less than this (s): writers round, and count a last frame or not.
TOLERATED: Final = Fraction(1, 2)


def cut_off(missing: int = 0) -> Loss:
    """A file that is shorter than it says; `missing` bytes of it are not there, 0 where that is unknown."""
    much = f": {missing:,} bytes of it are missing" if missing > 0 else " in the middle of its data"
    return Loss("cut-off", f"the file is cut off{much}")


def unfinished(why: str) -> Loss:
    """A file that nothing shows to be cut off, but that does not end as its writer ends one."""
    return Loss("unfinished", f"the file may be cut off, or its recording was interrupted: {why}", certain=False)
