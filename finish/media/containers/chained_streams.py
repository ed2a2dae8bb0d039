"""MP3 and Ogg files of which several were put into one: found, because what reads one of them stumbles
over the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from finish.errors import MediaError

_PAGES: Final = 4_000_000  # house limit; of 4 kB each more than any film has
_BLOCK: Final = 2**20  # bytes that are looked at together
_HINT: Final = "join them with FFmpeg's concat demuxer, or export one file"


def refuse_chained(path: Path, demuxer: str, name: str) -> None:
    """MediaError for a file that holds another one behind the first."""
    find = _FINDERS.get(demuxer)
    if find is None:
        return
    with path.open("rb") as file:
        at = find(file)
    if at is not None:
        message = f"{name} holds several files: the second begins at byte {at:,} of {path.stat().st_size:,}"
        raise MediaError(message, _HINT)


def _mp3(file: BinaryIO) -> int | None:
    """A tag that begins a file (ID3v2.4 §3.1), behind a frame of sound and before one (ISO/IEC 11172-3
    §2.4.1.3: eleven bits set)."""
    at = _after_tag(file.read(10)) or 0
    while True:
        file.seek(at)
        data = file.read(_BLOCK)
        found = data.find(b"ID3")
        if found < 0 and len(data) < _BLOCK:
            return None
        at += found if found >= 0 else _BLOCK - 2
        file.seek(at)
        if found >= 0 and (length := _after_tag(file.read(10))) is not None:
            file.seek(at + length)
            if (sync := file.read(2))[:1] == b"\xff" and sync[1:] >= b"\xe0":
                return at
        at += 3 if found >= 0 else 0


def _after_tag(head: bytes) -> int | None:
    """How long a tag is: four bytes of seven bits, and ten."""
    if len(head) < 10 or head[:3] != b"ID3" or not 2 <= head[3] <= 4 or max(head[6:]) > 0x7F:
        return None
    return 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])


def _ogg(file: BinaryIO) -> int | None:
    """A page that begins a stream (RFC 3533 §6) when others have gone on already: those of one file begin
    together."""
    at, going = 0, False
    for _ in range(_PAGES):
        file.seek(at)
        head = file.read(27 + 255)
        if len(head) < 27 or head[:4] != b"OggS":
            return None
        begins = bool(head[5] & 2)
        if begins and going:
            return at
        going = not begins
        at += 27 + head[26] + sum(head[27 : 27 + head[26]])
    return None


_FINDERS: Final[Mapping[str, Callable[[BinaryIO], int | None]]] = {"mp3": _mp3, "ogg": _ogg}
