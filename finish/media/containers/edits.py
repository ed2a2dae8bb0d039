"""Edit lists of MP4 and MOV: whether the media that they show exists, and what they leave out (ISO/IEC
14496-12, 8.6.5 and 8.6.6)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.model import Loss, Whose
from finish.model.account import in_seconds

# s; writers count the delay of reordered pictures and the priming of sound in different ways: a few frames.
_TOLERATED: Final = Fraction(1, 4)
_APART: Final = Fraction(1, 2)
_MOST: Final = 100_000  # entries


@dataclass(frozen=True)
class EditList:
    """The edit list of one track, in seconds: the length of the `media`, the length that the track `header`
    states, the `duration` of all edits together, and where the last one `ends` in the media.

    None where nothing is stated.
    """

    whose: Whose
    number: int
    media: Fraction | None
    header: Fraction | None
    duration: Fraction | None
    ends: Fraction | None


def edit_list(
    whose: Whose, number: int, tkhd: memoryview | None, elst: memoryview | None, clocks: tuple[int, int, int]
) -> EditList:
    """The edit list in the boxes of a track. `clocks` are the ticks per second of the movie and of the track,
    and the track's length in its own ticks."""
    movie, own, length = clocks
    stated = 0
    if tkhd is not None:
        stated = (
            struct.unpack_from(">Q", tkhd, 28)[0] if tkhd[0] == 1 else struct.unpack_from(">I", tkhd, 20)[0]
        )
        stated = 0 if stated in (2**32 - 1, 2**64 - 1) else stated
    entries = list(_entries(elst))
    whole = movie and all(length for length, _ in entries)
    ends = (
        [Fraction(at, own) + Fraction(length, movie) for length, at in entries if at >= 0]
        if whole and own
        else []
    )
    return EditList(
        whose,
        number,
        Fraction(length, own) if own and length else None,
        Fraction(stated, movie) if movie and stated else None,
        Fraction(sum(length for length, _ in entries), movie) if entries and whole else None,
        max(ends, default=None),
    )


def _entries(data: memoryview | None) -> Iterator[tuple[int, int]]:
    """The length of each edit (ticks of the movie), and its start in the media (ticks of the track; −1: the
    edit is empty)."""
    if data is None or len(data) < 8:
        return
    form, width = (">Qq", 20) if data[0] == 1 else (">Ii", 12)
    for number in range(min(struct.unpack_from(">I", data, 4)[0], _MOST, (len(data) - 8) // width)):
        yield struct.unpack_from(form, data, 8 + number * width)


def losses(edits: Sequence[EditList]) -> Iterator[Loss]:
    """Edits that contradict the rest of the index, and edits that leave out the end of only some tracks."""
    for edit in edits:
        length = edit.media if edit.duration is None else edit.duration
        # Good files exist whose header states less.
        if edit.header is not None and length is not None and edit.header - length > _TOLERATED:
            what = "media" if edit.duration is None else "edit list"
            stated = f"the header of its {edit.whose} states {in_seconds(edit.header)}"
            text = f"{stated}, and its {what} {in_seconds(length)}"
            yield Loss("index-length", text, edit.whose, track=edit.number)
        elif edit.ends is not None and edit.media is not None and edit.ends - edit.media > _TOLERATED:
            text = f"the edit list of its {edit.whose} refers to more than the file holds"
            yield Loss("index-length", text, edit.whose, edit.media, edit.ends - edit.media, edit.number)
    yield from _uneven_ends(edits)


def _uneven_ends(edits: Sequence[EditList]) -> Iterator[Loss]:
    """Tracks of which the edits leave out more of the end than they do of another track."""
    tails = [
        (edit, edit.media - edit.ends) for edit in edits if edit.media is not None and edit.ends is not None
    ]
    least = min((tail for _, tail in tails), default=Fraction(0))
    for edit, tail in tails:
        if len(tails) > 1 and tail - max(least, Fraction(0)) > _APART:
            text = f"an edit list cuts off the end of its {edit.whose} only"
            yield Loss("edited-apart", text, edit.whose, edit.ends, tail, edit.number, certain=False)


def hidden(edits: Sequence[EditList]) -> Iterator[str]:
    """How much edit lists leave out of each track, in words."""
    for edit in edits:
        if edit.media is not None and edit.duration is not None and edit.media - edit.duration > _APART:
            cut = float(edit.media - edit.duration)
            yield f"an edit list in the file cuts out {cut:.1f} s of its {edit.whose}"
