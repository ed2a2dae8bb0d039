"""FFmpeg's log, read while it runs: errors, and damage in spite of exit code 0."""

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

_TOFU: Final = re.compile(r"failed to find any fallback with glyph (0x[0-9A-Fa-f]+)")
_MISSING: Final = re.compile(
    r"(?:No such filter: |Unknown encoder |Unknown input format: |Requested output format )'([^']+)'"
)
_DECODED: Final = re.compile(
    r"Input stream #(\d+):(\d+) \(video\): (\d+) packets read .*?;"
    r" (\d+) frames decoded(?:; (\d+) decode errors)?"
)
_CHANGED: Final = re.compile(r"Reconfiguring filter graph because video parameters changed to .*?, (\d+x\d+)")
SPENT: Final = re.compile(r"bench: utime=([\d.]+)s stime=([\d.]+)s")
_DAMAGE: Final = ("Invalid data found", "decode", "Error splitting", "corrupt", "Invalid NAL")
_OUT_OF_ORDER: Final = ("Non-monotonic DTS", "non monotonically increasing dts")
_OPENED: Final = re.compile(r"Input #(\d+), .*? from '(?:file:)?(.*)':$")
_MAPPED: Final = re.compile(r"Stream #(\d+):\d+(?:\[[^\]]*\])? (?:-> #\d+:\d+ )?\((\w+)")
_OF_INPUT: Final = re.compile(r"\[(?:in|vist|aist)#(\d+)[:/ ]")
_WHO: Final = re.compile(r"\[([\w.]+) @")
_OWN: Final = re.compile(r"[0-9a-f]{24,}")
_COPY: Final = "copy or export it again"
_AGAIN: Final = "export it again with the same size, rate and channels throughout"
_KEPT: Final = 200
_LINE: Final = 2**16  # bytes: what is no line of FFmpeg's must not fill the memory


class FFmpegLog:
    """What matters in a log of any length: the first errors, missing glyphs, decoders' counts,
    CPU-seconds, and the last lines."""

    def __init__(self) -> None:
        self.tail: deque[str] = deque(maxlen=_KEPT)
        self.errors: list[str] = []
        self.tofu: set[str] = set()
        self.inputs: dict[int, str] = {}  # the files that are read, by their numbers
        self.decoders: dict[str, set[int]] = {}  # the inputs that each decoder works for, by its name
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
        self.tofu.update(_TOFU.findall(line))
        if spent := SPENT.search(line):
            self.cpu = float(spent[1]) + float(spent[2])
        if changed := _CHANGED.search(line):
            self.changed = self.changed or changed[1]
        for file, stream, *counts in _DECODED.findall(line):
            packets, frames, errors = (int(count or 0) for count in counts)
            self.decoded[int(file), int(stream)] = (packets, frames, errors)

    def failure(self, code: int) -> FinishError:
        """The error for a process that ended with `code`."""
        if self.changed:
            return self._unsteady()
        text = "\n".join((*self.errors, *self.tail))
        missing = _MISSING.search(text)
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
            name = (
                signal.Signals(-code).name
                if -code in {int(each) for each in signal.Signals}
                else f"signal {-code}"
            )
            return FFmpegError(
                f"FFmpeg was killed or crashed ({name})", "check the free memory, and run again"
            )
        faults = [(error, found) for error in self.errors if (found := self._blamed(error))]
        if any(each in text for each in _OUT_OF_ORDER):
            message = (
                f"{self._named({0})} changes its size, channels or rate midway, or its timestamps go back"
            )
            return MediaError(message, _AGAIN)
        if faults:
            return self._damaged(*faults[0])
        said = _plain(self.errors[0]) if self.errors else f"exit code {code}"
        if any(word in error for word in _DAMAGE for error in self.errors):
            return MediaError(f"{self._named(set(self.inputs))} is damaged: {said}", _COPY)
        return FFmpegError(f"FFmpeg failed: {said}", "run `finish doctor` to check this FFmpeg")

    def _unsteady(self) -> FinishError:
        """FFmpeg has built its graph anew in the middle: filters that count begin again, and frames are
        lost or shown twice."""
        message = f"the picture changes midway to {self.changed}, which its headers don't state"
        return MediaError(message, "export the clip again in one size and format")

    def refuse_lies(self, trusted: Collection[int] = ()) -> None:
        """FinishError for missing glyphs, and for what a demuxer or decoder complained of: FFmpeg exits 0 on
        both.

        What is said of the `trusted` inputs (numbers) is let be.
        """
        if self.changed:
            raise self._unsteady()
        if self.tofu:
            names = ", ".join(f"U+{int(each, 16):04X}" for each in sorted(self.tofu))
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
        """The inputs that a line of error may be about; none where it is about our own work on them."""
        if any(each in line for each in HARMLESS):
            return set()
        if stated := _OF_INPUT.match(line):
            return {int(stated[1])}
        who = _WHO.match(line)
        return self.decoders.get(who[1], set()) if who else set()

    def _damaged(self, line: str, blamed: set[int]) -> FinishError:
        return MediaError(f"{self._named(blamed)} is damaged: {_plain(line)}", _COPY)

    def _named(self, numbers: set[int]) -> str:
        """Files by their names; a piece of ours has none that anybody knows."""
        paths = [Path(self.inputs[number]) for number in sorted(numbers) if number in self.inputs]
        return (
            " or ".join("a rendered piece" if _OWN.match(path.name) else path.name for path in paths)
            or "the clip"
        )


def _plain(line: str) -> str:
    """What a line says, without who says it."""
    return re.sub(r"\[[^\]]*\]\s*|0x[0-9a-f]+", "", line).strip()
