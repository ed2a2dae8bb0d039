"""Ogg: whether each logical stream ends with a page that is marked as its last, and no page is missing (RFC
3533)."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

from finish.media.containers.container_losses import cut_off
from finish.model import ContainerClaims, Loss

_HEAD: Final = 27
_END, _FIRST = 4, 2
_MOST: Final = 4_000_000  # pages
_SKELETON: Final = (b"fishead\0", b"Annodex\0")


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """The losses that the flags and numbers of all pages show. FFmpeg checks the checksums of pages."""
    streams: dict[int, tuple[int, bool]] = {}
    at, gaps, whole = 0, False, True
    for _ in range(_MOST):
        file.seek(at)
        head = file.read(_HEAD + 255)
        if len(head) < _HEAD:
            whole = at == size
            break
        if head[:4] != b"OggS":
            return ContainerClaims(
                odd=("there are bytes between its pages that aren't a page",), losses=_ends(streams)
            )
        flags, serial, number, count = head[5], *struct.unpack_from("<II", head, 14), head[26]
        at += _HEAD + count + sum(head[_HEAD : _HEAD + count])
        known = streams.get(serial)
        gaps = gaps or (known is not None and number != known[0] + 1)
        streams[serial] = number, bool(flags & _END)
        whole = at <= size
    losses = (cut_off(),) if not whole else _ends(streams)
    missing = (Loss("pages-missing", "pages are missing: their numbers have gaps"),) if gaps else ()
    return ContainerClaims(losses=(*losses, *missing))


def _ends(streams: dict[int, tuple[int, bool]]) -> tuple[Loss, ...]:
    if all(ended for _, ended in streams.values()):
        return ()
    return (Loss("cut-off", "the file is cut off: a stream has no last page"),)
