"""Picture files with known truth: PNG of any kind, uncompressed, so that bytes are always the same."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finish.model import Document

ORANGE, NONE = (240, 120, 30, 255), (0, 0, 0, 0)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels: NDArray[np.generic], colour: int = 6, *also: bytes) -> bytes:
    """A PNG of rows of samples (height, width × samples), 8 or 16 bits.

    `colour` is PNG's colour type; `also` are whole chunks before the data.
    """
    depth = pixels.dtype.itemsize * 8
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.astype(f">u{depth // 8}").tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = (chunk(b"IHDR", head), *also, chunk(b"IDAT", zlib.compress(rows, 0)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def plate(
    width: int, height: int, colour: tuple[int, int, int, int] = ORANGE, border: int = 0
) -> NDArray[np.uint8]:
    """A rectangle of one colour with a border of transparent black around it."""
    pixels = np.zeros((height + 2 * border, width + 2 * border, 4), np.uint8)
    pixels[border : border + height, border : border + width] = colour
    return pixels


def document(data: bytes, name: str = "logo.png") -> Document:
    return Document(Path(name), data)


def logo(width: int = 80, height: int = 40, border: int = 0) -> Document:
    return document(png(plate(width, height, border=border)))
