"""The facts of an MP4 or MOV file that lie in its box structure and that no demuxer tells."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_PARENTS = frozenset({b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"})
_MOST_BOXES = 20_000  # a file with more is not one that any tool writes


@dataclass(frozen=True)
class Boxes:
    """Whether `moov` stands before `mdat`, whether an edit list is present, and what is wrong with the sizes."""

    faststart: bool
    edit_list: bool
    warnings: tuple[str, ...]


def read_boxes(path: Path) -> Boxes:
    """Walk the boxes of a file; reads headers only."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        order: list[bytes] = []
        edits, warnings = False, []
        for count, (kind, start, end) in enumerate(_walk(file, 0, size)):
            if count > _MOST_BOXES:
                warnings.append("the box structure is too large to be real")
                break
            if end > size:
                name = kind.decode("latin1")
                warnings.append(f"box {name!r} at byte {start} claims {end - size:,} bytes more than the file has")
            edits = edits or kind == b"elst"
            if kind in (b"moov", b"mdat"):
                order.append(kind)
    return Boxes(order[:1] == [b"moov"], edits, tuple(warnings))


def _walk(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    stack = [(start, end)]
    while stack:
        at, stop = stack.pop()
        if at + 8 > stop:
            continue
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8).ljust(8, b"\0"))
        header = 8
        if length == 1:
            length, header = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))[0], 16
        if length == 0:
            length = stop - at
        if length < header:
            continue
        yield kind, at, at + length
        stack.append((at + length, stop))
        if kind in _PARENTS:
            stack.append((at + header, min(at + length, stop)))
