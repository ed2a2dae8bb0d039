"""Captions and shot changes: a cue that begins or ends near one begins or ends with it (Netflix' timing guidelines, section 2)."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.stages.captions.cues import Cue

GAP: Final = 2  # frames between two cues, and between a cue's end and a shot change
_NEAR: Final = Fraction(1, 2)  # s: nearer than this, rounded to frames, is near
_TO_THE_CUT: Final = Fraction(
    3, 4
)  # of that: a cue that begins so shortly before a change begins with it, else half a second before


@dataclass(frozen=True)
class ShotTimes:
    """The rate of the frames (Hz), and the times (s) at which shots begin, ascending; without those nothing is near one."""

    rate: Fraction
    cuts: tuple[Fraction, ...] = ()

    @property
    def gap(self) -> Fraction:
        """The least time between two cues, s."""
        return GAP / self.rate

    @property
    def half(self) -> int:
        """Half a second in frames: 12 at 24 fps."""
        return math.floor(_NEAR * self.rate + Fraction(1, 2))

    def start(self, time: Fraction) -> Fraction:
        """Where a cue that begins at a time begins, to the millisecond."""
        cut, frames = self._nearest(time)
        if cut is None or not 0 < abs(frames) < self.half:
            return time
        early = frames <= -math.floor(_TO_THE_CUT * self.half + Fraction(1, 2))
        return _milliseconds(cut - self.half / self.rate if early else cut)

    def end(self, time: Fraction) -> Fraction:
        """Where a cue that ends at a time ends: two frames before a change."""
        cut, frames = self._nearest(time)
        near = cut is not None and abs(frames) < self.half and frames != -GAP
        return _milliseconds(cut - self.gap) if cut is not None and near else time

    def broken(self, cue: Cue) -> Iterator[tuple[str, str]]:
        """Which of both a cue does not do, and by how much."""
        for edge, rule, time, wanted in (
            ("begins", "begins near a shot change", cue.start, self.start(cue.start)),
            ("ends", "ends near a shot change", cue.end, self.end(cue.end)),
        ):
            if wanted != time and round(abs(wanted - time) * self.rate):
                frames = round(abs(wanted - time) * self.rate)
                yield (
                    rule,
                    f"{edge} {frames} frame{'s' * (frames > 1)} {'early' if wanted > time else 'late'}",
                )

    def _nearest(self, time: Fraction) -> tuple[Fraction | None, int]:
        """The nearest cut, and by how many frames a time lies behind it."""
        at = bisect_left(self.cuts, time)
        nearest = min(self.cuts[max(0, at - 1) : at + 1], key=lambda cut: abs(cut - time), default=None)
        return nearest, round((time - nearest) * self.rate) if nearest is not None else 0


def _milliseconds(time: Fraction) -> Fraction:
    """As caption files count."""
    return Fraction(round(time * 1000), 1000)
