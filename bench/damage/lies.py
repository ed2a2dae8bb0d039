"""Lies of a container: tables, counters, sizes and clocks that say something else than the file holds."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random
from typing import Final

from bench.damage.harm import Make
from bench.damage.spots import Spot, asf, box, boxes, chunks, elements, klvs, packets, packs, pages, tags

_VOID: Final = b"\xec"


def put(data: bytes, at: int, value: bytes) -> bytes:
    """The same bytes with `value` at a place."""
    return data[:at] + value + data[at + len(value):]


def _u32(value: int) -> bytes:
    return struct.pack(">I", value)


# MP4 and MOV ---------------------------------------------------------------------------------------------------------------------
def in_box(path: str, offset: int, change: Callable[[int], int] | bytes) -> Make:
    """A number (32 bits) or bytes at an offset of a box's content."""
    def make(data: bytes, _: Random) -> bytes:
        at = box(data, path).body + offset
        if isinstance(change, bytes):
            return put(data, at, change)
        return put(data, at, _u32(change(struct.unpack(">I", data[at:at + 4])[0]) & 0xFFFFFFFF))

    return make


def renamed(path: str) -> Make:
    """A box that readers skip."""
    return lambda data, _: put(data, box(data, path).at + 4, b"free")


def _half(value: int) -> int:
    return value // 2


def _to(value: int) -> Callable[[int], int]:
    return lambda _: value


def _table(track: int, name: str) -> str:
    return f"moov/trak{track}/mdia/minf/stbl/{name}"


def last_chunks(track: int) -> Make:
    """The second half of a track's chunks lies behind the end of the file."""
    def make(data: bytes, _: Random) -> bytes:
        spot = box(data, _table(track, "stco"))
        count = struct.unpack(">I", data[spot.body + 4:spot.body + 8])[0]
        for number in range(count // 2, count):
            data = put(data, spot.body + 8 + 4 * number, _u32(len(data) + 5000))
        return data

    return make


def chunks_moved(track: int) -> Make:
    """Every chunk begins 999 bytes later."""
    def make(data: bytes, _: Random) -> bytes:
        spot = box(data, _table(track, "stco"))
        count = struct.unpack(">I", data[spot.body + 4:spot.body + 8])[0]
        for at in range(spot.body + 8, spot.body + 8 + 4 * count, 4):
            data = put(data, at, _u32(struct.unpack(">I", data[at:at + 4])[0] + 999))
        return data

    return make


PROGRESSIVE: Final[dict[str, Make]] = {
    "stsz-half": in_box(_table(0, "stsz"), 8, _half),
    "stsz-half-sound": in_box(_table(1, "stsz"), 8, _half),
    "stts-half": in_box(_table(0, "stts"), 8, _half),
    "stts-half-sound": in_box(_table(1, "stts"), 8, _half),
    "stts-none": in_box(_table(0, "stts"), 4, _to(0)),
    "stts-none-sound": in_box(_table(1, "stts"), 4, _to(0)),
    "stts-twice-as-slow": in_box(_table(0, "stts"), 12, lambda value: value * 2),
    "stts-huge": in_box(_table(0, "stts"), 12, _to(0x7FFFFFFF)),
    "stts-huge-sound": in_box(_table(1, "stts"), 12, _to(0x7FFFFFF0)),
    "stsc-none-sound": in_box(_table(1, "stsc"), 4, _to(0)),
    "stsc-more-in-chunk": in_box(_table(0, "stsc"), 12, _to(2)),
    "stsc-more-in-chunk-sound": in_box(_table(1, "stsc"), 12, lambda value: value + 1),
    "stco-half": in_box(_table(0, "stco"), 4, _half),
    "stco-half-sound": in_box(_table(1, "stco"), 4, _half),
    "stco-behind-end": last_chunks(0),
    "stco-behind-end-sound": last_chunks(1),
    "stco-moved": chunks_moved(0),
    "stsd-renamed-sound": renamed("moov/trak1/mdia/minf/stbl/stsd"),
    "trak-renamed-sound": renamed("moov/trak1"),
    "mdhd-timescale-0": in_box("moov/trak0/mdia/mdhd", 12, _to(0)),
    "mdhd-timescale-0-sound": in_box("moov/trak1/mdia/mdhd", 12, _to(0)),
    "mdhd-timescale-twice": in_box("moov/trak0/mdia/mdhd", 12, lambda value: value * 2),
    "mdhd-timescale-half": in_box("moov/trak0/mdia/mdhd", 12, _half),
    "mdhd-duration-half": in_box("moov/trak0/mdia/mdhd", 16, _half),
    "mdhd-duration-huge": in_box("moov/trak0/mdia/mdhd", 16, _to(0xFFFFFFF0)),
    "mvhd-timescale-0": in_box("moov/mvhd", 12, _to(0)),
    "mvhd-duration-0": in_box("moov/mvhd", 16, _to(0)),
    "elst-half": in_box("moov/trak0/edts/elst", 8, _half),
    "elst-half-sound": in_box("moov/trak1/edts/elst", 8, _half),
    "elst-later": in_box("moov/trak0/edts/elst", 12, lambda value: value + 6400),
    "elst-later-sound": in_box("moov/trak1/edts/elst", 12, lambda value: value + 24000),
    "elst-empty": in_box("moov/trak1/edts/elst", 12, _to(0xFFFFFFFF)),
    "size-65535": in_box(_table(0, "stsd"), 40, b"\xff\xff\xff\xff"),
    "size-1": in_box(_table(0, "stsd"), 40, b"\x00\x01\x00\x01"),
    "rate-0-sound": in_box(_table(1, "stsd"), 40, b"\x00\x00\x00\x00"),
    "channels-255-sound": in_box(_table(1, "stsd"), 32, b"\x00\xff"),
    "mdat-longer": lambda data, _: put(data, box(data, "mdat").at, _u32(len(data) * 2)),
    "mdat-shorter": lambda data, _: put(data, box(data, "mdat").at, _u32((box(data, "mdat").end - box(data, "mdat").at) // 2)),
    "moov-renamed": renamed("moov"),
    "metadata": in_box("moov/udta", 12, b"\x55\xaa"),
}


def _moofs(data: bytes) -> list[tuple[Spot, Spot]]:
    """Each fragment's box and its data."""
    top = [each for each in boxes(data) if "/" not in each.name and each.name in ("moof", "mdat")]
    return [(one, other) for one, other in zip(top[::2], top[1::2], strict=False) if one.name == "moof"]


def without_fragment(which: int) -> Make:
    """A fragment is gone."""
    def make(data: bytes, _: Random) -> bytes:
        one, other = _moofs(data)[which]
        return data[:one.at] + data[other.end:]

    return make


def without_moof(which: int) -> Make:
    """A fragment's index is skipped by readers; its data is still there."""
    return lambda data, _: put(data, _moofs(data)[which][0].at + 4, b"free")


def in_fragment(which: int, name: str, offset: int, change: Callable[[int], int], track: int = 0) -> Make:
    """A number (32 bits) of a fragment's box."""
    def make(data: bytes, _: Random) -> bytes:
        one, _other = _moofs(data)[which]
        found = [each for each in boxes(data, one.body, one.end, "moof") if each.name.endswith(f"/{name}")]
        at = found[track].body + offset
        return put(data, at, _u32(change(struct.unpack(">I", data[at:at + 4])[0]) & 0xFFFFFFFF))

    return make


FRAGMENTED: Final[dict[str, Make]] = {
    "moof-gone-first": without_fragment(0),
    "moof-gone-middle": without_fragment(2),
    "moof-gone-last": without_fragment(-1),
    "moof-renamed": without_moof(1),
    "mfra-gone": lambda data, _: data[:box(data, "mfra").at],
    "trun-half": in_fragment(1, "trun", 4, _half),
    "trun-half-sound": in_fragment(1, "trun", 4, _half, 1),
    "trun-data-elsewhere": in_fragment(1, "trun", 8, lambda value: value + 700),
    "tfdt-later": in_fragment(2, "tfdt", 8, lambda value: value + 25600),
    "tfhd-other-track": in_fragment(1, "tfhd", 4, _to(7), 1),
    "timescale-0": in_box("moov/trak0/mdia/mdhd", 12, _to(0)),
    "size-65535": in_box(_table(0, "stsd"), 40, b"\xff\xff\xff\xff"),
}


# Matroska and WebM ---------------------------------------------------------------------------------------------------------------
def element(name: str, change: Callable[[bytes], bytes], which: int = 0) -> Make:
    """The content of an element, of the same length."""
    def make(data: bytes, _: Random) -> bytes:
        spot = [each for each in elements(data) if each.name == name][which]
        return put(data, spot.body, change(data[spot.body:spot.end]))

    return make


def voided(name: str, which: int = 0) -> Make:
    """An element that readers skip: Void with the same length."""
    def make(data: bytes, _: Random) -> bytes:
        spot = [each for each in elements(data) if each.name == name][which]
        return _void(data, spot)

    return make


def _void(data: bytes, spot: Spot) -> bytes:
    length = spot.end - spot.at - 9
    if length < 0:
        return put(data, spot.at, _VOID + bytes([0x80 | (spot.end - spot.at - 2)]))
    return put(data, spot.at, _VOID + b"\x01" + length.to_bytes(7, "big"))


def blocks_gone(track: int, first: float, count: int) -> Make:
    """Some blocks of a track are skipped by readers."""
    def make(data: bytes, _: Random) -> bytes:
        mine = [each for each in elements(data) if _track(data, each) == track]
        start = int(len(mine) * first)
        for each in mine[start:start + count]:
            data = _void(data, each)
        return data

    return make


def _track(data: bytes, spot: Spot) -> int:
    """The track of a block, alone or in a group; -1 for what is none."""
    inner = [each for each in elements(data, spot.body, spot.end) if each.name == "A1"] if spot.name == "A0" else [spot]
    return data[inner[0].body] & 0x7F if spot.name in ("A0", "A3") and inner else -1


def _scaled(factor: float) -> Callable[[bytes], bytes]:
    return lambda value: struct.pack(">d", struct.unpack(">d", value)[0] * factor)


def _number(value: int) -> Callable[[bytes], bytes]:
    return lambda old: (value & ((1 << 8 * len(old)) - 1)).to_bytes(len(old), "big")


_BLOCKS: Final[dict[str, Make]] = {
    "picture-gone": blocks_gone(1, 0.5, 3),
    "pictures-gone-to-end": blocks_gone(1, 0.6, 10_000),
    "sound-gone": blocks_gone(2, 0.4, 5),
    "sound-gone-to-end": blocks_gone(2, 0.5, 10_000),
    "cluster-later": element("E7", lambda old: _number(int.from_bytes(old, "big") + 3000)(old), -1),
    "timestamp-scale": element("2AD7B1", _number(2_000_000)),
    "width-65535": element("B0", lambda old: b"\xff" * len(old)),
    "sound-rate-0": element("B5", lambda old: bytes(len(old))),
    "channels-255": element("9F", lambda old: b"\xff" * len(old)),
    "private-flipped": element("63A2", lambda old: old[:5] + bytes([old[5] ^ 0x41]) + old[6:]),
    "track-gone-sound": voided("AE", 1),
}
MATROSKA: Final[dict[str, Make]] = {
    **_BLOCKS,
    "duration-twice": element("4489", _scaled(2)),
    "duration-half": element("4489", _scaled(0.5)),
    "duration-gone": voided("4489"),
    "duration-huge": element("4489", _scaled(1e9)),
    "cues-gone": voided("1C53BB6B"),
    "cluster-gone": voided("1F43B675", -1),
    "cluster-broken": lambda data, _: put(data, [each for each in elements(data) if each.name == "1F43B675"][-1].at, b"\x1e"),
    "cluster-longer": lambda data, _: _sized(data, "1F43B675", 1.5),
    "cluster-shorter": lambda data, _: _sized(data, "1F43B675", 0.5),
}


def _sized(data: bytes, name: str, factor: float) -> bytes:
    """An element whose length says something else."""
    spot = [each for each in elements(data) if each.name == name][-1]
    width = spot.body - spot.at - len(bytes.fromhex(name))
    length = int((spot.end - spot.body) * factor) | 1 << 7 * width
    return put(data, spot.body - width, length.to_bytes(width, "big"))


# AVI -----------------------------------------------------------------------------------------------------------------------------
def chunk(name: str, which: int, offset: int, change: Callable[[int], int]) -> Make:
    """A number (32 bits) of a chunk's content."""
    def make(data: bytes, _: Random) -> bytes:
        at = [each for each in chunks(data) if each.name == name][which].body + offset
        return put(data, at, struct.pack("<I", change(struct.unpack("<I", data[at:at + 4])[0]) & 0xFFFFFFFF))

    return make


def chunks_gone(name: str, first: float, count: int) -> Make:
    """Some chunks are skipped by readers."""
    def make(data: bytes, _: Random) -> bytes:
        mine = [each for each in chunks(data) if each.name == name]
        start = int(len(mine) * first)
        for each in mine[start:start + count]:
            data = put(data, each.at, b"JUNK")
        return data

    return make


def sized(name: str, factor: float) -> Make:
    """A chunk or list whose length says something else."""
    def make(data: bytes, _: Random) -> bytes:
        spot = next(each for each in chunks(data) if each.name == name)
        return put(data, spot.at + 4, struct.pack("<I", int((spot.end - spot.at - 8) * factor)))

    return make


AVI: Final[dict[str, Make]] = {
    "avih-frames-half": chunk("avih", 0, 16, _half),
    "avih-frames-twice": chunk("avih", 0, 16, lambda value: value * 2),
    "strh-length-half": chunk("strh", 0, 32, _half),
    "strh-rate-twice": chunk("strh", 0, 24, lambda value: value * 2),
    "strh-scale-0": chunk("strh", 0, 20, _to(0)),
    "strh-rate-half-sound": chunk("strh", 1, 24, _half),
    "strf-width-65535": chunk("strf", 0, 4, _to(65535)),
    "strf-rate-0-sound": chunk("strf", 1, 4, _to(0)),
    "idx1-gone": chunks_gone("idx1", 0, 1),
    "idx1-half": lambda data, _: _index_half(data),
    "movi-half": sized("LIST:movi", 0.5),
    "movi-twice": sized("LIST:movi", 2),
    "riff-half": sized("RIFF:AVI ", 0.5),
    "pictures-gone": chunks_gone("00dc", 0.5, 4),
    "sound-gone": chunks_gone("01wb", 0.4, 12),
    "sound-gone-to-end": chunks_gone("01wb", 0.5, 10_000),
}


def _index_half(data: bytes) -> bytes:
    """The index names only the first half of the chunks; zeros stand for the others."""
    spot = next(each for each in chunks(data) if each.name == "idx1")
    middle = spot.body + (spot.end - spot.body) // 32 * 16
    return put(data, middle, bytes(spot.end - middle))


# Ogg -----------------------------------------------------------------------------------------------------------------------------
def pages_gone(first: float, count: int, stream: int | None = None) -> Make:
    """Some pages are gone, of all streams or of one (by number)."""
    def make(data: bytes, _: Random) -> bytes:
        found = pages(data)
        names = list(dict.fromkeys(each.name for each in found))
        mine = [each for each in found if stream is None or each.name == names[stream]]
        start = int(len(mine) * first)
        for each in reversed(mine[start:start + count]):
            data = data[:each.at] + data[each.end:]
        return data

    return make


def in_page(first: float, offset: int, mask: int) -> Make:
    """A bit of a page's header."""
    def make(data: bytes, _: Random) -> bytes:
        found = pages(data)
        spot = found[min(len(found) - 1, int(len(found) * first))]
        return put(data, spot.at + offset, bytes([data[spot.at + offset] ^ mask]))

    return make


def no_end(data: bytes, _: Random) -> bytes:
    """No page carries the flag that ends a stream, and the checksums are wrong with it: the last pages are dropped by readers."""
    for each in pages(data):
        if data[each.at + 5] & 4:
            data = put(data, each.at + 5, bytes([data[each.at + 5] & ~4]))
    return data


OGG: Final[dict[str, Make]] = {
    "page-gone": pages_gone(0.5, 1),
    "pages-gone": pages_gone(0.4, 3),
    "last-pages-gone": pages_gone(0.8, 10_000),
    "last-page-gone": pages_gone(0.999, 10_000),
    "no-end-flag": no_end,
    "page-crc": in_page(0.5, 22, 1),
    "page-granule": in_page(0.6, 8, 0x10),
    "page-number": in_page(0.6, 18, 3),
    "page-broken": in_page(0.5, 0, 0xFF),
}
OGV: Final[dict[str, Make]] = {**OGG, "picture-page-gone": pages_gone(0.6, 1, 0), "sound-pages-gone": pages_gone(0.6, 10_000, 1)}


# Transport and program streams, FLV, ASF, MXF, NUT ---------------------------------------------------------------------------------
def ts_gone(pid: int, first: float, last: float) -> Make:
    """Packets of one PID are gone between two shares of the file."""
    def make(data: bytes, _: Random) -> bytes:
        whole = packets(data)
        low, high = (int(len(whole) * each) for each in (first, last))
        return b"".join(data[each.at:each.end] for number, each in enumerate(whole)
                        if each.name != str(pid) or not low <= number < high)

    return make


def ts_packets(first: float, count: int, how: str) -> Make:
    """Packets dropped, doubled, exchanged or without their sync byte, from a share of the file on."""
    def make(data: bytes, _: Random) -> bytes:
        whole = [data[each.at:each.end] for each in packets(data)]
        at = int(len(whole) * first)
        part = whole[at:at + count]
        changed = {
            "dropped": [], "doubled": [each for each in part for _ in range(2)], "backwards": part[::-1],
            "unsynced": [b"\x00" + each[1:] for each in part], "scrambled": [each[:3] + bytes([each[3] | 0xC0]) + each[4:] for each in part],
            "error": [each[:1] + bytes([each[1] | 0x80]) + each[2:] for each in part],
        }[how]
        return b"".join((*whole[:at], *changed, *whole[at + count:]))

    return make


TS: Final[dict[str, Make]] = {
    "packet-dropped": ts_packets(0.4, 1, "dropped"),
    "packets-dropped": ts_packets(0.5, 40, "dropped"),
    "packets-doubled": ts_packets(0.5, 3, "doubled"),
    "packets-backwards": ts_packets(0.5, 9, "backwards"),
    "packets-unsynced": ts_packets(0.5, 12, "unsynced"),
    "packets-scrambled": ts_packets(0.5, 60, "scrambled"),
    "packets-error": ts_packets(0.5, 5, "error"),
    "starts-mid-gop": lambda data, _: data[:188 * 3] + data[len(data) // 9 // 188 * 188:],
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
    """Some packets, tags or keys of one name are gone."""
    def make(data: bytes, _: Random) -> bytes:
        mine = [each for each in find(data) if each.name == name]
        start = int(len(mine) * first)
        for each in reversed(mine[start:start + count]):
            data = data[:each.at] + data[each.end:]
        return data

    return make


def in_spot(find: Callable[[bytes], list[Spot]], name: str, first: float, change: tuple[int, bytes]) -> Make:
    """Bytes of a packet, tag or key, counted from its beginning."""
    def make(data: bytes, _: Random) -> bytes:
        mine = [each for each in find(data) if each.name == name]
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
    "duration-10-times": lambda data, _: put(data, data.index(b"duration") + 9, struct.pack(">d", SECONDS_TOLD * 10)),
}
SECONDS_TOLD: Final = 2.0


def asf_packets(first: float, count: int, how: str) -> Make:
    """Data packets dropped, emptied, or with another length inside."""
    def make(data: bytes, _: Random) -> bytes:
        _file, held, length = asf(data)
        at = held.body + int((held.end - held.body) // length * first) * length
        if how == "dropped":
            return data[:at] + data[at + count * length:]
        if how == "emptied":
            return put(data, at, bytes(count * length))
        return put(data, at + 5, b"\xff\xff\xff")

    return make


def asf_number(which: int, offset: int, change: Callable[[int], int]) -> Make:
    """A number (64 bits) of the file properties (0) or of the data object (1)."""
    def make(data: bytes, _: Random) -> bytes:
        at = asf(data)[which].at + offset  # type: ignore[union-attr]
        return put(data, at, struct.pack("<Q", change(struct.unpack("<Q", data[at:at + 8])[0])))

    return make


ASF: Final[dict[str, Make]] = {
    "packet-dropped": asf_packets(0.5, 1, "dropped"),
    "packets-dropped": asf_packets(0.4, 12, "dropped"),
    "packets-emptied": asf_packets(0.5, 5, "emptied"),
    "packet-length": asf_packets(0.5, 1, "length"),
    "packets-half": asf_number(0, 56, _half),
    "data-packets-half": asf_number(1, 40, _half),
    "data-half": asf_number(1, 16, _half),
    "play-twice": asf_number(0, 64, lambda value: value * 2),
    "send-half": asf_number(0, 72, _half),
}


def mxf_kind(data: bytes, picture: bool) -> str:
    """The key of the essence: item type 15 hex is picture, 16 sound; SMPTE ST 379."""
    return next(each.name for each in klvs(data) if each.name[:24] == "060e2b34010201010d010301" and each.name[24:26] == ("15" if picture else "16"))


def mxf_gone(picture: bool, first: float, count: int) -> Make:
    """Some essence elements are gone."""
    return lambda data, chance: spots_gone(klvs, mxf_kind(data, picture), first, count)(data, chance)


MXF: Final[dict[str, Make]] = {
    "pictures-gone": mxf_gone(True, 0.5, 3),
    "sound-gone": mxf_gone(False, 0.5, 5),
    "key-broken": lambda data, chance: in_spot(klvs, mxf_kind(data, True), 0.5, (0, b"\xff\xff"))(data, chance),
    "length-wrong": lambda data, chance: in_spot(klvs, mxf_kind(data, True), 0.5, (17, b"\x00\x01\x00"))(data, chance),
    "footer-gone": lambda data, _: data[:klvs(data)[-2].at],
    "duration-flipped": lambda data, _: put(data, klvs(data)[1].body + 30, b"\x7f"),
}
NUT: Final[dict[str, Make]] = {
    "sync-broken": lambda data, _: put(data, data.find(b"N\xe4\xad\xee\xca\x45\x69", len(data) // 2) + 3, b"\x00"),
    "index-gone": lambda data, _: data[:data.rfind(b"NX\xdd\x67\x2f\x23\xe6\x4e")],
}


# Music ---------------------------------------------------------------------------------------------------------------------------
WAV: Final[dict[str, Make]] = {
    "data-half": sized("data", 0.5),
    "data-twice": sized("data", 2),
    "rate-0": chunk("fmt ", 0, 4, _to(0)),
    "channels-255": lambda data, _: put(data, 22, b"\xff\x00"),
    "bits-0": lambda data, _: put(data, 34, b"\x00\x00"),
}
MP3: Final[dict[str, Make]] = {
    "frames-half": lambda data, _: put(data, (at := _info(data) + 8), _u32(struct.unpack(">I", data[at:at + 4])[0] // 2)),
    "frames-twice": lambda data, _: put(data, (at := _info(data) + 8), _u32(struct.unpack(">I", data[at:at + 4])[0] * 2)),
}
FLAC: Final[dict[str, Make]] = {
    "samples-half": lambda data, _: put(data, 22, _u32(struct.unpack(">I", data[22:26])[0] // 2)),
    "samples-twice": lambda data, _: put(data, 22, _u32(struct.unpack(">I", data[22:26])[0] * 2)),
    "rate-0": lambda data, _: put(data, 18, b"\x00\x00" + bytes([data[20] & 15])),
}
M4A: Final[dict[str, Make]] = {
    "stsz-half": in_box(_table(0, "stsz"), 8, _half),
    "stts-half": in_box(_table(0, "stts"), 8, _half),
    "stco-half": in_box(_table(0, "stco"), 4, _half),
    "timescale-0": in_box("moov/trak0/mdia/mdhd", 12, _to(0)),
    "elst-half": in_box("moov/trak0/edts/elst", 8, _half),
}


def _info(data: bytes) -> int:
    return max(data.find(b"Info"), data.find(b"Xing"))


LIES: Final[dict[str, dict[str, Make]]] = {
    "plain.mp4": PROGRESSIVE, "faststart.mp4": {name: PROGRESSIVE[name] for name in (
        "stsz-half", "stsz-half-sound", "stts-half", "stco-half-sound", "elst-half", "elst-later", "mdhd-timescale-0", "mdat-longer", "mdat-shorter")},
    "fragmented.mp4": FRAGMENTED,
    "prores.mov": {name: PROGRESSIVE[name] for name in (
        "stsz-half", "stts-half", "stts-twice-as-slow", "stco-half", "size-65535", "mdhd-timescale-0", "stts-half-sound", "stco-half-sound")},
    "hevc.mp4": {name: PROGRESSIVE[name] for name in ("stsz-half", "stts-huge", "stco-behind-end", "elst-half")},
    "plain.mkv": MATROSKA, "ffv1.mkv": {name: MATROSKA[name] for name in ("picture-gone", "sound-gone", "duration-half", "cluster-gone")},
    "vp9.webm": {name: MATROSKA[name] for name in ("pictures-gone-to-end", "sound-gone-to-end", "duration-twice", "cues-gone", "cluster-shorter")},
    "live.webm": _BLOCKS, "mpeg4.avi": AVI,
    "mjpeg.avi": {name: AVI[name] for name in ("avih-frames-half", "strh-length-half", "idx1-gone", "pictures-gone", "sound-gone-to-end", "movi-half")},
    "theora.ogv": OGV, "plain.ts": TS,
    "mpeg2.ts": {name: TS[name] for name in ("packet-dropped", "packets-dropped", "starts-mid-gop", "pat-gone-later", "sound-gone-to-end", "pictures-gone-middle")},
    "plain.mpg": PS, "h264.flv": FLV, "wmv2.wmv": ASF, "mpeg2.mxf": MXF, "mpeg4.nut": NUT,
    "music.wav": WAV, "music.mp3": MP3, "music.flac": FLAC, "music.m4a": M4A, "music.opus": OGG,
}
