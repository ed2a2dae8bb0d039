"""Fragmented MP4: whether its last fragment is whole, and its own index says of the same (ISO/IEC 14496-12, 8.8 and 8.16.3)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import BinaryIO, Final

from finish.effects.containers.words import cut_off, unfinished
from finish.model import Loss

MOST: Final = 400_000   # outermost boxes; a fragment for every picture of an hour is 430,000 of them
_SIDX_BYTES: Final = 1 << 20


def losses(file: BinaryIO, size: int, top: Sequence[tuple[bytes, int, int]], *, by_ffmpeg: bool) -> list[Loss]:
    """What is missing of the fragments. FFmpeg closes a file with an index of its fragments (`mfra`); segments are not closed."""
    kinds = [kind for kind, _, _ in top]
    ends = max((end for _, _, end in top), default=0)
    for kind, at, end in top:
        if kind == b"sidx" and end <= size:
            file.seek(at)
            ends = max(ends, end + _referenced(file.read(min(end - at, _SIDX_BYTES))))
    if ends > size:
        return [cut_off(ends - size)]
    if (top and 0 < size - top[-1][2] < 8) or kinds[-1:] == [b"moof"]:
        return [cut_off()]
    segments = b"styp" in kinds or b"sidx" in kinds
    closed = b"mfra" in kinds or segments or not by_ffmpeg
    return [] if closed else [unfinished("it does not end with the index that its writer adds last")]


def _referenced(data: bytes) -> int:
    """How many bytes after it a segment index speaks of."""
    at = 20 if data[0] == 0 else 28
    first: int = struct.unpack_from(">I" if data[0] == 0 else ">Q", data, at - (4 if data[0] == 0 else 8))[0]
    count = struct.unpack_from(">H", data, at + 2)[0]
    entries: tuple[int, ...] = struct.unpack_from(f">{3 * count}I", data, at + 4)
    return first + sum(each & 0x7FFFFFFF for each in entries[::3])
