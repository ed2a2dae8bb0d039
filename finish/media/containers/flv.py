"""FLV: the length and size that its first script states, and whether its last tag is whole (Adobe FLV
10.1)."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import BinaryIO, Final

from finish.media.containers.container_losses import cut_off
from finish.model import ContainerClaims

_MOST: Final = 4_000_000  # tags
_SCRIPT, _SCRIPT_BYTES = 18, 1 << 16
KINDS: Final = (8, 9, _SCRIPT)  # sound, picture, script
LAST_MS: Final = 500  # how long before the length that is stated a last tag may begin


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """Follow the tags; live recordings state a length of 0, which is none."""
    stated, at = script(file), begin(file)
    broken = False
    for _ in range(_MOST):
        file.seek(at)
        tag = file.read(11)
        if len(tag) < 11:
            broken = bool(tag)
            break
        at += 11 + int.from_bytes(tag[1:4]) + 4
    bytes_ = int(stated.get(b"filesize", 0))
    held = at - 4  # the last four bytes repeat a length: nothing is lost with them
    missing = max(held, bytes_ - 4 if bytes_ == at else bytes_) - size
    losses = (cut_off(max(0, missing)),) if missing > 0 or broken else ()
    return ContainerClaims(Fraction(stated[b"duration"]) if b"duration" in stated else None, losses)


def begin(file: BinaryIO) -> int:
    """Where the first tag begins: behind the head, and a length of nothing."""
    file.seek(0)
    return int(struct.unpack_from(">I", file.read(9), 5)[0]) + 4


def script(file: BinaryIO) -> dict[bytes, float]:
    """The `duration` (s) and `filesize` that the first tag states, where it states any."""
    file.seek(begin(file))
    tag = file.read(11)
    if len(tag) < 11 or tag[0] & 31 != _SCRIPT:
        return {}
    data = file.read(min(int.from_bytes(tag[1:4]), _SCRIPT_BYTES))
    return {name: found for name in (b"duration", b"filesize") if (found := _number(data, name))}


def _number(script: bytes, name: bytes) -> float | None:
    """A number (AMF0 type 0) by its name, where it is one that can be meant."""
    at = script.find(struct.pack(">H", len(name)) + name + b"\0")
    if at < 0:
        return None
    value: float = struct.unpack_from(">d", script, at + 3 + len(name))[0]
    return value if 0 < value < 2**53 else None
