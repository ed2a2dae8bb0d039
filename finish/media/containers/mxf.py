"""MXF: whether its last packet is complete and its footer is where the header states it (SMPTE ST 377-1)."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

from finish.media.containers.container_losses import cut_off, unfinished
from finish.model import ContainerClaims, Loss

_LABEL: Final = bytes.fromhex("060e2b34")
# A closed or open body partition; that of the header differs in one byte.
_PARTITION: Final = bytes.fromhex("060e2b34020501010d0102010103")
_MOST: Final = 4_000_000  # packets


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """Follow the packets to the end of the file."""
    at, footer, last = _run_in(file), 0, b""
    begin = at
    for count in range(_MOST):
        file.seek(at)
        head = file.read(25)
        if len(head) < 17 or head[:4] != _LABEL:
            break
        length, width = _length(head[16:])
        if count == 0:
            file.seek(at + 16 + width)
            footer = struct.unpack_from(">Q", file.read(40), 24)[0]
        at, last = at + 16 + width + length, head[:16]
    missing = max(at, begin + footer) - size
    if missing > 0:
        return ContainerClaims(losses=(cut_off(missing),))
    if (size - at) * 100 > size:
        return ContainerClaims(
            losses=(
                Loss("structure-broken", f"its structure breaks off at byte {at:,}: the rest can't be read"),
            )
        )
    closed = last[4:8] == bytes.fromhex("02050101") or last[:5] == bytes.fromhex("060e2b3402")
    return ContainerClaims(
        losses=() if closed or at < size else (unfinished("it doesn't end with a footer"),)
    )


def _run_in(file: BinaryIO) -> int:
    """The byte at which the first packet begins: up to 64 KiB may come before it."""
    file.seek(0)
    return max(0, file.read(1 << 16).find(_LABEL))


def _length(data: bytes) -> tuple[int, int]:
    """A BER length and how many bytes it takes."""
    if data[0] < 0x80:
        return data[0], 1
    width = data[0] & 0x7F
    return int.from_bytes(data[1 : 1 + width]), 1 + width
