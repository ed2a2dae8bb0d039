"""Picture files that settings name, decoded to pixels with straight alpha.

Their headers are checked first.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from finish.model import Document
from finish.stages.composite import messages
from finish.units import Size

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
Floats = NDArray[np.float32]

# House value: four times the sides of HD, and at most the pixels of an 8K frame; decoded to float that is
# half a gigabyte.
SIDE, PIXELS = 8192, 7680 * 4320
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


@lru_cache(maxsize=2)  # the job spec checks it, every deliverable draws it
def read(document: Document) -> Floats:
    """The picture in a document: RGBA, straight alpha, float32 from 0 to 1, (height, width, 4).

    Codes of sRGB are taken as BT.709's. MediaError for a picture that can't be read completely, or is
    transparent.
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
        raise messages.not_a_picture(name, svg=b"<svg" in data[:4096].lower())
    if max(size.width, size.height) > SIDE or size.pixels > PIXELS or not size.pixels:
        raise messages.picture_too_large(name, size, SIDE, PIXELS)
    pixels = _decoded(data, name)
    if not pixels[:, :, 3].any():
        raise messages.transparent_picture(name)
    pixels.flags.writeable = False
    return pixels


def trimmed(data: Floats) -> Floats:
    """The picture without its transparent border.

    The border would make a logo small and move it away from its corner.
    """
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
        raise messages.damaged_picture(name)
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    rgba = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGBA)
    return np.asarray(rgba / np.float32(np.iinfo(rgba.dtype).max), np.float32)


def _png_size(data: bytes, name: str) -> Size:
    chunks = dict(_chunks(data, name))
    if b"IHDR" not in chunks or b"IDAT" not in chunks or b"IEND" not in chunks or len(chunks[b"IHDR"]) != 13:
        raise messages.damaged_picture(name)
    if b"acTL" in chunks:
        raise messages.animated_picture(name)
    width, height, _, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    if colour == 0 and b"tRNS" in chunks:  # grey with one grey for transparent: OpenCV shows that grey
        raise messages.transparent_grey(name)
    return Size(width, height)


def _chunks(data: bytes, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk's type and content, each checked by its CRC: libpng reports damage only on the terminal."""
    at = len(_PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if end + 4 > len(data) or zlib.crc32(data[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise messages.damaged_picture(name)
        yield kind, data[at + 8 : end]
        at = end + 4


def _jpeg_size(data: bytes, name: str) -> Size:
    """The size in the frame header; the segments before it are skipped (ITU-T T.81, B.1.1)."""
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
    raise messages.damaged_picture(name)
