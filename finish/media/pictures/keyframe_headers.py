"""The shape that the header of a keyframe states, as bytes to compare: the same bytes mean the same shape.
Nothing is decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

_START: Final = b"\x00\x00\x01"
_HEAD: Final = 65_536  # bytes of a packet that are searched: parameter sets come before the picture


def stated(codec: str, packet: bytes, extradata: bytes) -> bytes:
    """The part of a packet from which a decoder takes the picture's size, shape, and format; b"" if there is
    none, or the codec isn't known.

    `codec` is FFmpeg's name. `extradata` states how many bytes the lengths have that MP4 and Matroska put
    before each unit.
    """
    reader = _READERS.get(codec)
    return reader(packet[:_HEAD], extradata) if reader else b""


def _avc(packet: bytes, extradata: bytes) -> bytes:
    """Sequence parameter sets of H.264: ITU-T H.264 table 7-1, ISO/IEC 14496-15 §5.3.3."""
    length = (extradata[4] & 3) + 1 if extradata[:1] == b"\x01" and len(extradata) > 4 else 0
    return b"".join(unit for unit in _units(packet, length) if unit and unit[0] & 0x1F == 7)


def _hevc(packet: bytes, extradata: bytes) -> bytes:
    """Sequence parameter sets of HEVC: ITU-T H.265 table 7-1, ISO/IEC 14496-15 §8.3.3."""
    length = (extradata[21] & 3) + 1 if extradata[:1] == b"\x01" and len(extradata) > 21 else 0
    return b"".join(unit for unit in _units(packet, length) if unit and unit[0] >> 1 & 0x3F == 33)


def _units(packet: bytes, length: int) -> Iterator[bytes]:
    """The units of a packet, each after its length of `length` bytes (0: after a start code)."""
    if not length:
        yield from (unit.rstrip(b"\0") for unit in packet.split(_START)[1:])
        return
    at = 0
    while at + length <= len(packet):
        size = int.from_bytes(packet[at : at + length], "big")
        yield packet[at + length : at + length + size]
        at += length + size


def _mpeg2(packet: bytes, extradata: bytes) -> bytes:  # noqa: ARG001 (the signature of a reader)
    """Size and aspect in the sequence header: ITU-T H.262 §6.2.2.1."""
    at = packet.find(_START + b"\xb3")
    if at < 0 or len(packet) <= at + 7:
        return b""
    return packet[at + 4 : at + 7] + bytes((packet[at + 7] >> 4,))


def _mpeg4(packet: bytes, extradata: bytes) -> bytes:  # noqa: ARG001
    """Video object layers: ISO/IEC 14496-2 table 6-3."""
    return b"".join(unit for unit in packet.split(_START)[1:] if unit and 0x20 <= unit[0] <= 0x2F)


def _vp8(packet: bytes, extradata: bytes) -> bytes:  # noqa: ARG001
    """Width and height of a keyframe: RFC 6386 §9.1."""
    return packet[6:10] if len(packet) >= 10 and not packet[0] & 1 and packet[3:6] == b"\x9d\x01\x2a" else b""


def _vp9(packet: bytes, extradata: bytes) -> bytes:  # noqa: ARG001
    """Colour and size of a keyframe (VP9 bitstream specification §6.2): all bits from the colour to the
    size."""
    bits = _Bits(packet)
    if bits.take(2) != 2:
        return b""
    profile = bits.take(1) | bits.take(1) << 1
    if profile == 3:
        bits.take(1)
    if bits.take(1) or bits.take(1):  # it repeats a frame, or isn't a keyframe
        return b""
    bits.take(2)
    if bits.take(24) != 0x498342:
        return b""
    deep = bits.take(1) if profile >= 2 else 0
    space = bits.take(3)
    colour = (
        bits.take(1) if space != 7 else 0,
        bits.take(3) if profile & 1 and space != 7 else bits.take(1) if profile & 1 else 0,
    )
    return bytes((profile, deep, space, *colour)) + bits.take(32).to_bytes(4, "big")


def _av1(packet: bytes, extradata: bytes) -> bytes:  # noqa: ARG001
    """Sequence headers: AV1 bitstream specification §5.3."""
    headers, at = b"", 0
    while at < len(packet):
        kind, extended, sized = packet[at] >> 3 & 0xF, packet[at] & 4, packet[at] & 2
        at += 2 if extended else 1
        size, at = _leb128(packet, at) if sized else (len(packet) - at, at)
        headers += packet[at : at + size] if kind == 1 else b""
        at += size
    return headers


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """A number and the byte after it: AV1 §4.10.5."""
    value = 0
    for place in range(8):
        if at >= len(data):
            break
        value |= (data[at] & 0x7F) << 7 * place
        at += 1
        if not data[at - 1] & 0x80:
            break
    return value, at


def _jpeg(packet: bytes, extradata: bytes) -> bytes:  # noqa: ARG001
    """The frame header, without its quantiser choices: ITU-T T.81 §B.2.2."""
    at = 2
    while at + 9 < len(packet) and packet[at] == 0xFF:
        kind, size = packet[at + 1], int.from_bytes(packet[at + 2 : at + 4], "big")
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            return packet[at + 4 : at + 9]
        at += 2 + size
    return b""


def _prores(packet: bytes, extradata: bytes) -> bytes:  # noqa: ARG001
    """Width, height and sampling in the frame header: SMPTE RDD 36 §5.1."""
    return packet[16:21] if packet[4:8] == b"icpf" else b""


class _Bits:
    """The bits of some bytes, the highest bit of each byte first; zeros after the end."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data[:32].ljust(32, b"\0"), "big"), 256

    def take(self, many: int) -> int:
        self._left -= many
        return self._value >> self._left & (1 << many) - 1


_READERS: Final[Mapping[str, Callable[[bytes, bytes], bytes]]] = {
    "h264": _avc,
    "hevc": _hevc,
    "mpeg1video": _mpeg2,
    "mpeg2video": _mpeg2,
    "mpeg4": _mpeg4,
    "vp8": _vp8,
    "vp9": _vp9,
    "av1": _av1,
    "mjpeg": _jpeg,
    "prores": _prores,
}
