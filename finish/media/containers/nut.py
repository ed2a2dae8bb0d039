"""NUT: whether it ends with its index, which is written last (NUT Open Container Format)."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

from finish.media.containers.container_losses import unfinished
from finish.model import ContainerClaims

_INDEX: Final = 0x4E58DD672F23E64E


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """The last twelve bytes of a complete file state how far back its index begins, and a checksum."""
    if size > 12:
        file.seek(size - 12)
        back = struct.unpack(">Q", file.read(8))[0]
        if 0 < back <= size:
            file.seek(size - back)
            if file.read(8) == struct.pack(">Q", _INDEX):
                return ContainerClaims()
    return ContainerClaims(losses=(unfinished("it doesn't end with its index"),))
