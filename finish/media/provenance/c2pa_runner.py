"""Starts the program that reads and signs manifests, with limits of memory and time."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from finish.media.ffmpeg.process import kill, started
from finish.storage.platform import ProcessLimits

# The library is 55 MB of code; reading a chain of 100 manifests takes 40 MB, and hashing takes none that
# grows with the file.
_MEMORY: Final = 3 * 2**29  # bytes of address space
_CPU_SECONDS: Final = 60  # hashing 10 GB takes 20
_SECONDS: Final = 180
_MOST_BYTES: Final = 2**24  # of an answer

# A format of the library, by what a file begins with: the place of the bytes, the bytes, and its name.
_KINDS: Final = (
    (4, b"ftypqt  ", "video/quicktime"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A ", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (4, b"moov", "video/quicktime"),
    (4, b"wide", "video/quicktime"),
    (4, b"mdat", "video/quicktime"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/avi"),
    (8, b"WEBP", "image/webp"),
)


@cache
def installed() -> bool:
    """Whether the package that reads and signs manifests is installed."""
    return find_spec("c2pa") is not None


def file_format(path: Path) -> str:
    """The library's name of a file's format, by its first bytes; "" for one that can't hold a manifest."""
    with path.open("rb") as file:
        head = file.read(16)
    return next((name for at, begins, name in _KINDS if head[at:].startswith(begins)), "")


def answer(request: Mapping[str, Any], largest: int = 2**20) -> dict[str, Any]:
    """The answer of the program to a request; {"error": …} if it fails.

    `largest` is the size (bytes) of the largest file that it may write.
    """
    program = str(Path(__file__).with_name("c2pa_process.py"))
    limits = ProcessLimits(_MEMORY, _CPU_SECONDS, largest)
    # Isolated: no variable and no folder of the user chooses what is imported.
    command = [sys.executable, "-I", program]
    with started(command, fed=True, limits=limits, variables=os.environ) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        errors = threading.Thread(target=process.stderr.read, daemon=True)
        late = threading.Timer(_SECONDS, kill, (process,))
        late.start()
        errors.start()
        try:
            process.stdin.write(json.dumps(request).encode())
            process.stdin.close()
            text = process.stdout.read(_MOST_BYTES)
        except BrokenPipeError:
            text = b""
        finally:
            late.cancel()
    try:
        answered = json.loads(text)
    except ValueError:
        return {"error": "the reader of manifests ended early: a limit of memory or time was exceeded"}
    return answered if isinstance(answered, dict) else {}
