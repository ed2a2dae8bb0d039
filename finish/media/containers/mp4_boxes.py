"""The facts of an MP4 or MOV file that only its box structure holds: no demuxer reports them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

_PARENTS = frozenset({b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"})
# The user type of the box that holds a C2PA manifest store (C2PA specification, "Embedding manifests into
# BMFF-based assets").
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_MOST_BOXES = 20_000  # no tool writes a file with more


@dataclass(frozen=True)
class BoxFacts:
    """Whether `moov` comes before `mdat`, whether an edit list or a C2PA manifest is present, and warnings
    about sizes."""

    faststart: bool
    edit_list: bool
    provenance: bool
    warnings: tuple[str, ...]


def read_boxes(path: Path) -> BoxFacts:
    """Walk the boxes of a file; reads headers only."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        order: list[bytes] = []
        edits, signed, warnings = False, False, []
        for count, (kind, start, end) in enumerate(_walk(file, 0, size)):
            if count > _MOST_BOXES:
                warnings.append("the box structure is implausibly large")
                break
            if end > size:
                name = kind.decode("latin1")
                warnings.append(
                    f"box {name!r} at byte {start} claims {end - size:,} bytes more than the file has"
                )
            edits = edits or kind == b"elst"
            signed = signed or (kind == b"uuid" and _user_type(file, start) == _C2PA)
            if kind in (b"moov", b"mdat"):
                order.append(kind)
    return BoxFacts(order[:1] == [b"moov"], edits, signed, tuple(warnings))


def coded(path: Path) -> tuple[bytes, ...]:
    """The codecs of the tracks: the four letters of each track's first sample description."""
    with path.open("rb") as file:
        codecs = []
        for kind, start, _ in islice(_walk(file, 0, file.seek(0, 2)), _MOST_BOXES):
            if kind == b"stsd":
                # After the box's header, version, count, and the length of the first description.
                file.seek(start + 20)
                codecs.append(file.read(4))
    return tuple(codecs)


def outermost(read: Callable[[int, int], bytes], size: int) -> Iterator[tuple[bytes, int, int]]:
    """The outermost boxes of a file: kind, where they begin, and where they end. `read` returns the bytes
    from one place to another."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > size:
            return
        length, kind, _ = _header(read(at, min(at + 16, size)), size - at)
        if length < 8:
            return
        yield kind, at, min(at + length, size)
        at += length


def _header(data: bytes, left: int) -> tuple[int, bytes, int]:
    """A box's length, its kind, and the length of its header; `left` is how many bytes remain until the
    end."""
    length, kind = struct.unpack(">I4s", data[:8].ljust(8, b"\0"))
    if length == 1:
        return struct.unpack(">Q", data[8:16].ljust(8, b"\0"))[0], kind, 16
    return length or left, kind, 8


def _user_type(file: BinaryIO, start: int) -> bytes:
    """The 16 bytes that name a `uuid` box, after a header of 8 bytes, or of 16 with a long length."""
    file.seek(start)
    header = file.read(32)
    return header[16:] if header[:4] == b"\0\0\0\1" else header[8:24]


def _walk(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    stack = [(start, end)]
    while stack:
        at, stop = stack.pop()
        if at + 8 > stop:
            continue
        file.seek(at)
        length, kind, header = _header(file.read(16), stop - at)
        if length < header:
            continue
        yield kind, at, at + length
        stack.append((at + length, stop))
        if kind in _PARENTS:
            stack.append((at + header, min(at + length, stop)))
