"""Standard output and error: they survive a reader that goes away, and any encoding of the terminal."""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
import unicodedata
from contextlib import suppress
from typing import Any, Final, TextIO

_PLAIN: Final = "finish-plain"
# Replacements for characters that ASCII and Latin-1 lack.
_REPLACEMENTS: Final = {
    "—": "--",
    "–": "-",
    "−": "-",
    "…": "...",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "×": "x",
    "·": "*",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "Δ": "delta ",
    "±": "+/-",
    "°": " degrees",
    "ß": "ss",
    "æ": "ae",
    "ø": "o",
    "━": "-",
    "╸": "-",
    "╺": "-",
    "•": "*",
}


class DroppingChannel(io.FileIO):
    """A channel whose reader may go away: later output is dropped. `lost` is the first error, if any."""

    lost: OSError | None = None

    def write(self, data: Any, /) -> int:
        while self.lost is None:
            try:
                if (written := super().write(data)) is not None:
                    return written
                select.select([], [self], [])  # another process set the channel not to block
            except OSError as error:
                self.lost = error
        return memoryview(data).nbytes


class TextChannel(io.TextIOWrapper):
    """Text on a channel; characters that its encoding lacks are replaced."""

    def __init__(self, channel: DroppingChannel, encoding: str) -> None:
        self._ascii = codecs.lookup(encoding).name == "ascii"
        # Click takes a stream named ASCII for a mistake, and writes UTF-8 to it: it is named UTF-8.
        super().__init__(
            io.BufferedWriter(channel),
            "utf-8" if self._ascii else encoding,
            _PLAIN,
            line_buffering=channel.isatty(),
        )

    def write(self, text: str, /) -> int:
        return super().write(text.encode("ascii", _PLAIN).decode() if self._ascii else text)


def prepare() -> None:
    """Open missing channels, before another file gets their numbers, and replace both streams."""
    codecs.register_error(_PLAIN, _replaced)
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one
    sys.stdout, sys.stderr = _words(1, sys.stdout), _words(2, sys.stderr)


def write_error() -> OSError | None:
    """The error of the standard output, which is flushed; None if its reader only went away."""
    with suppress(ValueError, OSError):
        sys.stdout.flush()
    channel = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    error = channel.lost if isinstance(channel, DroppingChannel) else None
    return None if error is None or error.errno in (errno.EPIPE, errno.EBADF) else error


def _words(number: int, stream: TextIO | None) -> TextChannel:
    """A channel with the interpreter's encoding; UTF-8 for a channel that was closed."""
    encoding = (stream and stream.encoding) or "utf-8"
    return TextChannel(DroppingChannel(number, "w", closefd=False), encoding)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """An error handler for encoding, as `codecs.register_error` takes it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(character: str) -> str:
    """A character's replacement, its letter without the accent, or an escape."""
    plain = (
        _REPLACEMENTS.get(character)
        or unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    )
    return plain or character.encode("ascii", "backslashreplace").decode()
