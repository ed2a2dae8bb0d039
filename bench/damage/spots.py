"""The places of the parts in a clip's bytes, container by container.

Small readers for files that the bench's own FFmpeg wrote.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_PARENTS: Final = frozenset(
    {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mvex", b"udta"}
)
_MASTERS: Final = frozenset(
    {0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE, 0xE0, 0xE1, 0x1549A966, 0x1C53BB6B, 0xA0}
)
PACKET: Final = 188


@dataclass(frozen=True)
class Spot:
    """A named part: its bytes are `at` to `end`, and its content starts at `body`."""

    name: str
    at: int
    body: int
    end: int


def boxes(data: bytes, at: int = 0, end: int | None = None, path: str = "") -> Iterator[Spot]:
    """MP4 boxes, parents first; the name is the whole path, such as "moov/trak1/mdia/mdhd"."""
    end = len(data) if end is None else end
    tracks = 0
    while at + 8 <= end:
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = at + 8
        if length == 1:
            length, body = struct.unpack(">Q", data[at + 8 : at + 16])[0], at + 16
        stop = min(at + (length or end - at), end)
        if stop < body:
            return
        name = kind.decode("latin1")
        if kind == b"trak":
            name, tracks = f"trak{tracks}", tracks + 1
        full = f"{path}/{name}" if path else name
        yield Spot(full, at, body, stop)
        if kind in _PARENTS:
            yield from boxes(data, body, stop, full)
        at = stop


def box(data: bytes, path: str) -> Spot:
    """The first box of a path; KeyError if there is none."""
    for spot in boxes(data):
        if spot.name == path:
            return spot
    raise KeyError(path)


def elements(data: bytes, at: int = 0, end: int | None = None) -> Iterator[Spot]:
    """Matroska elements, masters first; the name is the ID in hex."""
    end = len(data) if end is None else end
    while at < end:
        number, after = _vint(data, at, keep=True)
        length, body = _vint(data, after, keep=False)
        unknown = length == (1 << 7 * (body - after)) - 1
        stop = end if unknown else min(end, body + length)
        if body > end:
            return
        yield Spot(f"{number:X}", at, body, stop)
        if number in _MASTERS:
            yield from elements(data, body, stop)
            if (
                unknown and number == 0x1F43B675
            ):  # the clusters of a live recording contain each other here: each is listed once
                return
        at = stop


def _vint(data: bytes, at: int, *, keep: bool) -> tuple[int, int]:
    first = data[at] if at < len(data) else 0xFF
    width = 9 - first.bit_length() if first else 8
    value = int.from_bytes(data[at : at + width], "big")
    return (value if keep else value & ((1 << 7 * width) - 1)), at + width


def chunks(data: bytes, at: int = 0, end: int | None = None) -> Iterator[Spot]:
    """RIFF chunks; lists are named by their type, as "LIST:movi", and come before what they hold."""
    end = len(data) if end is None else end
    while at + 8 <= end:
        kind, length = struct.unpack("<4sI", data[at : at + 8])
        stop = min(end, at + 8 + length)
        if kind in (b"RIFF", b"LIST"):
            yield Spot(f"{kind.decode()}:{data[at + 8 : at + 12].decode('latin1')}", at, at + 12, stop)
            yield from chunks(data, at + 12, stop)
        else:
            yield Spot(kind.decode("latin1"), at, at + 8, stop)
        at = stop + (stop & 1)


def pages(data: bytes) -> list[Spot]:
    """Ogg pages, named by their stream's serial number."""
    spots, at = [], 0
    while data[at : at + 4] == b"OggS":
        count = data[at + 26]
        body = at + 27 + count
        end = body + sum(data[at + 27 : body])
        spots.append(Spot(str(struct.unpack("<I", data[at + 14 : at + 18])[0]), at, body, end))
        at = end
    return spots


def packets(data: bytes) -> list[Spot]:
    """Packets of a transport stream, named by their PID."""
    return [
        Spot(str((data[at + 1] & 31) << 8 | data[at + 2]), at, at + 4, at + PACKET)
        for at in range(0, len(data) - 187, PACKET)
    ]


def tags(data: bytes) -> list[Spot]:
    """FLV tags ("8" sound, "9" picture, "18" script), with the four bytes of length that follow each."""
    spots, at = [], 13
    while at + 15 <= len(data):
        length = int.from_bytes(data[at + 1 : at + 4], "big")
        spots.append(Spot(str(data[at]), at, at + 11, min(len(data), at + 15 + length)))
        at += 15 + length
    return spots


_DATA: Final = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")  # ASF Data Object
_FILE: Final = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")  # File Properties Object


def asf(data: bytes) -> tuple[Spot, Spot, int]:
    """The file properties, the data object, and the length of a packet."""
    file, held = data.index(_FILE), data.index(_DATA)
    length = struct.unpack("<I", data[file + 92 : file + 96])[0]
    size = struct.unpack("<Q", data[held + 16 : held + 24])[0]
    return (
        Spot("file", file, file + 24, file + 104),
        Spot("data", held, held + 50, min(len(data), held + size)),
        length,
    )


def klvs(data: bytes) -> list[Spot]:
    """MXF keys, named by the key's hex digits."""
    spots, at = [], 0
    while data[at : at + 4] == b"\x06\x0e\x2b\x34":
        body = at + 17
        length = data[at + 16]
        if length & 0x80:
            body += length & 0x7F
            length = int.from_bytes(data[at + 17 : body], "big")
        spots.append(Spot(data[at : at + 16].hex(), at, body, min(len(data), body + length)))
        at = body + length
    return spots


def packs(data: bytes) -> list[Spot]:
    """PES packets of a program stream, named by their stream ID in hex ("e0" picture, "c0" sound)."""
    spots, at = [], data.find(b"\x00\x00\x01")
    while 0 <= at < len(data) - 6:
        kind = data[at + 3]
        end = (
            at + 14 + (data[at + 13] & 7)
            if kind == 0xBA
            else at + 6 + int.from_bytes(data[at + 4 : at + 6], "big")
        )
        spots.append(Spot(f"{kind:x}", at, at + 6, min(len(data), end)))
        at = data.find(b"\x00\x00\x01", end)
    return spots
