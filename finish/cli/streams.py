"""What this process writes for people and programs: it goes on when nobody reads, and says what a narrow terminal can show."""

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
# Signs of ours that ASCII and Latin-1 lack, as people type them there.
_TYPED: Final = {
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
    """A channel whose reader may go away: what is written then is dropped. `lost` is what was wrong first, if anything."""

    lost: OSError | None = None

    def write(self, data: Any, /) -> int:
        while self.lost is None:
            try:
                if (written := super().write(data)) is not None:
                    return written
                select.select([], [self], [])  # a channel that somebody has set not to block
            except OSError as gone:
                self.lost = gone
        return memoryview(data).nbytes


class TextChannel(io.TextIOWrapper):
    """Text on a channel; what its encoding lacks is spelt with what it has."""

    def __init__(self, channel: DroppingChannel, encoding: str) -> None:
        self._ascii = codecs.lookup(encoding).name == "ascii"
        # Click takes a stream that calls itself ASCII for a mistake, and writes UTF-8 to it: so it is UTF-8 of ASCII letters.
        super().__init__(
            io.BufferedWriter(channel),
            "utf-8" if self._ascii else encoding,
            _PLAIN,
            line_buffering=channel.isatty(),
        )

    def write(self, text: str, /) -> int:
        return super().write(text.encode("ascii", _PLAIN).decode() if self._ascii else text)


def prepare() -> None:
    """Have all three channels, whatever this process was started with, before anything else can be opened in their place."""
    codecs.register_error(_PLAIN, _spelt)
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    sys.stdout, sys.stderr = _words(1, sys.stdout), _words(2, sys.stderr)


def write_error() -> OSError | None:
    """What kept results from being written to the standard output, flushed now; None for a reader that wanted no more."""
    with suppress(ValueError, OSError):
        sys.stdout.flush()
    channel = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    wrong = channel.lost if isinstance(channel, DroppingChannel) else None
    return None if wrong is None or wrong.errno in (errno.EPIPE, errno.EBADF) else wrong


def _words(number: int, stream: TextIO | None) -> TextChannel:
    """A channel with the encoding that the interpreter has found for it; it has none for one that was closed."""
    encoding = (stream and stream.encoding) or "utf-8"
    return TextChannel(DroppingChannel(number, "w", closefd=False), encoding)


def _spelt(wrong: UnicodeError) -> tuple[str, int]:
    if not isinstance(wrong, UnicodeEncodeError):
        raise wrong
    return "".join(map(_letter, wrong.object[wrong.start : wrong.end])), wrong.end


def _letter(one: str) -> str:
    """As it is typed, or without its accent, or as an escape."""
    plain = _TYPED.get(one) or unicodedata.normalize("NFKD", one).encode("ascii", "ignore").decode()
    return plain or one.encode("ascii", "backslashreplace").decode()
