"""The losses that readers of several containers find, in the same words."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from finish.model import INDEX_CUT, Loss, Whose

# A statement of length and what is there may differ by less than this (s): writers round, and count a last
# frame or not.
TOLERATED: Final = Fraction(1, 2)


def cut_off(missing: int = 0) -> Loss:
    """A file that is shorter than it says; `missing` bytes of it are not there, 0 where that is unknown."""
    much = f": {missing:,} bytes are missing" if missing > 0 else " in the middle of its data"
    return Loss("cut-off", f"the file is cut off{much}")


def unfinished(why: str) -> Loss:
    """A file that nothing shows to be cut off, but that does not end as its writer ends one."""
    return Loss(
        "unfinished", f"the file may be cut off, or its recording was interrupted: {why}", certain=False
    )


def unlikely(name: str, stated: str, part: Whose) -> Loss:
    """A number in a header that no clip has, or that is not there (""): what a reader then takes may be
    another than was meant."""
    of = "" if part == "file" else f" of its {part}"
    said = f"states {stated} as the {name}{of}" if stated else f"states no {name}{of}"
    return Loss(
        "header-number",
        f"its header {said}, which isn't possible: check the delivered file",
        part,
        certain=False,
    )


def index_cut(missing: int) -> Loss:
    """A file whose index, its last part, is cut off behind all pictures and sound."""
    return Loss(
        INDEX_CUT,
        f"the index at its end is cut off ({missing:,} bytes); all picture and sound come before it",
        certain=False,
    )
