"""How much of a batch is done, and how much longer it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

# Share of a clip's time that has passed when its picture is rendered; joins and checks took a tenth of the runs that were measured.
_RENDERED = 0.9


class BatchProgress:
    """The clips of a batch, each with a weight: its bytes times its deliverables, which is known before a clip is read.

    The time left follows from what was done since the first picture was rendered: clips that are up to date take no time, so they
    say nothing about the others.
    """

    def __init__(self, weights: Mapping[Path, float], clock: Callable[[], float] = time.monotonic) -> None:
        self._weights, self._clock = dict(weights), clock
        # Never changes its size, because threads report on their clips while others sum up.
        self._shares = dict.fromkeys(self._weights, 0.0)
        self._start: tuple[float, float] | None = None  # when rendering began, and the share done by then

    @classmethod
    def of(cls, clips: Iterable[Path]) -> BatchProgress:
        """The clip of every deliverable."""
        weights: dict[Path, float] = {}
        for clip in clips:
            weights[clip] = weights.get(clip, 0) + _bytes(clip)
        return cls(weights)

    @property
    def several(self) -> bool:
        """Whether there is more than one clip."""
        return len(self._weights) > 1

    @property
    def done(self) -> float:
        """Share of the batch, 0 to 1."""
        total = max(1, sum(self._weights.values()))
        return sum(self._weights[clip] * share for clip, share in self._shares.items()) / total

    @property
    def left(self) -> float | None:
        """Seconds; None while too little is done to tell."""
        if self._start is None:
            return None
        start, before = self._start
        gained = self.done - before
        return (self._clock() - start) * (1 - self.done) / gained if gained > 0.005 else None

    def rendered(self, clip: Path, share: float) -> None:
        """This share of a clip's picture is rendered."""
        if self._start is None:
            self._start = (self._clock(), self.done)
        self._raise(clip, _RENDERED * share)

    def ended(self, clip: Path, share: float) -> None:
        """This share of a clip's deliverables has ended."""
        self._raise(clip, share)

    def _raise(self, clip: Path, share: float) -> None:
        if clip in self._weights:
            self._shares[clip] = max(self._shares[clip], share)

    def __str__(self) -> str:
        left = self.left
        return f"all {100 * self.done:.0f} %" + (f", {_duration(left)} left" if left is not None else "")


def _bytes(clip: Path) -> int:
    try:
        return max(1, clip.stat().st_size)
    except OSError:
        return 1


def _duration(seconds: float) -> str:
    """As "40 s", "12 min" or "3.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
