"""The decoded frames of a sound track: how many samples they have, and the timestamps that the container
gives them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import numpy as np

from finish.media.clock_fit import SampleRuns, fitted
from finish.model import SOUND_RATE, SoundChange

# House limits: no clip has a longer or finer track; beyond, the container's timestamps are used unchanged.
_MOST_SECONDS: Final = 12 * 3600
_MOST_FRAMES: Final = 4_000_000
_MOST_CHANGES: Final = 64


@dataclass
class TrackFrames:
    """The frames of one track: their timestamps (ticks of `base`), their sample counts, and the changes of
    format.

    `whole` is False once the timestamps can't be used.
    """

    stamps: array[int] = field(default_factory=lambda: array("q"))
    counts: array[int] = field(default_factory=lambda: array("q"))
    changes: list[SoundChange] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)  # the number of the first frame of each change
    channels: int = 0
    base: Fraction | None = None
    samples: int = 0
    whole: bool = True

    def add(self, frame: Any) -> None:
        """Record a decoded frame of PyAV."""
        rate, layout = int(frame.sample_rate), str(frame.layout.name)
        if not self.changes or (rate, layout) != (self.changes[-1].rate, self.changes[-1].layout):
            self._changed(frame, rate, layout)
        self.base = self.base or frame.time_base
        if frame.pts is None or frame.time_base != self.base:
            self.whole = False
            return
        self.stamps.append(frame.pts)
        self.counts.append(frame.samples)
        self.samples += frame.samples
        self.whole = len(self.stamps) < _MOST_FRAMES and self.samples < _MOST_SECONDS * max(1, rate)

    def _changed(self, frame: Any, rate: int, layout: str) -> None:
        time = Fraction(0) if frame.pts is None or not frame.time_base else frame.pts * frame.time_base
        names = tuple(str(channel.name) for channel in frame.layout.channels)
        self.channels = self.channels or len(names)
        self.changes.append(SoundChange(time, rate, layout, placed(names)))
        self.begins.append(len(self.stamps))
        self.whole = self.whole and len(self.changes) <= _MOST_CHANGES

    @property
    def fit(self) -> SampleRuns:
        """The runs of samples by their smoothed timestamps; none if counting from the first timestamp gives
        the same result, or if the timestamps can't be used.

        If the rate changes, samples are counted at 48 kHz.
        """
        if not self.whole or not self.changes or len(self.stamps) < 2 or not self.base:
            return SampleRuns()
        rate = self.changes[0].rate if len(self.changes) == 1 else SOUND_RATE
        times = np.frombuffer(self.stamps, np.int64).astype(np.float64) * float(self.base)
        counts = np.frombuffer(self.counts, np.int64).astype(np.float64)
        for change, (first, end) in zip(self.changes, pairwise([*self.begins, len(counts)]), strict=True):
            counts[first:end] *= rate / max(1, change.rate)
        return fitted(times, counts, rate, float(self.base))


def placed(names: Sequence[str]) -> tuple[str, ...]:
    """The places of channels with these names; none if FFmpeg knows only their number."""
    return () if "NONE" in names else tuple(names)
