"""FLV: the length and size that its first script states, and whether its last tag is complete (Adobe FLV
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
LAST_MS: Final = 500  # how long before the stated end the last tag may begin


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """Follow the tags. A length of 0, as live recordings state it, counts as unknown."""
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
    held = at - 4  # the last four bytes only repeat a length
    missing = max(held, bytes_ - 4 if bytes_ == at else bytes_) - size
    losses = (cut_off(max(0, missing)),) if missing > 0 or broken else ()
    return ContainerClaims(Fraction(stated[b"duration"]) if b"duration" in stated else None, losses)


def begin(file: BinaryIO) -> int:
    """The byte at which the first tag begins: after the header and the length of no tag."""
    file.seek(0)
    return int(struct.unpack_from(">I", file.read(9), 5)[0]) + 4


def script(file: BinaryIO) -> dict[bytes, float]:
    """The `duration` (s) and `filesize` (bytes) that the first tag states; those that it doesn't are left
    out."""
    file.seek(begin(file))
    tag = file.read(11)
    if len(tag) < 11 or tag[0] & 31 != _SCRIPT:
        return {}
    data = file.read(min(int.from_bytes(tag[1:4]), _SCRIPT_BYTES))
    return {name: value for name in (b"duration", b"filesize") if (value := _number(data, name))}


def _number(script: bytes, name: bytes) -> float | None:
    """The number (AMF0 type 0) with this name; None if it is missing or implausible."""
    at = script.find(struct.pack(">H", len(name)) + name + b"\0")
    if at < 0:
        return None
    value: float = struct.unpack_from(">d", script, at + 3 + len(name))[0]
    return value if 0 < value < 2**53 else None
