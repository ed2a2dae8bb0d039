"""Finds MP3 and Ogg files that were concatenated: readers of the first one fail at the second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from finish.errors import MediaError

_PAGES: Final = 4_000_000  # house limit; with 4 kB each, more than any clip has
_BLOCK: Final = 2**20  # bytes that are searched at once
_HINT: Final = "join them with FFmpeg's concat demuxer, or export one file"


def refuse_chained(path: Path, demuxer: str, name: str) -> None:
    """MediaError for a file that holds another file after the first."""
    find = _FINDERS.get(demuxer)
    if find is None:
        return
    with path.open("rb") as file:
        at = find(file)
    if at is not None:
        message = f"{name} holds several files: the second begins at byte {at:,} of {path.stat().st_size:,}"
        raise MediaError(message, _HINT)


def _mp3(file: BinaryIO) -> int | None:
    """The byte of a tag that begins a file (ID3v2.4 §3.1), between two frames of sound (ISO/IEC 11172-3
    §2.4.1.3: eleven bits set)."""
    at = _after_tag(file.read(10)) or 0
    while True:
        file.seek(at)
        data = file.read(_BLOCK)
        tag = data.find(b"ID3")
        if tag < 0 and len(data) < _BLOCK:
            return None
        at += tag if tag >= 0 else _BLOCK - 2
        file.seek(at)
        if tag >= 0 and (length := _after_tag(file.read(10))) is not None:
            file.seek(at + length)
            if (sync := file.read(2))[:1] == b"\xff" and sync[1:] >= b"\xe0":
                return at
        at += 3 if tag >= 0 else 0


def _after_tag(head: bytes) -> int | None:
    """The length of a tag in bytes: four bytes of seven bits state it, without the ten of its header."""
    if len(head) < 10 or head[:3] != b"ID3" or not 2 <= head[3] <= 4 or max(head[6:]) > 0x7F:
        return None
    return 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])


def _ogg(file: BinaryIO) -> int | None:
    """The byte of a page that begins a stream (RFC 3533 §6) after pages that continue one: all streams of a
    file begin together."""
    at, continues = 0, False
    for _ in range(_PAGES):
        file.seek(at)
        head = file.read(27 + 255)
        if len(head) < 27 or head[:4] != b"OggS":
            return None
        begins = bool(head[5] & 2)
        if begins and continues:
            return at
        continues = not begins
        at += 27 + head[26] + sum(head[27 : 27 + head[26]])
    return None


_FINDERS: Final[Mapping[str, Callable[[BinaryIO], int | None]]] = {"mp3": _mp3, "ogg": _ogg}
