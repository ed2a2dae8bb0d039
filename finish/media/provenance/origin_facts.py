"""What a media file states about its origin: Content Credentials, and digital source types in its XMP."""

from __future__ import annotations

import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Final

from finish.media.provenance.c2pa_runner import installed
from finish.media.provenance.credentials_reader import ANCHORS, SIDECAR, read_credentials
from finish.media.provenance.xmp_files import xmp_in
from finish.media.provenance.xmp_packet import source_types
from finish.model.media_extras import Extras

_BOXED: Final = frozenset({"mov", "mp4"})
_RIFF: Final = frozenset({"wav", "avi"})
_STORE: Final = b"C2PA"  # C2PA specification, "Embedding manifests into RIFF-based assets"
_MOST_CHUNKS: Final = 10_000


def reader_identity() -> str:
    """What else than a file decides how its credentials are read: the package, and the trusted
    certificates."""
    return f"{installed()} {os.environ.get(ANCHORS, '')}"


def with_origin(extras: Extras, path: Path, demuxer: str, *, boxed: bool) -> Extras:
    """The extras of a file with what it states about its origin. `boxed`: its boxes hold a manifest store."""
    signed = boxed or path.with_suffix(SIDECAR).is_file() or (demuxer in _RIFF and _has_chunk(path))
    return replace(
        extras,
        provenance=signed,
        credentials=read_credentials(path) if signed else None,
        source_types=source_types(xmp_in(path)) if demuxer in _BOXED else (),
    )


def _has_chunk(path: Path) -> bool:
    """Whether a RIFF file has a chunk with a manifest store at its top level."""
    with path.open("rb") as file:
        at, size = 12, file.seek(0, 2)
        for _ in range(_MOST_CHUNKS):
            file.seek(at)
            head = file.read(8)
            if len(head) < 8 or at >= size:
                return False
            kind, length = struct.unpack("<4sI", head)
            if kind == _STORE:
                return True
            at += 8 + length + length % 2
    return False
