"""Sound files: WAV, MP3, AAC, and FLAC, by what their headers state."""

from __future__ import annotations

import struct
from collections import Counter
from fractions import Fraction
from typing import BinaryIO, Final

from finish.media.containers.container_losses import cut_off
from finish.model import ContainerClaims, Loss

_UNKNOWN: Final = (0, 0xFFFFFFFF)  # lengths from writers that can't go back to the header
_MOST: Final = 10_000
_SYNC_BYTES: Final = 1 << 16
_ADTS, _FRAMES = 7, 200_000  # bytes of an ADTS header; frames: an hour at 48 kHz is 168,750

_WHOLE_TAG, _TAGGERS = 15, (b"LAME", b"Lavf", b"Lavc")
_HEAD, _TAGS = 4, 100  # bytes of an MPEG audio header; tags before the sound: few files have two
_KBITS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_LOW_KBITS: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_START: Final = Loss(
    "start-missing", "the file begins with bytes that aren't a sound packet", "sound", certain=False
)


def wav(file: BinaryIO, size: int) -> ContainerClaims:
    """RIFF and RF64 (EBU Tech 3306): the length of the sound, from its size and byte rate."""
    head = file.read(12)
    at, long, rate = 12, 0, 0
    for _ in range(_MOST):
        file.seek(at)
        chunk = file.read(24)
        if len(chunk) < 8:
            break
        kind, length = struct.unpack_from("<4sI", chunk)
        if kind == b"ds64":
            long = struct.unpack_from("<Q", chunk, 16)[0]
        if kind == b"fmt ":
            rate = struct.unpack_from("<I", chunk, 16)[0]
        if kind == b"data":
            length = long if head[:4] == b"RF64" and length == 0xFFFFFFFF else length
            missing = at + 8 + length - size
            if length in _UNKNOWN:
                return ContainerClaims()
            losses: tuple[Loss, ...] = (cut_off(missing),) if missing > 0 else ()
            losses = losses or _more(file, at + 8 + length, struct.unpack_from("<I", head, 4)[0] + 8)
            return ContainerClaims(Fraction(length, rate) if rate else None, losses)
        at += 8 + length + (length & 1)
    return ContainerClaims()


def _more(file: BinaryIO, end: int, whole: int) -> tuple[Loss, ...]:
    """The loss of a sound chunk that states less sound than it holds: it ends before the file, and no other
    chunk begins there."""
    file.seek(end + (end & 1))
    name = file.read(4)
    if end + 8 > whole or len(name) < 4 or all(0x20 <= byte < 0x7F for byte in name):
        return ()
    return (Loss("sound-longer", "the file states a shorter sound than it holds", "sound", certain=False),)


def mp3(file: BinaryIO, size: int) -> ContainerClaims:
    """The count of frames and bytes in a Xing or Info tag, or a VBRI tag."""
    begin = _tagged(file)
    file.seek(begin)
    frame = file.read(_SYNC_BYTES)
    syncs = (at for at in range(len(frame) - 4) if frame[at] == 0xFF and frame[at + 1] & 0xE0 == 0xE0)
    at = next(syncs, -1)
    tag = max(frame.find(b"Xing", at, at + 64), frame.find(b"Info", at, at + 64))
    odd = _broken(frame, at)
    if at < 0 or tag < 0:
        return ContainerClaims(losses=odd)
    (flags,) = struct.unpack_from(">I", frame, tag + 4)
    values = struct.unpack_from(">2I", frame, tag + 8)
    count = values[0] if flags & 1 else 0
    bytes_ = values[1 if flags & 1 else 0] if flags & 2 else 0
    missing = begin + at + bytes_ - size
    version, rates = frame[at + 1] >> 3 & 3, (44100, 48000, 32000)
    index = frame[at + 2] >> 2 & 3
    if index == 3 or version == 1:
        return ContainerClaims(losses=odd)
    rate, length = rates[index] >> {3: 0, 2: 1, 0: 2}[version], 1152 if version == 3 else 576
    lost = (cut_off(missing),) if bytes_ and missing > 0 else ()
    return ContainerClaims(
        Fraction(count * length, rate) if count else None,
        (*odd, *lost),
        blocks=count,
        samples=max(0, count * length - _padding(frame, tag)) if flags == _WHOLE_TAG else 0,
    )


def _padding(frame: bytes, tag: int) -> int:
    """The samples that the encoder added before and after the sound (LAME's tag, revision 1): twelve bits
    each."""
    both = int.from_bytes(frame[tag + 141 : tag + 144])
    return (both >> 12) + (both & 0xFFF) if frame[tag + 120 : tag + 124] in _TAGGERS else 0


def _broken(data: bytes, at: int) -> tuple[Loss, ...]:
    """The loss of a start that isn't a sound packet: bytes other than zeros before the first packet, or a
    first packet that no packet follows although later packets are followed.

    Layers I and II, and rates that no header states, aren't checked.
    """
    begins = at >= 0 and _followed(data, at)
    other = not begins and any(_followed(data, later) for later in range(max(0, at + 1), len(data) - _HEAD))
    return (_START,) if other or (begins and any(data[:at])) else ()


def _followed(data: bytes, at: int) -> bool:
    """Whether a packet of layer III begins at a byte, and a packet of its kind, or nothing, follows it."""
    length = _layer3(data[at : at + _HEAD])
    after = data[at + length : at + length + _HEAD]
    return length > 0 and (
        len(after) < _HEAD or (_layer3(after) > 0 and after[1] & 0x1E == data[at + 1] & 0x1E)
    )


def _layer3(head: bytes) -> int:
    """The bytes of a frame by its header; 0 if it isn't a header or states no rate (ISO/IEC 11172-3 §2.4.1.3,
    13818-3 §2.4.2.3)."""
    if len(head) < _HEAD or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] >> 3 & 3 == 1:
        return 0
    version, bits, index = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if bits in (0, 15) or index == 3:
        return 0
    rate = (44100, 48000, 32000)[index] >> {3: 0, 2: 1, 0: 2}[version]
    return (144 if version == 3 else 72) * (_KBITS if version == 3 else _LOW_KBITS)[bits] * 1000 // rate + (
        head[2] >> 1 & 1
    )


def _tagged(file: BinaryIO) -> int:
    """The byte at which the sound begins: after one or several ID3v2 tags (ID3v2.4 §3.1; bit 4: the tag has a
    footer)."""
    at = 0
    for _ in range(_TAGS):
        file.seek(at)
        head = file.read(10)
        if head[:3] != b"ID3" or len(head) < 10:
            break
        at += 10 + _syncsafe(head[6:10]) + (10 if head[5] & 0x10 else 0)
    return at


def _syncsafe(data: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(data, (21, 14, 7, 0), strict=True))


def adts(file: BinaryIO, size: int) -> ContainerClaims:
    """Whether the headers of an AAC stream agree on profile, rate and channels, and its frames follow one
    another (ISO/IEC 13818-7, 6.2)."""
    at = _tagged(file)
    kinds: Counter[bytes] = Counter()
    for _ in range(_FRAMES):
        file.seek(at)
        head = file.read(_ADTS)
        if len(head) < _ADTS or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
            break
        kinds[bytes((head[1], head[2] & 0xFD, head[3] & 0xC0))] += 1  # without the private bit
        at += max(_ADTS, (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5)
    if not kinds:
        return ContainerClaims(losses=(_START,))
    odd = kinds.total() - max(kinds.values(), default=0)
    text = f"{odd} of {kinds.total()} packets state another sound format than the rest"
    losses = (Loss("headers-differ", text, "sound"),) if odd else ()
    return ContainerClaims(losses=(*losses, *((cut_off(at - size),) if at > size else ())))


def flac(file: BinaryIO, size: int) -> ContainerClaims:  # noqa: ARG001 (the readers' protocol)
    """The samples that STREAMINFO counts (RFC 9639)."""
    head = file.read(42)
    if head[:4] != b"fLaC":
        return ContainerClaims()
    packed = int.from_bytes(head[18:26])
    rate, samples = packed >> 44, packed & ((1 << 36) - 1)
    return ContainerClaims(Fraction(samples, rate) if rate and samples else None, samples=samples)
