"""Edit lists of MP4 and MOV: whether they show what is there, and what they leave out (ISO/IEC 14496-12,
8.6.5 and 8.6.6)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.model import Loss, Whose

# s; writers count the delay of reordered pictures and the priming of sound in different ways, which is a few
# frames.
_TOLERATED: Final = Fraction(1, 4)
_APART: Final = Fraction(1, 2)
_MOST: Final = 100_000  # entries


@dataclass(frozen=True)
class EditList:
    """Of one track: its media's length, the length that its header states, the sum of what its edits show,
    and where the last one ends in the media (s); None where nothing is stated."""

    whose: Whose
    number: int
    media: Fraction | None
    header: Fraction | None
    shown: Fraction | None
    ends: Fraction | None


def edit(
    whose: Whose, number: int, tkhd: memoryview | None, elst: memoryview | None, clocks: tuple[int, int, int]
) -> EditList:
    """From the boxes of a track; `clocks` are the ticks a second of the movie and of the track, and its
    length in its own ticks."""
    movie, own, length = clocks
    stated = 0
    if tkhd is not None:
        stated = (
            struct.unpack_from(">Q", tkhd, 28)[0] if tkhd[0] == 1 else struct.unpack_from(">I", tkhd, 20)[0]
        )
        stated = 0 if stated in (2**32 - 1, 2**64 - 1) else stated
    entries = list(_entries(elst))
    whole = movie and all(each for each, _ in entries)
    ends = (
        [Fraction(at, own) + Fraction(lasts, movie) for lasts, at in entries if at >= 0]
        if whole and own
        else []
    )
    return EditList(
        whose,
        number,
        Fraction(length, own) if own and length else None,
        Fraction(stated, movie) if movie and stated else None,
        Fraction(sum(lasts for lasts, _ in entries), movie) if entries and whole else None,
        max(ends, default=None),
    )


def _entries(data: memoryview | None) -> Iterator[tuple[int, int]]:
    """How long each edit shows (ticks of the movie), and from when on (ticks of the track; −1: nothing)."""
    if data is None or len(data) < 8:
        return
    form, width = (">Qq", 20) if data[0] == 1 else (">Ii", 12)
    for number in range(min(struct.unpack_from(">I", data, 4)[0], _MOST, (len(data) - 8) // width)):
        yield struct.unpack_from(form, data, 8 + number * width)


def losses(edits: Sequence[EditList]) -> Iterator[Loss]:
    """Edits that contradict the rest of the index, and those that leave out the end of one track and not
    of another."""
    for each in edits:
        shown = each.media if each.shown is None else each.shown
        if (
            each.header is not None and shown is not None and each.header - shown > _TOLERATED
        ):  # good files are known that state less
            what = "media" if each.shown is None else "edit list"
            stated = f"the header of its {each.whose} states {float(each.header):.2f} s"
            text = f"{stated}, and its {what} {float(shown):.2f} s"
            yield Loss("index-length", text, each.whose, track=each.number)
        elif each.ends is not None and each.media is not None and each.ends - each.media > _TOLERATED:
            text = f"the edit list of its {each.whose} refers to more than the file holds"
            yield Loss("index-length", text, each.whose, each.media, each.ends - each.media, each.number)
    yield from _apart(edits)


def _apart(edits: Sequence[EditList]) -> Iterator[Loss]:
    tails = [
        (each, each.media - each.ends) for each in edits if each.media is not None and each.ends is not None
    ]
    least = min((tail for _, tail in tails), default=Fraction(0))
    for each, tail in tails:
        if len(tails) > 1 and tail - max(least, Fraction(0)) > _APART:
            text = f"an edit list cuts off the end of its {each.whose} only"
            yield Loss("edited-apart", text, each.whose, each.ends, tail, each.number, certain=False)


def hidden(edits: Sequence[EditList]) -> Iterator[str]:
    """What edit lists leave out of each track, in words."""
    for each in edits:
        if each.media is not None and each.shown is not None and each.media - each.shown > _APART:
            cut = float(each.media - each.shown)
            yield f"an edit list in the file cuts out {cut:.1f} s of its {each.whose}"
