"""FFmpeg's log, read as it comes: what went wrong, and what went wrong although FFmpeg says that all is well."""

from __future__ import annotations

import re
import signal
from collections import deque
from collections.abc import Mapping
from functools import partial
from typing import IO, Final

from finish.errors import FinishError

_TOFU: Final = re.compile(r"failed to find any fallback with glyph (0x[0-9A-Fa-f]+)")
_MISSING: Final = re.compile(r"(?:No such filter: |Unknown encoder |Requested output format )'([^']+)'")
_DECODED: Final = re.compile(r"Input stream #(\d+):(\d+) \(video\): (\d+) packets read .*?; (\d+) frames decoded(?:; (\d+) decode errors)?")
SPENT: Final = re.compile(r"bench: utime=([\d.]+)s stime=([\d.]+)s")
_DAMAGE: Final = ("Invalid data found", "decode", "Error splitting", "corrupt", "Invalid NAL")
_KEPT: Final = 200
_LINE: Final = 2**16   # bytes: what is no line of FFmpeg's must not fill the memory


class Log:
    """What matters in a log of any length: the first errors, missing glyphs, decoders' counts, CPU-seconds, and the last lines."""

    def __init__(self) -> None:
        self.tail: deque[str] = deque(maxlen=_KEPT)
        self.errors: list[str] = []
        self.tofu: set[str] = set()
        self.decoded: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.cpu = 0.0

    def drain(self, pipe: IO[bytes]) -> None:
        """Read a pipe to its end."""
        for raw in iter(partial(pipe.readline, _LINE), b""):
            self.add(raw.decode("utf-8", "replace").rstrip())

    def add(self, line: str) -> None:
        self.tail.append(line)
        if ("[error]" in line or "[fatal]" in line) and len(self.errors) < _KEPT:
            self.errors.append(line)
        self.tofu.update(_TOFU.findall(line))
        if spent := SPENT.search(line):
            self.cpu = float(spent[1]) + float(spent[2])
        for file, stream, *counts in _DECODED.findall(line):
            packets, frames, errors = (int(count or 0) for count in counts)
            self.decoded[int(file), int(stream)] = (packets, frames, errors)

    def failure(self, code: int) -> FinishError:
        """One clear line for a process that ended with `code`."""
        text = "\n".join((*self.errors, *self.tail))
        missing = _MISSING.search(text)
        if "No space left on device" in text:
            return FinishError("disk", "the disk is full", "make room and run again; what is finished is kept")
        if missing:
            return FinishError("capability", f"this FFmpeg lacks {missing[1]!r}", "unset FINISH_FFMPEG to use the embedded one")
        if code in (-signal.SIGXCPU, -signal.SIGXFSZ) or "File too large" in text:
            return FinishError("ffmpeg", "FFmpeg went over its limits of CPU time or output size", "is the clip what it claims to be?")
        if "Cannot allocate memory" in text:
            return FinishError("ffmpeg", "FFmpeg needed more memory than it may have", "make the picture smaller")
        if code < 0:
            name = signal.Signals(-code).name if -code in {int(each) for each in signal.Signals} else f"signal {-code}"
            return FinishError("ffmpeg", f"FFmpeg was ended from outside, or crashed ({name})", "is there enough memory? run again")
        said = re.sub(r"\[[^\]]*\]\s*|0x[0-9a-f]+", "", self.errors[0]).strip() if self.errors else f"exit code {code}"
        if any(word in each for word in _DAMAGE for each in self.errors):
            return FinishError("media", f"the clip is damaged: {said}", "export or copy it again")
        return FinishError("ffmpeg", f"FFmpeg failed: {said}", "`finish doctor` says what this FFmpeg can do")

    def refuse_lies(self, expected: Mapping[tuple[int, int], int]) -> None:
        """FinishError for missing glyphs and lost frames: FFmpeg exits 0 on both.

        `expected` is how many frames each input stream shows, by (input, stream); one that was not read to its end is let be.
        """
        if self.tofu:
            names = ", ".join(f"U+{int(each, 16):04X}" for each in sorted(self.tofu))
            raise FinishError("glyph", f"no font at hand draws {names}", "change the text")
        for place, (packets, frames, errors) in self.decoded.items():
            shown = expected.get(place, packets // 2)  # of a part that was read, packets may be fields, or ahead of the frames
            # A decoder that is stopped at the programme's end still holds some frames; VP8, VP9 and AV1 hide a few.
            if errors or (packets >= shown and frames < shown - max(40, shown // 10)):
                raise FinishError("media", f"the clip is damaged: only {frames} of {shown} frames decode", "export or copy it again")
