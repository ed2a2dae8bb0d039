"""Lies of AVI and WAV: counters, the index, sizes of lists, chunks."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random
from typing import Final

from bench.damage.harm import Make
from bench.damage.lies.put import half, put, to
from bench.damage.spots import chunks


def chunk(name: str, which: int, offset: int, change: Callable[[int], int]) -> Make:
    """A number (32 bits) of a chunk's content."""

    def make(data: bytes, _: Random) -> bytes:
        at = [spot for spot in chunks(data) if spot.name == name][which].body + offset
        return put(
            data, at, struct.pack("<I", change(struct.unpack("<I", data[at : at + 4])[0]) & 0xFFFFFFFF)
        )

    return make


def chunks_gone(name: str, first: float, count: int) -> Make:
    """Make readers skip some chunks."""

    def make(data: bytes, _: Random) -> bytes:
        mine = [spot for spot in chunks(data) if spot.name == name]
        start = int(len(mine) * first)
        for spot in mine[start : start + count]:
            data = put(data, spot.at, b"JUNK")
        return data

    return make


def sized(name: str, factor: float) -> Make:
    """A chunk or list that states a wrong length."""

    def make(data: bytes, _: Random) -> bytes:
        spot = next(candidate for candidate in chunks(data) if candidate.name == name)
        return put(data, spot.at + 4, struct.pack("<I", int((spot.end - spot.at - 8) * factor)))

    return make


AVI: Final[dict[str, Make]] = {
    "avih-frames-half": chunk("avih", 0, 16, half),
    "avih-frames-twice": chunk("avih", 0, 16, lambda value: value * 2),
    "strh-length-half": chunk("strh", 0, 32, half),
    "strh-rate-twice": chunk("strh", 0, 24, lambda value: value * 2),
    "strh-scale-0": chunk("strh", 0, 20, to(0)),
    "strh-rate-half-sound": chunk("strh", 1, 24, half),
    "strf-width-65535": chunk("strf", 0, 4, to(65535)),
    "strf-rate-0-sound": chunk("strf", 1, 4, to(0)),
    "idx1-gone": chunks_gone("idx1", 0, 1),
    "idx1-half": lambda data, _: _indexhalf(data),
    "movi-half": sized("LIST:movi", 0.5),
    "movi-twice": sized("LIST:movi", 2),
    "riff-half": sized("RIFF:AVI ", 0.5),
    "pictures-gone": chunks_gone("00dc", 0.5, 4),
    "sound-gone": chunks_gone("01wb", 0.4, 12),
    "sound-gone-to-end": chunks_gone("01wb", 0.5, 10_000),
}


def _indexhalf(data: bytes) -> bytes:
    """An index of only the first half of the chunks, with zeros for the others."""
    spot = next(candidate for candidate in chunks(data) if candidate.name == "idx1")
    middle = spot.body + (spot.end - spot.body) // 32 * 16
    return put(data, middle, bytes(spot.end - middle))


WAV: Final[dict[str, Make]] = {
    "data-half": sized("data", 0.5),
    "data-twice": sized("data", 2),
    "rate-0": chunk("fmt ", 0, 4, to(0)),
    "channels-255": lambda data, _: put(data, 22, b"\xff\x00"),
    "bits-0": lambda data, _: put(data, 34, b"\x00\x00"),
}
