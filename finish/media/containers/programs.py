"""MPEG program streams: whether the last packet is complete (ISO/IEC 13818-1, 11172-1). They state no
length."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

from finish.media.containers.container_losses import unfinished
from finish.model import ContainerClaims

_PACK, _END = 0xBA, 0xB9
_MOST: Final = 4_000_000  # packets
_LENGTH_FREE: Final = 0xBB  # from here on every packet states its length


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """Follow the packets from the first one to the end of the file."""
    at = 0
    for _ in range(_MOST):
        file.seek(at)
        head = file.read(14)
        if len(head) < 14 or head[:3] != b"\0\0\1":
            break
        if head[3] == _PACK:
            at += 14 + (head[13] & 7) if head[4] & 0xC0 == 0x40 else 12
        elif head[3] < _LENGTH_FREE:
            break
        else:
            at += 6 + struct.unpack_from(">H", head, 4)[0]
        if at > size:
            return ContainerClaims(losses=(unfinished("its last packet is incomplete"),))
    return ContainerClaims()
