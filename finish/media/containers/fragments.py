"""Fragmented MP4: whether every fragment that its indexes name is present and complete (ISO/IEC 14496-12, 8.8
and 8.16.3)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import BinaryIO, Final

from finish.media.containers.container_losses import cut_off, index_cut, unfinished
from finish.model import Loss

MOST: Final = 400_000  # outermost boxes; one fragment per picture makes 430,000 of them in an hour
_BOX_BYTES: Final = 1 << 22
_OFFSET, _FIRST, _DURATION, _SIZE, _FLAGS, _COMPOSITION = 1, 4, 0x100, 0x200, 0x400, 0x800  # flags of `trun`
# Flags of `tfhd` for fields before the default size, and the bytes of each field.
_TRACK: Final = ((1, 8), (2, 4), (8, 4))
_DEFAULT_SIZE: Final = 0x10

Top = Sequence[tuple[bytes, int, int]]  # the outermost boxes: kind, where their data begin, where they end


def losses(file: BinaryIO, size: int, top: Top, *, by_ffmpeg: bool, indexed: int) -> list[Loss]:
    """Fragments that are missing or incomplete. `indexed` is how many bytes of media the index in `moov`
    claims, before the first fragment.

    FFmpeg ends a file with an index of its fragments (`mfra`); segments have none.
    """
    kinds = [kind for kind, _, _ in top]
    ends = max((end for _, _, end in top), default=0)
    for kind, at, end in top:
        if kind == b"sidx" and end <= size:
            ends = max(ends, end + _referenced(_read(file, at, end)))
    if ends > size and (kinds[-1:] != [b"mfra"] or ends > top[-1][2]):
        return [cut_off(ends - size)]
    if (top and 0 < size - top[-1][2] < 8) or kinds[-1:] == [b"moof"]:
        return [cut_off()]
    segments = b"styp" in kinds or b"sidx" in kinds
    closed = b"mfra" in kinds or segments or not by_ffmpeg
    open_ended = [] if closed else [unfinished("it lacks the index that is written last")]
    cut = [index_cut(ends - size)] if ends > size else []
    return [*_missing(file, top), *_unclaimed(file, top, indexed), *open_ended, *cut]


def _read(file: BinaryIO, at: int, end: int) -> bytes:
    file.seek(at)
    return file.read(min(end - at, _BOX_BYTES))


def _referenced(data: bytes) -> int:
    """How many bytes after itself a segment index refers to."""
    at = 20 if data[0] == 0 else 28
    first: int = struct.unpack_from(">I" if data[0] == 0 else ">Q", data, at - (4 if data[0] == 0 else 8))[0]
    count = struct.unpack_from(">H", data, at + 2)[0]
    entries: tuple[int, ...] = struct.unpack_from(f">{3 * count}I", data, at + 4)
    return first + sum(entry & 0x7FFFFFFF for entry in entries[::3])


def _missing(file: BinaryIO, top: Top) -> Iterator[Loss]:
    """Fragments that the index at the end names, and that aren't in their places."""
    present = {at - 8 for kind, at, _ in top if kind == b"moof"}
    named: set[int] = set()
    for kind, at, end in top:
        if kind == b"mfra":
            for inner, data in _boxes(_read(file, at, end)):
                named |= _places(data) if inner == b"tfra" else set()
    lost = len(named - present)
    if lost:
        yield Loss("fragments-missing", f"{lost:,} of its {len(named):,} fragments are missing")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < 8:
            return
        yield kind, data[at + 8 : at + length]
        at += length


def _places(tfra: bytes) -> set[int]:
    """The bytes at which fragments begin, by the random access index of one track."""
    lengths, count = struct.unpack_from(">II", tfra, 8)
    width = 16 if tfra[0] == 1 else 8
    step = width + sum((lengths >> shift & 3) + 1 for shift in (4, 2, 0))
    count = min(count, (len(tfra) - 16) // step)
    form = ">Q" if tfra[0] == 1 else ">I"
    return {struct.unpack_from(form, tfra, 16 + number * step + width // 2)[0] for number in range(count)}


def _unclaimed(file: BinaryIO, top: Top, indexed: int) -> Iterator[Loss]:
    """Media of fragments that isn't in their own indexes."""
    rest = total = 0
    for (kind, at, end), (following, begin, stop) in pairwise(top):
        if kind == b"moof" and following == b"mdat":
            claimed = _claimed(_read(file, at, end))
            total += stop - begin
            rest += 0 if claimed is None else max(0, stop - begin - claimed)
    orphans = sum(
        end - at
        for (before, _, _), (kind, at, end) in pairwise(top)
        if kind == b"mdat" and before not in (b"moof", b"mdat")
    )
    orphans = max(0, orphans - indexed)
    if rest * 100 > total or orphans * 100 > total + orphans:
        yield Loss(
            "media-unclaimed",
            f"{rest + orphans:,} of {total + orphans:,} bytes of its media aren't in any fragment's index",
        )


def _claimed(moof: bytes) -> int | None:
    """How many bytes the samples of a fragment take; None if some sizes are stated elsewhere."""
    total = 0
    for kind, traf in _boxes(moof):
        if kind == b"traf":
            inner = list(_boxes(traf))
            default = next((_default(data) for name, data in inner if name == b"tfhd"), None)
            for size in (_run(data, default) for name, data in inner if name == b"trun"):
                if size is None:
                    return None
                total += size
    return total


def _default(tfhd: bytes) -> int | None:
    """The default size (bytes) of the samples of a fragment; None if there is none."""
    flags = int.from_bytes(tfhd[1:4])
    at = 8 + sum(width for flag, width in _TRACK if flags & flag)
    return int(struct.unpack_from(">I", tfhd, at)[0]) if flags & _DEFAULT_SIZE else None


def _run(trun: bytes, default: int | None) -> int | None:
    """How many bytes the samples of a run take; None if their size is unknown."""
    flags, count = int.from_bytes(trun[1:4]), struct.unpack_from(">I", trun, 4)[0]
    if not flags & _SIZE:
        return None if default is None else count * default
    at = 8 + sum(4 for flag in (_OFFSET, _FIRST) if flags & flag)
    step = 4 * sum(1 for flag in (_DURATION, _SIZE, _FLAGS, _COMPOSITION) if flags & flag)
    first = at + (4 if flags & _DURATION else 0)
    places = range(first, first + step * min(count, (len(trun) - at) // step), step)
    return sum(int.from_bytes(trun[place : place + 4]) for place in places)
