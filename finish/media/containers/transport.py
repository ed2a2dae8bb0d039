"""MPEG transport streams: whether complete packets fill the file to its end (ISO/IEC 13818-1). They state no
length."""

from __future__ import annotations

from typing import BinaryIO, Final

from finish.media.containers.container_losses import unfinished
from finish.model import ContainerClaims

_SYNC: Final = 0x47
_SIZES: Final = (188, 192, 204)  # bytes of a packet: plain, with a time code before (M2TS), with parity after
_LOOKED_AT: Final = 1 << 16


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """Whether the last packet is complete. FFmpeg checks the continuity counters."""
    head = file.read(_LOOKED_AT)
    for length in _SIZES:
        first = next((at for at in range(length) if _regular(head, at, length)), None)
        if first is not None:
            before = 4 if length == 192 else 0
            rest = (size - first + before) % length
            return ContainerClaims(losses=(unfinished("its last packet is incomplete"),) if rest else ())
    return ContainerClaims()


def _regular(head: bytes, at: int, length: int) -> bool:
    places = range(at, min(len(head), at + 8 * length), length)
    return len(places) > 1 and all(head[place] == _SYNC for place in places)
