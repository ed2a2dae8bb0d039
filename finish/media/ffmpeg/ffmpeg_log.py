"""FFmpeg's log, read while it runs: errors, and damage despite exit code 0."""

from __future__ import annotations

import re
import signal
from collections import deque
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import IO, Final

from finish.analysis.decode_faults import HARMLESS
from finish.errors import CapabilityError, DiskError, FFmpegError, FinishError, GlyphError, MediaError
from finish.storage.platform import LIMIT_SIGNALS

_MISSING_GLYPH: Final = re.compile(r"failed to find any fallback with glyph (0x[0-9A-Fa-f]+)")
_MISSING_PART: Final = re.compile(
    r"(?:No such filter: |Unknown encoder |Unknown input format: |Requested output format )'([^']+)'"
)
_DECODED: Final = re.compile(
    r"Input stream #(\d+):(\d+) \(video\): (\d+) packets read .*?;"
    r" (\d+) frames decoded(?:; (\d+) decode errors)?"
)
_CHANGED: Final = re.compile(r"Reconfiguring filter graph because video parameters changed to .*?, (\d+x\d+)")
CPU_TIME: Final = re.compile(r"bench: utime=([\d.]+)s stime=([\d.]+)s")
_DAMAGE: Final = ("Invalid data found", "decode", "Error splitting", "corrupt", "Invalid NAL")
_OUT_OF_ORDER: Final = ("Non-monotonic DTS", "non monotonically increasing dts")
_OPENED: Final = re.compile(r"Input #(\d+), .*? from '(?:file:)?(.*)':$")
_MAPPED: Final = re.compile(r"Stream #(\d+):\d+(?:\[[^\]]*\])? (?:-> #\d+:\d+ )?\((\w+)")
_OF_INPUT: Final = re.compile(r"\[(?:in|vist|aist)#(\d+)[:/ ]")
_SPEAKER: Final = re.compile(r"\[([\w.]+) @")
_PIECE_NAME: Final = re.compile(r"[0-9a-f]{24,}")
_COPY: Final = "copy or export it again"
_AGAIN: Final = "export it again with the same size, rate and channels throughout"
_KEPT: Final = 200
_LINE: Final = 2**16  # bytes of a line: a longer one isn't FFmpeg's, and must not fill the memory


class FFmpegLog:
    """The relevant parts of a log of any length: the first errors, missing glyphs, the decoders' counts,
    CPU-seconds, and the last lines."""

    def __init__(self) -> None:
        self.tail: deque[str] = deque(maxlen=_KEPT)
        self.errors: list[str] = []
        self.missing_glyphs: set[str] = set()
        self.inputs: dict[int, str] = {}  # input files by number
        self.decoders: dict[str, set[int]] = {}  # the numbers of the inputs of a decoder, by its name
        self.decoded: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.cpu = 0.0
        self.changed = ""

    def drain(self, pipe: IO[bytes]) -> None:
        """Read a log from a pipe to its end."""
        for raw in iter(partial(pipe.readline, _LINE), b""):
            self.add(raw.decode("utf-8", "replace").rstrip())

    def add(self, line: str) -> None:
        self.tail.append(line)
        if ("[error]" in line or "[fatal]" in line) and len(self.errors) < _KEPT:
            self.errors.append(line)
        if opened := _OPENED.search(line):
            self.inputs[int(opened[1])] = opened[2]
        if mapped := _MAPPED.search(line):
            self.decoders.setdefault(mapped[2], set()).add(int(mapped[1]))
        self.missing_glyphs.update(_MISSING_GLYPH.findall(line))
        if time := CPU_TIME.search(line):
            self.cpu = float(time[1]) + float(time[2])
        if changed := _CHANGED.search(line):
            self.changed = self.changed or changed[1]
        for file, stream, *counts in _DECODED.findall(line):
            packets, frames, errors = (int(count or 0) for count in counts)
            self.decoded[int(file), int(stream)] = (packets, frames, errors)

    def failure(self, code: int) -> FinishError:
        """The error for a process that ended with `code`."""
        if self.changed:
            return self._format_change()
        text = "\n".join((*self.errors, *self.tail))
        missing = _MISSING_PART.search(text)
        if "No space left on device" in text:
            return DiskError(
                "the disk is full", "free some space and run again; finished deliverables are kept"
            )
        if missing:
            return CapabilityError(
                f"this FFmpeg lacks {missing[1]!r}", "unset FINISH_FFMPEG to use the embedded one"
            )
        if code in LIMIT_SIGNALS or "File too large" in text:
            return FFmpegError(
                "FFmpeg exceeded its limit of CPU time or output size", "check the clip, or export it again"
            )
        if "Cannot allocate memory" in text:
            return FFmpegError("FFmpeg exceeded its memory limit", "make the picture smaller")
        if code < 0:
            known = -code in {int(number) for number in signal.Signals}
            name = signal.Signals(-code).name if known else f"signal {-code}"
            return FFmpegError(
                f"FFmpeg was killed or crashed ({name})", "check the free memory, and run again"
            )
        faults = [(line, inputs) for line in self.errors if (inputs := self._blamed(line))]
        if any(words in text for words in _OUT_OF_ORDER):
            message = (
                f"{self._named({0})} changes its size, channels or rate midway, or its timestamps go back"
            )
            return MediaError(message, _AGAIN)
        if faults:
            return self._damaged(*faults[0])
        reason = _message(self.errors[0]) if self.errors else f"exit code {code}"
        if any(word in line for word in _DAMAGE for line in self.errors):
            return MediaError(f"{self._named(set(self.inputs))} is damaged: {reason}", _COPY)
        return FFmpegError(f"FFmpeg failed: {reason}", "run `finish doctor` to check this FFmpeg")

    def _format_change(self) -> FinishError:
        """FFmpeg has rebuilt its graph midway: filters that count begin again, and frames are lost or
        repeated."""
        message = f"the picture changes midway to {self.changed}, which its headers don't state"
        return MediaError(message, "export the clip again in one size and format")

    def require_clean(self, trusted: Collection[int] = ()) -> None:
        """FinishError for missing glyphs, and for errors of a demuxer or decoder: FFmpeg exits 0 despite
        both.

        Errors of the `trusted` inputs (numbers) are ignored.
        """
        if self.changed:
            raise self._format_change()
        if self.missing_glyphs:
            names = ", ".join(f"U+{int(code, 16):04X}" for code in sorted(self.missing_glyphs))
            raise GlyphError(f"no available font has {names}", "change the text")
        for line in self.errors:
            blamed = self._blamed(line)
            if blamed and not blamed & set(trusted):
                raise self._damaged(line, blamed)
        for (number, _), (_, frames, errors) in self.decoded.items():
            if errors and number not in trusted:
                share = f"{errors} of {frames + errors} frames"
                message = f"{self._named({number})} is damaged: {share} can't be decoded"
                raise MediaError(message, _COPY)

    def _blamed(self, line: str) -> set[int]:
        """The inputs that an error line may be about; none if it is about the filters or the encoder."""
        if any(words in line for words in HARMLESS):
            return set()
        if stated := _OF_INPUT.match(line):
            return {int(stated[1])}
        speaker = _SPEAKER.match(line)
        return self.decoders.get(speaker[1], set()) if speaker else set()

    def _damaged(self, line: str, blamed: set[int]) -> FinishError:
        return MediaError(f"{self._named(blamed)} is damaged: {_message(line)}", _COPY)

    def _named(self, numbers: set[int]) -> str:
        """Files by name. A piece's name means nothing to users, so it isn't shown."""
        paths = [Path(self.inputs[number]) for number in sorted(numbers) if number in self.inputs]
        return (
            " or ".join("a rendered piece" if _PIECE_NAME.match(path.name) else path.name for path in paths)
            or "the clip"
        )


def _message(line: str) -> str:
    """The message of a line, without its speaker and addresses."""
    return re.sub(r"\[[^\]]*\]\s*|0x[0-9a-f]+", "", line).strip()
