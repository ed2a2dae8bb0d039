"""XMP packets in MP4, MOV, JPEG and PNG files: found without decoding, and added without changing a pixel."""

from __future__ import annotations

import binascii
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from finish.media.containers.mp4_boxes import outermost
from finish.media.provenance.xmp_packet import LARGEST

# Of the box with an XMP packet (XMP specification, part 3, "MPEG-4").
_BOX_TYPE: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_JPEG_NAME: Final = b"http://ns.adobe.com/xap/1.0/\0"  # XMP specification, part 3, "JPEG"
_PNG_KEYWORD: Final = b"XML:com.adobe.xmp"  # XMP specification, part 3, "PNG"
_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n"
_LARGEST_SEGMENT: Final = 65_533  # bytes in an APP1 segment
_MOST_CHUNKS: Final = 10_000


def xmp_in(path: Path) -> bytes:
    """The XMP packet of an MP4, MOV, JPEG or PNG file; b"" if it has none."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        head = _at(file, 0, 12)
        if head.startswith(b"\xff\xd8"):
            return _joined(_jpeg_packets(file, size))
        if head.startswith(_PNG_HEAD):
            return _joined(_png_packets(file, size))
        return _joined(_box_packets(file, size))


def append_to_boxes(path: Path, packet: bytes) -> None:
    """Add a packet as the last box of an MP4 or MOV file: nothing before it moves."""
    with path.open("ab") as file:
        file.write(struct.pack(">I4s16s", 24 + len(packet), b"uuid", _BOX_TYPE) + packet)


def with_xmp_in_jpeg(data: bytes, packet: bytes) -> bytes:
    """A JPEG with the packet behind its first segments (JFIF and Exif); ValueError for a packet that is too
    long."""
    segment = _JPEG_NAME + packet
    if len(segment) > _LARGEST_SEGMENT:
        raise ValueError("the XMP packet is too long for a JPEG segment")
    at = 2
    while data[at : at + 1] == b"\xff" and data[at + 1] in (0xE0, 0xE1):
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return data[:at] + struct.pack(">BBH", 0xFF, 0xE1, len(segment) + 2) + segment + data[at:]


def with_xmp_in_png(data: bytes, packet: bytes) -> bytes:
    """A PNG with the packet as an international text chunk behind its header."""
    after_header = len(_PNG_HEAD) + 25
    content = _PNG_KEYWORD + b"\0\0\0\0\0" + packet
    crc = binascii.crc32(b"iTXt" + content)
    chunk = struct.pack(">I4s", len(content), b"iTXt") + content + struct.pack(">I", crc)
    return data[:after_header] + chunk + data[after_header:]


def _joined(packets: Iterator[bytes]) -> bytes:
    return next(packets, b"")


def _at(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _box_packets(file: BinaryIO, size: int) -> Iterator[bytes]:
    read: Callable[[int, int], bytes] = lambda start, end: _at(file, start, end - start)  # noqa: E731
    for kind, start, end in outermost(read, size):
        if kind == b"uuid" and _at(file, start + 8, 16) == _BOX_TYPE and end - start <= LARGEST:
            yield _at(file, start + 24, end - start - 24)


def _jpeg_packets(file: BinaryIO, size: int) -> Iterator[bytes]:
    at = 2
    for _ in range(_MOST_CHUNKS):
        head = _at(file, at, 4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xDA, 0xD9) or at >= size:
            return
        length = struct.unpack(">H", head[2:])[0]
        segment = _at(file, at + 4, length - 2) if head[1] == 0xE1 and length > 2 else b""
        if segment.startswith(_JPEG_NAME):
            yield segment.removeprefix(_JPEG_NAME)
        at += 2 + max(2, length)


def _png_packets(file: BinaryIO, size: int) -> Iterator[bytes]:
    at = len(_PNG_HEAD)
    for _ in range(_MOST_CHUNKS):
        head = _at(file, at, 8)
        if len(head) < 8 or at >= size:
            return
        length, kind = struct.unpack(">I4s", head)
        if kind == b"iTXt" and length <= LARGEST:
            content = _at(file, at + 8, length)
            if content.startswith(_PNG_KEYWORD + b"\0\0\0"):  # an uncompressed text
                yield content[len(_PNG_KEYWORD) + 3 :].split(b"\0", 2)[-1]
        at += 12 + length
