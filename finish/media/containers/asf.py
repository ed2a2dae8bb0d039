"""ASF (WMV, WMA): the size, packets and duration that its properties state (Microsoft ASF 1.2, 3.1, 3.2,
5.1)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO, Final

from finish.media.containers.container_losses import cut_off, index_cut
from finish.model import ContainerClaims, Loss

_HEADER: Final = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_PROPERTIES: Final = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_DATA: Final = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
_BROADCAST: Final = 1  # a flag with which the other properties aren't valid
_CORRECTED: Final = b"\x82\0\0"  # as every writer sets it: two bytes of error correction data follow
_HEADER_BYTES: Final = 1 << 24


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """The play duration, and whether all of the data are present."""
    head = file.read(30)
    length = struct.unpack_from("<Q", head, 16)[0]
    if head[:16] != _HEADER or length > min(size, _HEADER_BYTES):
        return (
            ContainerClaims(losses=(cut_off(length - size),))
            if head[:16] == _HEADER and length > size
            else ContainerClaims()
        )
    header = file.read(length - 30)
    data = file.read(24)
    ends = length + struct.unpack_from("<Q", data, 16)[0] if data[:16] == _DATA else 0
    at = header.find(_PROPERTIES)
    if at < 0:
        return ContainerClaims(losses=(cut_off(ends - size),) if ends > size else ())
    stated, _, packets, duration, _, preroll, flags, least = struct.unpack_from("<QQQQQQII", header, at + 40)
    if flags & _BROADCAST:
        return ContainerClaims()
    held = length + 50 + packets * least
    missing = max(stated, ends, held) - size
    seconds = Fraction(duration, 10**7) - Fraction(preroll, 1000)
    if missing > 0 and max(ends, held) > size:
        losses: tuple[Loss, ...] = (cut_off(missing),)
    else:  # only an index follows the data
        losses = (
            *((index_cut(missing),) if missing > 0 else ()),
            *_broken(file, length + 50, packets, least),
        )
    return ContainerClaims(seconds if 0 < seconds < 10**7 else None, losses)


def _broken(file: BinaryIO, begin: int, packets: int, length: int) -> Iterator[Loss]:
    """Packets that don't begin with the flags of error correction of the first packet (5.2.1)."""
    if not length:
        return
    heads = []
    for number in range(packets):
        file.seek(begin + number * length)
        heads.append(file.read(3))
    lost = sum(head != heads[0] for head in heads)
    if lost and heads[0] == _CORRECTED:
        yield Loss("packets-damaged", f"{lost:,} of its {packets:,} packets are damaged", certain=False)
