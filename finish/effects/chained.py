"""MP3 and Ogg files of which several were put into one: found, because what reads one of them stumbles over the next."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from finish.errors import FinishError

_PAGES: Final = 4_000_000   # house limit; of 4 kB each more than any film has
_HINT: Final = "join them with FFmpeg's concat demuxer, or export them as one"


def refuse_chained(path: Path, demuxer: str, shown: str) -> None:
    """FinishError("media") for a file that holds another one behind the first."""
    find = _FINDERS.get(demuxer)
    if find is None:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = find(data)
    if at is not None:
        message = f"{shown} is several files in one: the second begins at byte {at:,} of {path.stat().st_size:,}"
        raise FinishError("media", message, _HINT)


def _mp3(data: mmap.mmap) -> int | None:
    """A tag that begins a file (ID3v2.4 §3.1), behind a frame of sound and before one (ISO/IEC 11172-3 §2.4.1.3: eleven bits set)."""
    at = _after_tag(data, 0) or 0
    while (at := data.find(b"ID3", at)) >= 0:
        after = _after_tag(data, at)
        if after is not None and data[after:after + 1] == b"\xff" and data[after + 1:after + 2] >= b"\xe0":
            return at
        at += 3
    return None


def _after_tag(data: mmap.mmap, at: int) -> int | None:
    """Where a tag ends: its length is four bytes of seven bits."""
    head = data[at:at + 10]
    if len(head) < 10 or head[:3] != b"ID3" or not 2 <= head[3] <= 4 or max(head[6:]) > 0x7F:
        return None
    return at + 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])


def _ogg(data: mmap.mmap) -> int | None:
    """A page that begins a stream (RFC 3533 §6) when others have gone on already: those of one file begin together."""
    at, going = 0, False
    for _ in range(_PAGES):
        head = data[at:at + 27]
        if len(head) < 27 or head[:4] != b"OggS":
            return None
        begins = bool(head[5] & 2)
        if begins and going:
            return at
        going = not begins
        at += 27 + head[26] + sum(data[at + 27:at + 27 + head[26]])
    return None


_FINDERS: Final[Mapping[str, Callable[[mmap.mmap], int | None]]] = {"mp3": _mp3, "ogg": _ogg}
