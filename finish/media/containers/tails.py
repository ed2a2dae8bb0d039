"""Bytes after the end of a clip, in containers whose readers would take them for more of the clip.

A clip ends where its own structure ends, packet after packet from its beginning. Bytes after that don't
belong to it only if no packet of the container begins there. Otherwise the middle is damaged, or clips were
concatenated.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from finish.media.containers import flv, matroska

_MOST: Final = 1 << 24  # bytes after an end that are searched; house: no leftover is larger
_SHARE: Final = 10  # house: after a clip that states no length, at most a tenth of the file follows
_NUT_INDEX: Final = b"NX\xdd\x67\x2f\x23\xe6\x4e"
_NUT: Final = b"nut/multimedia container"
_BACKWARDS: Final = 12  # bytes at the end of a NUT index: how far back it begins, and a checksum
_LONG: Final = 4096  # bytes; a longer NUT packet has a checksum of its header
_CLUSTER: Final = b"\x1f\x43\xb6\x75"


@dataclass(frozen=True)
class Tail:
    """`more` bytes after the `end` of a clip; `sure` if the clip itself states its end. `suffix` is that of
    its container."""

    end: int
    more: int
    sure: bool
    suffix: str

    @property
    def text(self) -> str:
        """The tail in words."""
        text = f"{self.more:,} bytes after its end aren't part of the clip and are ignored"
        if self.sure:
            return text
        return f"{text}; the file states no length, so whether the clip is complete is unknown"


def tail_of(path: Path) -> Tail | None:
    """The bytes after the end of a clip; None if there are none, if they do no harm, or if they may belong to
    the clip."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(32)
        reader = next((reader for magic, reader in _READERS.items() if head.startswith(magic)), None)
        if reader is None:
            return None
        with contextlib.suppress(struct.error, ValueError, IndexError, OverflowError):
            tail = reader(file, size)
            if (
                tail is not None
                and 0 < tail.end < size
                and (tail.sure or tail.more * _SHARE <= size)
                and tail.more <= _MOST
            ):
                return tail
    return None


def _flv(file: BinaryIO, size: int) -> Tail | None:
    """The bytes after tags that follow one another, each with its length after it (Adobe FLV 10.1, E.3)."""
    stated, end, last = flv.script(file), flv.begin(file), 0
    while (tag := _tag(file, end, size)) is not None:
        end, last = tag[0], max(last, tag[1])
    file.seek(end)
    rest = file.read(_MOST)
    if any(rest[at] in flv.KINDS and _tag(file, end + at, size) for at in range(len(rest))):
        return None
    length, seconds = int(stated.get(b"filesize", 0)), stated.get(b"duration", 0.0)
    if (length and length != end) or (seconds and seconds * 1000 > last + flv.LAST_MS):
        return None
    return Tail(end, size - end, bool(length or seconds), ".flv")


def _tag(file: BinaryIO, at: int, size: int) -> tuple[int, int] | None:
    """The end of a complete tag, and its timestamp (ms); None if the tag is missing or incomplete."""
    file.seek(at)
    head = file.read(11)
    if len(head) < 11 or head[0] not in flv.KINDS or any(head[8:11]):
        return None
    end = at + 11 + int.from_bytes(head[1:4])
    if end + 4 > size:
        return None
    file.seek(end)
    if int.from_bytes(file.read(4)) != end - at:
        return None
    return end + 4, head[7] << 24 | int.from_bytes(head[4:7])


def _nut(file: BinaryIO, size: int) -> Tail | None:
    """The bytes after the index, which is written last and states its length at its beginning and end."""
    start = max(0, size - _MOST)
    file.seek(start)
    data = file.read()
    at = data.rfind(_NUT_INDEX)
    if at < 0:
        return None
    length, begin, more = 0, at + len(_NUT_INDEX), True
    while more:  # seven bits per byte; the last byte's eighth bit is 0
        length, more, begin = length << 7 | data[begin] & 0x7F, data[begin] > 0x7F, begin + 1
    end = begin + (4 if length > _LONG else 0) + length
    back = int.from_bytes(data[end - _BACKWARDS : end - 4])
    if back != end - at or _NUT in data[end:]:
        return None
    return Tail(start + end, size - start - end, True, ".nut")


def _matroska(file: BinaryIO, size: int) -> Tail | None:
    """The bytes after a segment of unknown length, as live recorders write it: it ends before the first
    element that no segment can hold."""
    end = matroska.unbounded(file, size)
    if end is None:
        return None
    file.seek(end)
    if _CLUSTER in file.read(_MOST):
        return None
    return Tail(end, size - end, False, ".mkv")


_READERS: Final[Mapping[bytes, Callable[[BinaryIO, int], Tail | None]]] = {
    b"FLV\x01": _flv,
    _NUT: _nut,
    b"\x1a\x45\xdf\xa3": _matroska,
}
