"""The CPU time of the processes that a renderer starts."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from finish.graph import Stream, derived_frames
from finish.media.ffmpeg.ffmpeg_runner import FinishedProcess


class Meter:
    """CPU-seconds of FFmpeg for pictures (with the megapixels) and for everything else. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.pictures = self.megapixels = self.others = 0.0

    def rendered(self, streams: Sequence[Stream], ran: FinishedProcess) -> None:
        """Add a process that wrote one file for each stream."""
        # Captures are a by-product: they don't count. Derived sources do.
        pixels = sum(
            frames * (stream.size.pixels if stream.size else 0)
            for stream, frames in zip(streams, ran.frames, strict=True)
            if stream.kind == "video"
            and (stream.encoding.suffix != ".nut" or derived_frames(stream) is not None)
        )
        with self._lock:
            if pixels:
                self.pictures, self.megapixels = self.pictures + ran.log.cpu, self.megapixels + pixels / 1e6
            else:
                self.others += ran.log.cpu

    def add(self, cpu: float) -> None:
        """Add the CPU-seconds of a process that rendered no picture."""
        with self._lock:
            self.others += cpu
