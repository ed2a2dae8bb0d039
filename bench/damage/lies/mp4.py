"""Lies of MP4 and MOV: sample tables, clocks, edit lists, fragments."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random
from typing import Final

from bench.damage.harm import Make
from bench.damage.lies.put import half, put, to, u32
from bench.damage.spots import Spot, box, boxes


def in_box(path: str, offset: int, change: Callable[[int], int] | bytes) -> Make:
    """A number (32 bits) or bytes at an offset of a box's content."""

    def make(data: bytes, _: Random) -> bytes:
        at = box(data, path).body + offset
        if isinstance(change, bytes):
            return put(data, at, change)
        return put(data, at, u32(change(struct.unpack(">I", data[at : at + 4])[0]) & 0xFFFFFFFF))

    return make


def renamed(path: str) -> Make:
    """Make readers skip a box."""
    return lambda data, _: put(data, box(data, path).at + 4, b"free")


def _table(track: int, name: str) -> str:
    return f"moov/trak{track}/mdia/minf/stbl/{name}"


def last_chunks(track: int) -> Make:
    """Put the second half of a track's chunks behind the end of the file."""

    def make(data: bytes, _: Random) -> bytes:
        spot = box(data, _table(track, "stco"))
        count = struct.unpack(">I", data[spot.body + 4 : spot.body + 8])[0]
        for number in range(count // 2, count):
            data = put(data, spot.body + 8 + 4 * number, u32(len(data) + 5000))
        return data

    return make


def chunks_moved(track: int) -> Make:
    """Every chunk begins 999 bytes later."""

    def make(data: bytes, _: Random) -> bytes:
        spot = box(data, _table(track, "stco"))
        count = struct.unpack(">I", data[spot.body + 4 : spot.body + 8])[0]
        for at in range(spot.body + 8, spot.body + 8 + 4 * count, 4):
            data = put(data, at, u32(struct.unpack(">I", data[at : at + 4])[0] + 999))
        return data

    return make


PROGRESSIVE: Final[dict[str, Make]] = {
    "stsz-half": in_box(_table(0, "stsz"), 8, half),
    "stsz-half-sound": in_box(_table(1, "stsz"), 8, half),
    "stts-half": in_box(_table(0, "stts"), 8, half),
    "stts-half-sound": in_box(_table(1, "stts"), 8, half),
    "stts-none": in_box(_table(0, "stts"), 4, to(0)),
    "stts-none-sound": in_box(_table(1, "stts"), 4, to(0)),
    "stts-twice-as-slow": in_box(_table(0, "stts"), 12, lambda value: value * 2),
    "stts-huge": in_box(_table(0, "stts"), 12, to(0x7FFFFFFF)),
    "stts-huge-sound": in_box(_table(1, "stts"), 12, to(0x7FFFFFF0)),
    "stsc-none-sound": in_box(_table(1, "stsc"), 4, to(0)),
    "stsc-more-in-chunk": in_box(_table(0, "stsc"), 12, to(2)),
    "stsc-more-in-chunk-sound": in_box(_table(1, "stsc"), 12, lambda value: value + 1),
    "stco-half": in_box(_table(0, "stco"), 4, half),
    "stco-half-sound": in_box(_table(1, "stco"), 4, half),
    "stco-behind-end": last_chunks(0),
    "stco-behind-end-sound": last_chunks(1),
    "stco-moved": chunks_moved(0),
    "stsd-renamed-sound": renamed("moov/trak1/mdia/minf/stbl/stsd"),
    "trak-renamed-sound": renamed("moov/trak1"),
    "mdhd-timescale-0": in_box("moov/trak0/mdia/mdhd", 12, to(0)),
    "mdhd-timescale-0-sound": in_box("moov/trak1/mdia/mdhd", 12, to(0)),
    "mdhd-timescale-twice": in_box("moov/trak0/mdia/mdhd", 12, lambda value: value * 2),
    "mdhd-timescale-half": in_box("moov/trak0/mdia/mdhd", 12, half),
    "mdhd-duration-half": in_box("moov/trak0/mdia/mdhd", 16, half),
    "mdhd-duration-huge": in_box("moov/trak0/mdia/mdhd", 16, to(0xFFFFFFF0)),
    "mvhd-timescale-0": in_box("moov/mvhd", 12, to(0)),
    "mvhd-duration-0": in_box("moov/mvhd", 16, to(0)),
    "elst-half": in_box("moov/trak0/edts/elst", 8, half),
    "elst-half-sound": in_box("moov/trak1/edts/elst", 8, half),
    "elst-later": in_box("moov/trak0/edts/elst", 12, lambda value: value + 6400),
    "elst-later-sound": in_box("moov/trak1/edts/elst", 12, lambda value: value + 24000),
    "elst-empty": in_box("moov/trak1/edts/elst", 12, to(0xFFFFFFFF)),
    "size-65535": in_box(_table(0, "stsd"), 40, b"\xff\xff\xff\xff"),
    "size-1": in_box(_table(0, "stsd"), 40, b"\x00\x01\x00\x01"),
    "rate-0-sound": in_box(_table(1, "stsd"), 40, b"\x00\x00\x00\x00"),
    "channels-255-sound": in_box(_table(1, "stsd"), 32, b"\x00\xff"),
    "mdat-longer": lambda data, _: put(data, box(data, "mdat").at, u32(len(data) * 2)),
    "mdat-shorter": lambda data, _: put(
        data, box(data, "mdat").at, u32((box(data, "mdat").end - box(data, "mdat").at) // 2)
    ),
    "moov-renamed": renamed("moov"),
    "metadata": in_box("moov/udta", 12, b"\x55\xaa"),
}


def _moofs(data: bytes) -> list[tuple[Spot, Spot]]:
    """Each fragment's box with its data."""
    top = [spot for spot in boxes(data) if "/" not in spot.name and spot.name in ("moof", "mdat")]
    return [(one, other) for one, other in zip(top[::2], top[1::2], strict=False) if one.name == "moof"]


def without_fragment(which: int) -> Make:
    """Remove a fragment."""

    def make(data: bytes, _: Random) -> bytes:
        one, other = _moofs(data)[which]
        return data[: one.at] + data[other.end :]

    return make


def without_moof(which: int) -> Make:
    """Make readers skip a fragment's index; its data remains."""
    return lambda data, _: put(data, _moofs(data)[which][0].at + 4, b"free")


def in_fragment(which: int, name: str, offset: int, change: Callable[[int], int], track: int = 0) -> Make:
    """A number (32 bits) of a fragment's box."""

    def make(data: bytes, _: Random) -> bytes:
        one, _other = _moofs(data)[which]
        spots = [spot for spot in boxes(data, one.body, one.end, "moof") if spot.name.endswith(f"/{name}")]
        at = spots[track].body + offset
        return put(data, at, u32(change(struct.unpack(">I", data[at : at + 4])[0]) & 0xFFFFFFFF))

    return make


FRAGMENTED: Final[dict[str, Make]] = {
    "moof-gone-first": without_fragment(0),
    "moof-gone-middle": without_fragment(2),
    "moof-gone-last": without_fragment(-1),
    "moof-renamed": without_moof(1),
    "mfra-gone": lambda data, _: data[: box(data, "mfra").at],
    "trun-half": in_fragment(1, "trun", 4, half),
    "trun-half-sound": in_fragment(1, "trun", 4, half, 1),
    "trun-data-elsewhere": in_fragment(1, "trun", 8, lambda value: value + 700),
    "tfdt-later": in_fragment(2, "tfdt", 8, lambda value: value + 25600),
    "tfhd-other-track": in_fragment(1, "tfhd", 4, to(7), 1),
    "timescale-0": in_box("moov/trak0/mdia/mdhd", 12, to(0)),
    "size-65535": in_box(_table(0, "stsd"), 40, b"\xff\xff\xff\xff"),
}


M4A: Final[dict[str, Make]] = {
    "stsz-half": in_box(_table(0, "stsz"), 8, half),
    "stts-half": in_box(_table(0, "stts"), 8, half),
    "stco-half": in_box(_table(0, "stco"), 4, half),
    "timescale-0": in_box("moov/trak0/mdia/mdhd", 12, to(0)),
    "elst-half": in_box("moov/trak0/edts/elst", 8, half),
}
