"""Refuses files with encrypted picture or sound by what their containers state: a decoder would report
damage."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from finish.errors import MediaError
from finish.media.containers.mp4_boxes import outermost

_INDEX: Final = 2**26  # bytes of an index that are searched; house: four times the index of a day of pictures
_HEAD: Final = 2**18  # bytes of a Matroska file that are searched: its tracks come before its clusters
# A protected sample entry (ISO/IEC 14496-12 §8.12) and the scheme that its `schm` names (ISO/IEC 23001-7:
# cenc, cbcs, …).
_ENTRY: Final = re.compile(rb"enc[vat]")
_SCHEME: Final = re.compile(rb"sinf.{4}frma.{4}.{4}schm.{4}([\w ]{4})", re.DOTALL)
# ContentEncodings, in it ContentEncoding, in it ContentEncryption with its algorithm (RFC 9559 §5.1.4.1.31).
_MATROSKA: Final = re.compile(rb"\x6d\x80.{1,16}?\x62\x40.{1,64}?\x50\x35.{1,16}?\x47\xe1", re.DOTALL)


def refuse(path: Path, name: str) -> None:
    """MediaError for a clip that only a player with its key can decrypt."""
    with path.open("rb") as file:
        head, size = file.read(_HEAD), file.seek(0, 2)

        def read(start: int, end: int) -> bytes:
            file.seek(start)
            return file.read(end - start)

        scheme = ""
        if head[:4] == b"\x1a\x45\xdf\xa3":
            scheme = "WebM" if _MATROSKA.search(head) else ""
        elif head[4:8] in (b"ftyp", b"moov", b"wide", b"free", b"skip", b"mdat", b"styp"):
            index = next(
                (
                    read(start, min(end, start + _INDEX))
                    for kind, start, end in outermost(read, size)
                    if kind == b"moov"
                ),
                b"",
            )
            match = _SCHEME.search(index) if _ENTRY.search(index) else None
            scheme = match[1].decode("ascii").strip() if match else ""
    if scheme:
        raise MediaError(f"{name} is encrypted ({scheme})", "ask the sender for a copy without DRM")
