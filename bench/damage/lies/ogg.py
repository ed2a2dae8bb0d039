"""Lies of Ogg, MP3 and FLAC: pages, checksums, counters."""

from __future__ import annotations

import struct
from random import Random
from typing import Final

from bench.damage.harm import Make
from bench.damage.lies.put import put, u32
from bench.damage.spots import pages


def pages_gone(first: float, count: int, stream: int | None = None) -> Make:
    """Remove some pages, of all streams or of one (by number)."""

    def make(data: bytes, _: Random) -> bytes:
        all_pages = pages(data)
        names = list(dict.fromkeys(page.name for page in all_pages))
        mine = [page for page in all_pages if stream is None or page.name == names[stream]]
        start = int(len(mine) * first)
        for page in reversed(mine[start : start + count]):
            data = data[: page.at] + data[page.end :]
        return data

    return make


def in_page(first: float, offset: int, mask: int) -> Make:
    """Flip a bit of a page's header."""

    def make(data: bytes, _: Random) -> bytes:
        all_pages = pages(data)
        spot = all_pages[min(len(all_pages) - 1, int(len(all_pages) * first))]
        return put(data, spot.at + offset, bytes([data[spot.at + offset] ^ mask]))

    return make


def no_end(data: bytes, _: Random) -> bytes:
    """Clear the end-of-stream flag of every page; its wrong checksum makes readers drop the last pages."""
    for page in pages(data):
        if data[page.at + 5] & 4:
            data = put(data, page.at + 5, bytes([data[page.at + 5] & ~4]))
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
OGV: Final[dict[str, Make]] = {
    **OGG,
    "picture-page-gone": pages_gone(0.6, 1, 0),
    "sound-pages-gone": pages_gone(0.6, 10_000, 1),
}


MP3: Final[dict[str, Make]] = {
    "frames-half": lambda data, _: put(
        data, (at := _info(data) + 8), u32(struct.unpack(">I", data[at : at + 4])[0] // 2)
    ),
    "frames-twice": lambda data, _: put(
        data, (at := _info(data) + 8), u32(struct.unpack(">I", data[at : at + 4])[0] * 2)
    ),
}
FLAC: Final[dict[str, Make]] = {
    "samples-half": lambda data, _: put(data, 22, u32(struct.unpack(">I", data[22:26])[0] // 2)),
    "samples-twice": lambda data, _: put(data, 22, u32(struct.unpack(">I", data[22:26])[0] * 2)),
    "rate-0": lambda data, _: put(data, 18, b"\x00\x00" + bytes([data[20] & 15])),
}


def _info(data: bytes) -> int:
    return max(data.find(b"Info"), data.find(b"Xing"))
