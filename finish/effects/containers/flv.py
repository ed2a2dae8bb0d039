"""FLV: the length and size that its first script states, and whether its last tag is whole (Adobe FLV 10.1)."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import BinaryIO, Final

from finish.effects.containers.words import cut_off
from finish.model import Stated

_MOST: Final = 4_000_000    # tags
_SCRIPT, _SCRIPT_BYTES = 18, 1 << 16


def read(file: BinaryIO, size: int) -> Stated:
    """Follow the tags; live recordings state a length of 0, which is none."""
    head = file.read(9)
    at, stated = struct.unpack_from(">I", head, 5)[0] + 4, dict[bytes, float]()
    broken = False
    for count in range(_MOST):
        file.seek(at)
        tag = file.read(11)
        if len(tag) < 11:
            broken = bool(tag)
            break
        length = int.from_bytes(tag[1:4])
        if count == 0 and tag[0] & 31 == _SCRIPT:
            data = file.read(min(length, _SCRIPT_BYTES))
            stated = {name: found for name in (b"duration", b"filesize") if (found := _number(data, name))}
        at += 11 + length + 4
    bytes_ = int(stated.get(b"filesize", 0))
    missing = max(at - 4, bytes_) - size    # the last four bytes repeat a length: nothing is lost with them
    losses = (cut_off(max(0, missing)),) if missing > 0 or broken else ()
    return Stated(Fraction(stated[b"duration"]) if b"duration" in stated else None, losses)


def _number(script: bytes, name: bytes) -> float | None:
    """A number (AMF0 type 0) by its name, where it is one that can be meant."""
    at = script.find(struct.pack(">H", len(name)) + name + b"\0")
    if at < 0:
        return None
    value: float = struct.unpack_from(">d", script, at + 3 + len(name))[0]
    return value if 0 < value < 2**53 else None
