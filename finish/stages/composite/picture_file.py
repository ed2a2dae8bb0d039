"""Picture files that settings name: what they claim to be is checked before they are decoded; out come straight-alpha pixels."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.errors import FinishError, MediaError
from finish.model import Document
from finish.units import Size

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
Floats = NDArray[np.float32]

# House: four times the sides of HD, and no more pixels than a frame of 8K has; decoded to float that is half a gigabyte.
SIDE, PIXELS = 8192, 7680 * 4320
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_EXPORT: Final = "export it as PNG with an alpha channel, or as JPEG"


@lru_cache(maxsize=2)  # the spec checks it, every deliverable draws it
def read(document: Document) -> Floats:
    """The picture in a document as RGBA, straight alpha, float32 of 0 to 1, shape (height, width, 4), sRGB's codes taken for BT.709's.

    FinishError for what cannot be read whole, or shows nothing.
    """
    data, name = document.data, document.path.name
    size = (
        _png_size(data, name)
        if data.startswith(_PNG)
        else _jpeg_size(data, name)
        if data.startswith(_JPEG)
        else None
    )
    if size is None:
        kind = "an SVG drawing" if b"<svg" in data[:4096].lower() else "no PNG or JPEG picture"
        raise MediaError(f"{name} is {kind}", _EXPORT)
    if max(size.width, size.height) > SIDE or size.pixels > PIXELS or not size.pixels:
        raise MediaError(
            f"{name} has {size} px, and at most {SIDE} a side and {PIXELS:,} in all are read",
            "export it smaller",
        )
    pixels = _decoded(data, name)
    if not pixels[:, :, 3].any():
        raise MediaError(f"{name} is transparent all over", "export it with its layers shown")
    pixels.flags.writeable = False
    return pixels


def trimmed(data: Floats) -> Floats:
    """Without the rows and columns at the edges that show nothing: they would make a logo small and set it off its corner."""
    inked = data[:, :, 3] > 0
    rows, columns = np.flatnonzero(inked.any(1)), np.flatnonzero(inked.any(0))
    return data[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _decoded(data: bytes, name: str) -> Floats:
    """PNG of any depth and palette; JPEG upright as its EXIF says, CMYK as RGB."""
    import cv2

    flag = cv2.IMREAD_UNCHANGED if data.startswith(_PNG) else cv2.IMREAD_COLOR
    try:
        pixels: Pixels | None = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise _damaged(name)
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    shown = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGBA)
    return np.asarray(shown / np.float32(np.iinfo(shown.dtype).max), np.float32)


def _png_size(data: bytes, name: str) -> Size:
    chunks = dict(_chunks(data, name))
    if b"IHDR" not in chunks or b"IDAT" not in chunks or b"IEND" not in chunks or len(chunks[b"IHDR"]) != 13:
        raise _damaged(name)
    if b"acTL" in chunks:
        raise MediaError(f"{name} is an animated PNG", "export one frame of it")
    width, height, _, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    if colour == 0 and b"tRNS" in chunks:  # grey with one grey for transparent: OpenCV shows that grey
        raise MediaError(f"{name} marks one grey as transparent", "export it with an alpha channel")
    return Size(width, height)


def _chunks(data: bytes, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk's type and content, each checked by its CRC: libpng tells of damage on the terminal, past everyone."""
    at = len(_PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if end + 4 > len(data) or zlib.crc32(data[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise _damaged(name)
        yield kind, data[at + 8 : end]
        at = end + 4


def _jpeg_size(data: bytes, name: str) -> Size:
    """From the frame header; the segments before it are stepped over (ITU-T T.81, B.1.1)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        if marker == 0xFF:  # fill
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Size(width, height)
        at += 2 + length
    raise _damaged(name)


def _damaged(name: str) -> FinishError:
    return MediaError(f"{name} is damaged or cut short", "export or copy it again")
