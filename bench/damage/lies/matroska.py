"""Lies of Matroska and WebM: lengths, clocks, blocks and clusters."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random
from typing import Final

from bench.damage.harm import Make
from bench.damage.lies.put import put
from bench.damage.spots import Spot, elements

_VOID: Final = b"\xec"


def element(name: str, change: Callable[[bytes], bytes], which: int = 0) -> Make:
    """Replace the content of an element, at the same length."""

    def make(data: bytes, _: Random) -> bytes:
        spot = [candidate for candidate in elements(data) if candidate.name == name][which]
        return put(data, spot.body, change(data[spot.body : spot.end]))

    return make


def voided(name: str, which: int = 0) -> Make:
    """An element that readers skip: Void of the same length."""

    def make(data: bytes, _: Random) -> bytes:
        spot = [candidate for candidate in elements(data) if candidate.name == name][which]
        return _void(data, spot)

    return make


def _void(data: bytes, spot: Spot) -> bytes:
    length = spot.end - spot.at - 9
    if length < 0:
        return put(data, spot.at, _VOID + bytes([0x80 | (spot.end - spot.at - 2)]))
    return put(data, spot.at, _VOID + b"\x01" + length.to_bytes(7, "big"))


def blocks_gone(track: int, first: float, count: int) -> Make:
    """Make readers skip some blocks of a track."""

    def make(data: bytes, _: Random) -> bytes:
        mine = [spot for spot in elements(data) if _track(data, spot) == track]
        start = int(len(mine) * first)
        for spot in mine[start : start + count]:
            data = _void(data, spot)
        return data

    return make


def _track(data: bytes, spot: Spot) -> int:
    """The track of a block, alone or in a group; -1 for other elements."""
    inner = (
        [candidate for candidate in elements(data, spot.body, spot.end) if candidate.name == "A1"]
        if spot.name == "A0"
        else [spot]
    )
    return data[inner[0].body] & 0x7F if spot.name in ("A0", "A3") and inner else -1


def _scaled(factor: float) -> Callable[[bytes], bytes]:
    return lambda value: struct.pack(">d", struct.unpack(">d", value)[0] * factor)


def _number(value: int) -> Callable[[bytes], bytes]:
    return lambda old: (value & ((1 << 8 * len(old)) - 1)).to_bytes(len(old), "big")


BLOCKS: Final[dict[str, Make]] = {
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
    **BLOCKS,
    "duration-twice": element("4489", _scaled(2)),
    "duration-half": element("4489", _scaled(0.5)),
    "duration-gone": voided("4489"),
    "duration-huge": element("4489", _scaled(1e9)),
    "cues-gone": voided("1C53BB6B"),
    "cluster-gone": voided("1F43B675", -1),
    "cluster-broken": lambda data, _: put(
        data, [spot for spot in elements(data) if spot.name == "1F43B675"][-1].at, b"\x1e"
    ),
    "cluster-longer": lambda data, _: _sized(data, "1F43B675", 1.5),
    "cluster-shorter": lambda data, _: _sized(data, "1F43B675", 0.5),
}


def _sized(data: bytes, name: str, factor: float) -> bytes:
    """An element that states a wrong length."""
    spot = [candidate for candidate in elements(data) if candidate.name == name][-1]
    width = spot.body - spot.at - len(bytes.fromhex(name))
    length = int((spot.end - spot.body) * factor) | 1 << 7 * width
    return put(data, spot.body - width, length.to_bytes(width, "big"))
