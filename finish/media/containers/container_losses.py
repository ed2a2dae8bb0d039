"""The losses that readers of several containers report in the same words."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from finish.model import INDEX_CUT, Loss, Whose

# s by which a stated length may differ from the content: writers round, and not all count the last frame.
TOLERATED: Final = Fraction(1, 2)


def cut_off(missing: int = 0) -> Loss:
    """A file that is shorter than it states, by `missing` bytes (0: unknown)."""
    much = f": {missing:,} bytes are missing" if missing > 0 else " in the middle of its data"
    return Loss("cut-off", f"the file is cut off{much}")


def unfinished(why: str) -> Loss:
    """A file that isn't certainly cut off, but doesn't end as its writer ends a file."""
    return Loss(
        "unfinished", f"the file may be cut off, or its recording was interrupted: {why}", certain=False
    )


def unlikely(name: str, stated: str, part: Whose) -> Loss:
    """A number in a header that no clip can have, or that is missing (""): readers then assume a number that
    the writer may not have meant."""
    of = "" if part == "file" else f" of its {part}"
    claim = f"states {stated} as the {name}{of}" if stated else f"states no {name}{of}"
    return Loss(
        "header-number",
        f"its header {claim}, which isn't possible: check the delivered file",
        part,
        certain=False,
    )


def index_cut(missing: int) -> Loss:
    """A file whose index, which follows all pictures and sound, is cut off."""
    return Loss(
        INDEX_CUT,
        f"the index at its end is cut off ({missing:,} bytes); all picture and sound come before it",
        certain=False,
    )
