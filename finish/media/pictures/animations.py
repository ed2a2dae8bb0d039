"""GIF, APNG, and animated WebP: what their own blocks state, read before anything is decoded.

Frames with delays of 10 ms or less are shown for 100 ms, as in browsers (Blink, Gecko, and WebKit have the
same rule).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

from finish.units import Size

SHORT_MS, SHOWN_MS = 10, 100
FRAMES: Final = 100_000  # house limit; more than an hour of any animation
_HEAD: Final = 16
_MOST_BYTES: Final = 2**30  # house limit: a longer file counts as cut off
_KINDS: Final = {"gif": "GIF", "apng": "APNG", "webp_anim": "WebP"}


@dataclass(frozen=True)
class Animation:
    """What an animation states: its canvas (`size`), and the delay (ms) of each frame.

    `whole` is whether it ends properly, and `promised` how many frames its header states. `short` are the
    places of delays in a GIF that FFmpeg doesn't show as browsers do. `alpha` is whether the file states
    transparency (None: only its pixels show it).
    """

    demuxer: str
    size: Size
    delays: tuple[int | Fraction, ...]
    whole: bool
    promised: int = 0
    short: tuple[int, ...] = ()
    alpha: bool | None = None

    @property
    def kind(self) -> str:
        return _KINDS[self.demuxer]

    @property
    def hurried(self) -> int:
        """How many frames state a delay that is too short to show."""
        return sum(delay <= SHORT_MS for delay in self.delays)

    @property
    def seconds(self) -> tuple[Fraction, ...]:
        """How long each frame is shown (s)."""
        return tuple(Fraction(SHOWN_MS if delay <= SHORT_MS else delay) / 1000 for delay in self.delays)


def animation(path: Path) -> Animation | None:
    """What an animation states; None for other files. Reads headers only, within bounds."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        return stated(head + file.read(_MOST_BYTES)) if _reader(head) else None


def stated(data: bytes) -> Animation | None:
    """What an animation states, from its bytes; None for other files."""
    read = _reader(data[:_HEAD])
    return read(data) if read else None


def _reader(head: bytes) -> Callable[[bytes], Animation | None] | None:
    return next((reader for starts, reader in _READERS if starts(head)), None)


@dataclass
class _GifFrames:
    delays: list[int | Fraction] = field(default_factory=list)
    short: list[int] = field(default_factory=list)


def _gif(data: bytes) -> Animation:
    """GIF89a: a screen, then images, each after an extension that states its delay in hundredths of a
    second."""
    width, height, flags = struct.unpack_from("<HHB", data[:13].ljust(13, b"\0"), 6)
    frames, at, delay, place = _GifFrames(), 13 + _table(flags), 0, 0
    whole = False
    while at < len(data) and len(frames.delays) < FRAMES:
        mark = data[at]
        if mark == 0x3B:
            whole = True
            break
        if mark == 0x21 and data[at + 1 : at + 3] == b"\xf9\x04" and at + 6 < len(data):
            delay, place = int.from_bytes(data[at + 4 : at + 6], "little"), at + 4
        if mark not in (0x21, 0x2C):
            break
        start = at + 2 if mark == 0x21 else at + 11 + _table(data[at + 9] if at + 9 < len(data) else 0)
        end = _blocks(data, start)
        if end is None:
            break
        if mark == 0x2C:
            frames.delays.append(delay * 10)
            frames.short += [place] if place and delay == 1 else []  # FFmpeg shows 0 as 100 ms, and 1 as 10
            delay = place = 0
        at = end
    # A file that ends after a complete image lacks only its end mark.
    done = whole or (at == len(data) and bool(frames.delays))
    return Animation("gif", Size(width, height), tuple(frames.delays), done, short=tuple(frames.short))


def _table(flags: int) -> int:
    """The bytes of a colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> int | None:
    """Where a chain of sub-blocks ends; None if the file ends first."""
    while at < len(data):
        length = data[at]
        at += 1 + length
        if not length:
            return at
    return None


def _apng(data: bytes) -> Animation | None:
    """PNG 3rd edition §11.3.6: `acTL` states the number of frames, and an `fcTL` before each frame its
    delay."""
    size, promised, delays, ended = Size(0, 0), 0, list[int | Fraction](), False
    for kind, at, length in _chunks(data, 8, ">", 4):
        if kind == b"IHDR" and length >= 8:
            size = Size(*struct.unpack_from(">II", data, at))
        elif kind == b"acTL" and length >= 8:
            promised = struct.unpack_from(">I", data, at)[0]
        elif kind == b"fcTL" and length >= 26:
            over, under = struct.unpack_from(">HH", data, at + 20)
            delays.append(Fraction(over * 1000, under or 100))
        ended = ended or kind == b"IEND"
    return (
        Animation("apng", size, tuple(delays), ended and len(delays) == promised, promised)
        if promised
        else None
    )


def _webp(data: bytes) -> Animation | None:
    """RFC 9649 §2.7: `VP8X` states the canvas, and each `ANMF` a frame and its duration in ms. None for a
    still picture."""
    size, alpha, moves, delays = Size(0, 0), False, False, list[int | Fraction]()
    end = 8 + int.from_bytes(data[4:8], "little")  # bytes after it don't belong to the file
    whole = end <= len(data) + 1  # the last byte may be padding
    for kind, at, length in _chunks(data[:end], 12, "<", 0):
        whole = whole and at + length <= end and kind.isascii() and kind.decode().isprintable()
        if kind == b"VP8X" and length >= 10:
            moves, alpha = bool(data[at] & 0x02), bool(data[at] & 0x10)
            size = _size(data, at + 4)
        elif kind == b"ANMF" and length >= 16:
            # Around a smaller first frame nothing is drawn.
            alpha = alpha or (not delays and _size(data, at + 6) != size)
            delays.append(int.from_bytes(data[at + 12 : at + 15], "little"))
    return Animation("webp_anim", size, tuple(delays), whole, alpha=alpha) if moves else None


def _size(data: bytes, at: int) -> Size:
    """Width and height, each stored minus one in three bytes."""
    return Size(
        1 + int.from_bytes(data[at : at + 3], "little"), 1 + int.from_bytes(data[at + 3 : at + 6], "little")
    )


def _chunks(data: bytes, at: int, order: str, after: int) -> Iterator[tuple[bytes, int, int]]:
    """The chunks of PNG (`>`, with a checksum of `after` bytes) or RIFF (`<`, an even number of bytes): kind,
    where the data begin, and how many bytes they take.

    An incomplete chunk is the last. In RIFF it is returned without its kind, so that its end can be compared.
    """
    for _ in range(2 * FRAMES):
        if at + 8 > len(data):
            return
        length, kind = (
            struct.unpack_from(">I4s", data, at)
            if order == ">"
            else struct.unpack_from("<4sI", data, at)[::-1]
        )
        cut = at + 8 + length > len(data)
        if cut and order == ">":
            return
        yield b"" if cut else kind, at + 8, length
        if cut:
            return
        at += 8 + length + after + (length & 1 if order == "<" else 0)


_READERS: Final[tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Animation | None]], ...]] = (
    (lambda head: head[:6] in (b"GIF87a", b"GIF89a"), _gif),
    (lambda head: head[:8] == b"\x89PNG\r\n\x1a\n", _apng),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _webp),
)
