"""Lies of transport and program streams, FLV, ASF, MXF and NUT."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random
from typing import Final

from bench.damage.harm import Make
from bench.damage.lies.put import half, put
from bench.damage.spots import Spot, asf, klvs, packets, packs, tags


def ts_gone(pid: int, first: float, last: float) -> Make:
    """Remove the packets of one PID between two shares of the file."""

    def make(data: bytes, _: Random) -> bytes:
        whole = packets(data)
        low, high = (int(len(whole) * packet) for packet in (first, last))
        return b"".join(
            data[packet.at : packet.end]
            for number, packet in enumerate(whole)
            if packet.name != str(pid) or not low <= number < high
        )

    return make


def ts_packets(first: float, count: int, how: str) -> Make:
    """Packets dropped, doubled, swapped, or without their sync byte, from a share of the file on."""

    def make(data: bytes, _: Random) -> bytes:
        whole = [data[packet.at : packet.end] for packet in packets(data)]
        at = int(len(whole) * first)
        part = whole[at : at + count]
        changed = {
            "dropped": [],
            "doubled": [unit for unit in part for _ in range(2)],
            "backwards": part[::-1],
            "unsynced": [b"\x00" + unit[1:] for unit in part],
            "scrambled": [unit[:3] + bytes([unit[3] | 0xC0]) + unit[4:] for unit in part],
            "error": [unit[:1] + bytes([unit[1] | 0x80]) + unit[2:] for unit in part],
        }[how]
        return b"".join((*whole[:at], *changed, *whole[at + count :]))

    return make


TS: Final[dict[str, Make]] = {
    "packet-dropped": ts_packets(0.4, 1, "dropped"),
    "packets-dropped": ts_packets(0.5, 40, "dropped"),
    "packets-doubled": ts_packets(0.5, 3, "doubled"),
    "packets-backwards": ts_packets(0.5, 9, "backwards"),
    "packets-unsynced": ts_packets(0.5, 12, "unsynced"),
    "packets-scrambled": ts_packets(0.5, 60, "scrambled"),
    "packets-error": ts_packets(0.5, 5, "error"),
    "starts-mid-gop": lambda data, _: data[: 188 * 3] + data[len(data) // 9 // 188 * 188 :],
    "pat-gone": ts_gone(0, 0, 1),
    "pat-gone-later": ts_gone(0, 0.1, 1),
    "pmt-gone": ts_gone(4096, 0, 1),
    "pmt-gone-later": ts_gone(4096, 0.1, 1),
    "sound-gone-to-end": ts_gone(257, 0.5, 1),
    "sound-gone-middle": ts_gone(257, 0.4, 0.6),
    "pictures-gone-to-end": ts_gone(256, 0.5, 1),
    "pictures-gone-middle": ts_gone(256, 0.4, 0.6),
}


def spots_gone(find: Callable[[bytes], list[Spot]], name: str, first: float, count: int) -> Make:
    """Remove some packets, tags, or keys of one name."""

    def make(data: bytes, _: Random) -> bytes:
        mine = [spot for spot in find(data) if spot.name == name]
        start = int(len(mine) * first)
        for spot in reversed(mine[start : start + count]):
            data = data[: spot.at] + data[spot.end :]
        return data

    return make


def in_spot(find: Callable[[bytes], list[Spot]], name: str, first: float, change: tuple[int, bytes]) -> Make:
    """Replace bytes of a packet, tag, or key, counted from its start."""

    def make(data: bytes, _: Random) -> bytes:
        mine = [spot for spot in find(data) if spot.name == name]
        return put(data, mine[min(len(mine) - 1, int(len(mine) * first))].at + change[0], change[1])

    return make


PS: Final[dict[str, Make]] = {
    "picture-packets-gone": spots_gone(packs, "e0", 0.5, 6),
    "pictures-gone-to-end": spots_gone(packs, "e0", 0.6, 10_000),
    "sound-packets-gone": spots_gone(packs, "c0", 0.4, 3),
    "sound-gone-to-end": spots_gone(packs, "c0", 0.5, 10_000),
    "pack-broken": in_spot(packs, "ba", 0.5, (0, b"\xff\xff\xff\xff")),
    "packet-length": in_spot(packs, "e0", 0.5, (4, b"\x00\x10")),
}
FLV: Final[dict[str, Make]] = {
    "picture-gone": spots_gone(tags, "9", 0.5, 1),
    "pictures-gone-to-end": spots_gone(tags, "9", 0.6, 10_000),
    "sound-gone": spots_gone(tags, "8", 0.4, 6),
    "sound-gone-to-end": spots_gone(tags, "8", 0.5, 10_000),
    "header-gone": spots_gone(tags, "9", 0, 1),
    "sound-header-gone": spots_gone(tags, "8", 0, 1),
    "script-gone": spots_gone(tags, "18", 0, 1),
    "tag-longer": in_spot(tags, "9", 0.5, (1, b"\x00\xff\xff")),
    "tag-later": in_spot(tags, "9", 0.5, (4, b"\x7f\xff\xff")),
    "no-sound-flag": lambda data, _: put(data, 4, b"\x01"),
    "duration-10-times": lambda data, _: put(
        data, data.index(b"duration") + 9, struct.pack(">d", SECONDS_TOLD * 10)
    ),
}
SECONDS_TOLD: Final = 2.0


def asf_packets(first: float, count: int, how: str) -> Make:
    """Data packets dropped, emptied, or with a wrong length inside."""

    def make(data: bytes, _: Random) -> bytes:
        _file, held, length = asf(data)
        at = held.body + int((held.end - held.body) // length * first) * length
        if how == "dropped":
            return data[:at] + data[at + count * length :]
        if how == "emptied":
            return put(data, at, bytes(count * length))
        return put(data, at + 5, b"\xff\xff\xff")

    return make


def asf_number(which: int, offset: int, change: Callable[[int], int]) -> Make:
    """A 64-bit number of the file properties (0) or of the data object (1)."""

    def make(data: bytes, _: Random) -> bytes:
        at = asf(data)[which].at + offset  # type: ignore[union-attr]
        return put(data, at, struct.pack("<Q", change(struct.unpack("<Q", data[at : at + 8])[0])))

    return make


ASF: Final[dict[str, Make]] = {
    "packet-dropped": asf_packets(0.5, 1, "dropped"),
    "packets-dropped": asf_packets(0.4, 12, "dropped"),
    "packets-emptied": asf_packets(0.5, 5, "emptied"),
    "packet-length": asf_packets(0.5, 1, "length"),
    "packets-half": asf_number(0, 56, half),
    "data-packets-half": asf_number(1, 40, half),
    "data-half": asf_number(1, 16, half),
    "play-twice": asf_number(0, 64, lambda value: value * 2),
    "send-half": asf_number(0, 72, half),
}


def mxf_kind(data: bytes, picture: bool) -> str:
    """The key of the essence: item type 15 hex is picture, 16 is sound (SMPTE ST 379)."""
    prefix = "060e2b34010201010d010301" + ("15" if picture else "16")
    return next(klv.name for klv in klvs(data) if klv.name.startswith(prefix))


def mxf_gone(picture: bool, first: float, count: int) -> Make:
    """Remove some essence elements."""
    return lambda data, chance: spots_gone(klvs, mxf_kind(data, picture), first, count)(data, chance)


MXF: Final[dict[str, Make]] = {
    "pictures-gone": mxf_gone(True, 0.5, 3),
    "sound-gone": mxf_gone(False, 0.5, 5),
    "key-broken": lambda data, chance: in_spot(klvs, mxf_kind(data, True), 0.5, (0, b"\xff\xff"))(
        data, chance
    ),
    "length-wrong": lambda data, chance: in_spot(klvs, mxf_kind(data, True), 0.5, (17, b"\x00\x01\x00"))(
        data, chance
    ),
    "footer-gone": lambda data, _: data[: klvs(data)[-2].at],
    "duration-flipped": lambda data, _: put(data, klvs(data)[1].body + 30, b"\x7f"),
}
NUT: Final[dict[str, Make]] = {
    "sync-broken": lambda data, _: put(
        data, data.find(b"N\xe4\xad\xee\xca\x45\x69", len(data) // 2) + 3, b"\x00"
    ),
    "index-gone": lambda data, _: data[: data.rfind(b"NX\xdd\x67\x2f\x23\xe6\x4e")],
}
