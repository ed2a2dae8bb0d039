"""Captions and shot changes: a cue that starts or ends near a change does so with it.

Rules: Netflix' timing guidelines, section 2.
"""

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
# Of that: a cue that starts no longer than this before a change starts with it, else half a second before it.
_TO_THE_CUT: Final = Fraction(3, 4)


@dataclass(frozen=True)
class ShotTimes:
    """The frame rate (Hz) and the times (s) of shot changes, ascending; without any, no cue is near one.

    `length` (s) is that of the clip, if it's known: no cue ends later.
    """

    rate: Fraction
    cuts: tuple[Fraction, ...] = ()
    length: Fraction | None = None

    @property
    def gap(self) -> Fraction:
        """The shortest time between two cues, s."""
        return GAP / self.rate

    @property
    def half(self) -> int:
        """Half a second in frames: 12 at 24 fps."""
        return math.floor(_NEAR * self.rate + Fraction(1, 2))

    def start(self, time: Fraction) -> Fraction:
        """Where a cue with this start must start, to the millisecond."""
        cut, frames = self._nearest(time)
        if cut is None or not 0 < abs(frames) < self.half:
            return time
        early = frames <= -math.floor(_TO_THE_CUT * self.half + Fraction(1, 2))
        return _milliseconds(cut - self.half / self.rate if early else cut)

    def end(self, time: Fraction) -> Fraction:
        """Where a cue with this end must end: two frames before a change."""
        cut, frames = self._nearest(time)
        near = cut is not None and abs(frames) < self.half and frames != -GAP
        return _milliseconds(cut - self.gap) if cut is not None and near else time

    def broken(self, cue: Cue) -> Iterator[tuple[str, str]]:
        """Which of the two rules a cue breaks, and by how much."""
        for edge, time, correct in (
            ("begins", cue.start, self.start(cue.start)),
            ("ends", cue.end, self.end(cue.end)),
        ):
            frames = round(abs(correct - time) * self.rate)
            if frames:
                direction = "early" if correct > time else "late"
                yield (f"{edge} near a shot change", f"{edge} {frames} frame{'s' * (frames > 1)} {direction}")

    def _nearest(self, time: Fraction) -> tuple[Fraction | None, int]:
        """The nearest cut, and by how many frames `time` is after it."""
        at = bisect_left(self.cuts, time)
        nearest = min(self.cuts[max(0, at - 1) : at + 1], key=lambda cut: abs(cut - time), default=None)
        return nearest, round((time - nearest) * self.rate) if nearest is not None else 0


def _milliseconds(time: Fraction) -> Fraction:
    """The time in the resolution of caption files."""
    return Fraction(round(time * 1000), 1000)
