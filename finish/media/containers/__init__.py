"""What containers state about themselves: one small, bounded reader per family. None decodes anything."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from finish.media.containers import asf, avi, flv, matroska, mp4, mxf, nut, ogg, programs, transport, waves
from finish.model import ContainerClaims

# By FFmpeg's demuxer; the second argument is the file's size in bytes.
_READERS: Final[Mapping[str, Callable[[BinaryIO, int], ContainerClaims]]] = {
    "mov": mp4.read,
    "mp4": mp4.read,
    "matroska": matroska.read,
    "webm": matroska.read,
    "avi": avi.read,
    "ogg": ogg.read,
    "mpegts": transport.read,
    "mpeg": programs.read,
    "flv": flv.read,
    "asf": asf.read,
    "wav": waves.wav,
    "mp3": waves.mp3,
    "aac": waves.adts,
    "flac": waves.flac,
    "mxf": mxf.read,
    "nut": nut.read,
}


def read(path: Path, demuxer: str) -> ContainerClaims:
    """The length that the file states, and what its structure lacks; no claims for a family without a reader.

    A structure that can't be followed states nothing: FFmpeg decides whether the file can be read.
    """
    reader = _READERS.get(demuxer)
    if reader is None:
        return ContainerClaims()
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        try:
            return reader(file, size)
        except (struct.error, ValueError, IndexError, OverflowError, ZeroDivisionError):
            return ContainerClaims(odd=("the container's structure can't be read to its end",))


def claimed(path: Path) -> int:
    """The largest number of samples that the index of an MP4 or MOV file claims for a track; 0 for other
    files."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        try:
            return mp4.claimed(file, size)
        except (struct.error, ValueError, IndexError, OverflowError):
            return 0
