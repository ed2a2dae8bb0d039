"""Harm for any file: cut short, holes, flipped bits, bytes lost or added, blocks swapped, junk."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

Make = Callable[[bytes, Random], bytes]
BLOCK: Final = 4096


def cut(share: float, spread: float = 0.02) -> Make:
    """The first part of the file, about this share of it."""
    return lambda data, chance: data[: max(1, int(len(data) * (share + chance.uniform(-spread, spread))))]


def shorter(count: int) -> Make:
    """The file without its last bytes."""
    return lambda data, _: data[:-count]


def on_blocks(share: float) -> Make:
    """Cut at a whole number of blocks, as a full disk leaves it."""
    return lambda data, _: data[: int(len(data) * share) // BLOCK * BLOCK or BLOCK]


def hole(share: float, size: int) -> Make:
    """Zeros instead of the content."""

    def make(data: bytes, chance: Random) -> bytes:
        at = _about(data, share, chance)
        return data[:at] + bytes(min(size, len(data) - at)) + data[at + size :]

    return make


def zeros_from(share: float) -> Make:
    """Zeros to the end, as an interrupted download in a preallocated file leaves it."""
    return lambda data, chance: data[: (at := _about(data, share, chance))] + bytes(len(data) - at)


def flips(share: float, count: int, reach: float = 0.0) -> Make:
    """Single flipped bits somewhere in a part of the file."""

    def make(data: bytes, chance: Random) -> bytes:
        harmed = bytearray(data)
        for _ in range(count):
            harmed[_about(data, share + chance.uniform(-reach, reach), chance)] ^= 1 << chance.randrange(8)
        return bytes(harmed)

    return make


def burst(share: float, size: int) -> Make:
    """Random bytes instead of the content."""

    def make(data: bytes, chance: Random) -> bytes:
        at = _about(data, share, chance)
        size_here = min(size, len(data) - at)
        return data[:at] + chance.randbytes(size_here) + data[at + size_here :]

    return make


def without(share: float, count: int) -> Make:
    """Removed bytes."""
    return lambda data, chance: data[: (at := _about(data, share, chance))] + data[at + count :]


def with_more(share: float, count: int) -> Make:
    """Inserted bytes."""
    return lambda data, chance: (
        data[: (at := _about(data, share, chance))] + chance.randbytes(count) + data[at:]
    )


def swapped(one: float, other: float) -> Make:
    """Two blocks in each other's place."""

    def make(data: bytes, chance: Random) -> bytes:
        size = min(BLOCK, len(data) // 10)
        at, to = (_about(data, place, chance, size) for place in (one, other))
        if to < at + size:
            to = min(len(data) - size, at + size)
        return (
            data[:at] + data[to : to + size] + data[at + size : to] + data[at : at + size] + data[to + size :]
        )

    return make


def followed(size: int, *, zero: bool) -> Make:
    """Foreign data after the end."""
    return lambda data, chance: data + (bytes(size) if zero else chance.randbytes(size))


def twice() -> Make:
    """The same file once more after itself."""
    return lambda data, _: data + data


def _about(data: bytes, share: float, chance: Random, size: int = 1) -> int:
    """A place near a share of the file."""
    return min(max(0, int(len(data) * (share + chance.uniform(-0.015, 0.015)))), len(data) - size)


# name: the change, and whether a file that states its own length reveals it.
GENERIC: Final[dict[str, tuple[Make, bool]]] = {
    "cut-header": (cut(0.004, 0.003), True),
    "cut-10%": (cut(0.1), True),
    "cut-half": (cut(0.5), True),
    "cut-near-half": (cut(0.55, 0.1), True),
    "cut-blocks": (on_blocks(0.7), True),
    "cut-90%": (cut(0.9), True),
    "cut-99%": (cut(0.99, 0.005), True),
    "cut-200-bytes": (shorter(200), True),
    "cut-1-byte": (shorter(1), True),
    "hole-300": (hole(0.35, 300), False),
    "hole-16k": (hole(0.6, 16384), False),
    "zeros-to-end": (zeros_from(0.5), False),
    "flip-1": (flips(0.45, 1, 0.3), False),
    "flip-20": (flips(0.5, 20, 0.4), False),
    "flip-head": (flips(0.004, 2, 0.003), False),
    "burst-64": (burst(0.4, 64), False),
    "burst-2000": (burst(0.65, 2000), False),
    "lost-1-byte": (without(0.3, 1), True),
    "lost-3000": (without(0.5, 3000), True),
    "more-1-byte": (with_more(0.3, 1), False),
    "more-5000": (with_more(0.6, 5000), False),
    "swapped": (swapped(0.3, 0.7), False),
    "junk-after": (followed(1500, zero=False), False),
    "zeros-after": (followed(8192, zero=True), False),
    "twice": (twice(), False),
}
