"""AVI: the sizes of its lists compared with the file's size, and the number of frames that its headers count
(Microsoft; OpenDML 1.02)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO, Final

from finish.media.containers.container_losses import cut_off, index_cut
from finish.model import ContainerClaims, Loss

_MOST: Final = 10_000  # chunks outside `movi`
_HAS_INDEX: Final = 0x10  # AVIF_HASINDEX
# Sizes from writers that can't go back to the header: then the header states nothing.
_UNKNOWN: Final = (0, 0xFFFFFFFF)
_UNFINISHED: Final = "its header states an index, but the file has none"


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """The length of the longest stream, and whether the file ends before its lists do."""
    ends, held, indexed, flags, seconds = 0, 0, False, 0, list[Fraction | None]()
    for kind, at, length in _chunks(file, 0, size):
        file.seek(at)
        if kind in (b"RIFF", b"movi") and length in _UNKNOWN:
            return ContainerClaims()
        if kind in (b"RIFF", b"movi"):
            ends = max(ends, at + length)
            # Only an index follows the last pictures.
            held = max(held, at + length if kind == b"movi" else at)
        elif kind == b"avih":
            flags = struct.unpack("<14I", file.read(56))[3]
        elif kind == b"strh":
            seconds.append(_stream(file.read(56)))
        indexed = indexed or kind in (b"idx1", b"indx")
    missing = ends - size
    losses: tuple[Loss, ...] = ()
    if missing > 0:
        losses = (cut_off(missing) if held > size or not any(seconds) else index_cut(missing),)
    elif flags & _HAS_INDEX and not indexed:
        losses = (Loss("cut-off", f"the file is cut off: {_UNFINISHED}"),)
    return ContainerClaims(max((second for second in seconds if second), default=None), losses)


def _chunks(file: BinaryIO, at: int, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk: its kind (of a list: the list's own), where its data begin, and how many bytes they take.

    Chunks in `movi` are left out.
    """
    stack, count = [(at, size)], 0
    while stack and count < _MOST:
        at, stop = stack.pop()
        if at + 8 > stop:
            continue
        file.seek(at)
        head = file.read(12)
        kind, length = struct.unpack("<4sI", head[:8])
        count += 1
        stack.append((at + 8 + length + (length & 1), stop))
        if kind not in (b"RIFF", b"LIST"):
            yield kind, at + 8, length
            continue
        inner = head[8:12]
        if inner == b"movi" or kind == b"RIFF":
            yield b"movi" if inner == b"movi" else b"RIFF", at + 8, length
        if inner != b"movi" and len(head) == 12:
            stack.append((at + 12, min(at + 8 + length, stop)))


def _stream(head: bytes) -> Fraction | None:
    """A picture stream's length (s) by its header; None for other streams, which writers count in different
    ways."""
    kind, scale, rate, length = (
        head[:4],
        *struct.unpack_from("<II", head, 20),
        struct.unpack_from("<I", head, 32)[0],
    )
    return Fraction(length * scale, rate) if kind == b"vids" and scale and rate and length else None
