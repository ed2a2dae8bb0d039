"""What PNG, JPEG, and TIFF files state about their picture, and whether they are complete; read before
anything is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from finish.units import Size

# 8K with the width of digital cinema (SMPTE ST 2036-1 has 7680 × 4320). A decoder holds a few dozen such
# pictures in under 2 GB.
MOST_PIXELS: Final = 8192 * 4320


@dataclass(frozen=True)
class StillHeader:
    """A picture's size, the `form` of its samples in words (which must not change within a clip), and whether
    its file is complete."""

    size: Size
    form: str
    whole: bool


def still_of(data: bytes, suffix: str) -> StillHeader | None:
    """What the bytes of a picture state; None if they aren't of the kind that the `suffix` of the name
    states."""
    try:
        return _READERS[_KINDS[suffix.lower()]](data)
    except (struct.error, IndexError, KeyError, ValueError):
        return None


def _png(data: bytes) -> StillHeader | None:
    """PNG 3rd edition §11.2: `IHDR` first, `IEND` last."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return None
    width, height, bits, colour = struct.unpack_from(">IIBB", data, 16)
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IEND":
            break
        at += 12 + length
    names = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGBA"}
    return StillHeader(Size(width, height), f"{bits}-bit {names[colour]}", at + 12 <= len(data))


def _jpeg(data: bytes) -> StillHeader | None:
    """ITU-T T.81 annex B: markers with a length each; the frame header states the size; an end of image
    follows the scans."""
    if data[:2] != b"\xff\xd8":
        return None
    at, header, turned = 2, None, ""
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = struct.unpack_from(">H", data, at + 2)[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            bits, height, width, count = struct.unpack_from(">BHHB", data, at + 4)
            sampling = " ".join(f"{factors:02x}" for factors in data[at + 11 : at + 11 + 3 * count : 3])
            header = StillHeader(
                Size(width, height),
                f"{bits}-bit of {count} components ({sampling}){turned}",
                data.rfind(b"\xff\xd9") > at,
            )
        if marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0":
            turned = _turned(data[at + 10 : at + 2 + length])
        if marker == 0xDA:
            return header
        at += 2 + length
    return None


def _turned(exif: bytes) -> str:
    """The orientation of a picture (Exif 2.3 §4.6.4), in words; "" for upright."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    tags = dict(_tags(exif, order, struct.unpack_from(f"{order}I", exif, 4)[0])) if order else {}
    orientation = tags.get(_ORIENTATION, (1,))[0]
    return f", orientation {orientation}" if orientation > 1 else ""


_LONG: Final = {1: "B", 3: "H", 4: "I"}  # TIFF 6.0 §2: BYTE, SHORT, LONG
_WIDTH, _HEIGHT, _BITS, _COLOURS, _OFFSETS, _ORIENTATION, _COUNT, _LENGTHS, _EXTRA = (
    256,
    257,
    258,
    262,
    273,
    274,
    277,
    279,
    338,
)
_TILES: Final = {324: _OFFSETS, 325: _LENGTHS}


def _tiff(data: bytes) -> StillHeader | None:
    """TIFF 6.0: a directory of tags. A file is complete if it holds every strip or tile that its tags
    name."""
    order = {b"II*\0": "<", b"MM\0*": ">"}[data[:4]]
    tags = dict(_tags(data, order, struct.unpack_from(f"{order}I", data, 4)[0]))
    strips = zip(tags.get(_OFFSETS, ()), tags.get(_LENGTHS, ()), strict=True)
    bits, count = max(tags.get(_BITS, (1,))), tags.get(_COUNT, (1,))[0]
    colours = {0: "grey", 1: "grey", 2: "RGB", 3: "palette", 5: "CMYK", 6: "YCbCr"}.get(
        tags.get(_COLOURS, (1,))[0], "other"
    )
    extra = {1: " with premultiplied alpha", 2: " with alpha"}.get(tags.get(_EXTRA, (0,))[0], "")
    whole = bool(tags.get(_OFFSETS)) and all(offset + length <= len(data) for offset, length in strips)
    return StillHeader(
        Size(tags[_WIDTH][0], tags[_HEIGHT][0]), f"{bits}-bit {colours}{extra} of {count} samples", whole
    )


def _tags(data: bytes, order: str, at: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    for number in range(struct.unpack_from(f"{order}H", data, at)[0]):
        place = at + 2 + 12 * number
        tag, kind, count = struct.unpack_from(f"{order}HHI", data, place)
        if kind not in _LONG or count > len(data):
            continue
        size = struct.calcsize(_LONG[kind]) * count
        start = place + 8 if size <= 4 else struct.unpack_from(f"{order}I", data, place + 8)[0]
        yield _TILES.get(tag, tag), struct.unpack_from(f"{order}{count}{_LONG[kind]}", data, start)


_KINDS: Final = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".tif": "tiff", ".tiff": "tiff"}
SUFFIXES: Final = frozenset(_KINDS)
_READERS: Final[Mapping[str, Callable[[bytes], StillHeader | None]]] = {
    "png": _png,
    "jpeg": _jpeg,
    "tiff": _tiff,
}
DEMUXERS: Final[Mapping[str, str]] = {suffix: f"{kind}_pipe" for suffix, kind in _KINDS.items()}
