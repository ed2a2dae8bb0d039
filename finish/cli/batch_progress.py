"""The progress of a batch, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from finish.model import Footage

# Share of a clip's time that has passed when its picture is rendered; measured: joins and checks take 10 %.
_RENDERED = 0.9


class BatchProgress:
    """The clips of a batch, weighted by their bytes times their deliverables, which are known at the start.

    The time left is extrapolated from the start of the first rendering: clips that are up to date take no
    time.
    """

    def __init__(self, weights: Mapping[Footage, float], clock: Callable[[], float] = time.monotonic) -> None:
        self._weights, self._clock = dict(weights), clock
        # Its keys never change, because threads write their clips' shares while others read all.
        self._shares = dict.fromkeys(self._weights, 0.0)
        self._start: tuple[float, float] | None = None  # when rendering began, and the share done by then

    @classmethod
    def of(cls, footage: Iterable[Footage]) -> BatchProgress:
        """The progress of a batch with these clips and timelines, one for each deliverable."""
        weights: dict[Footage, float] = {}
        for one in footage:
            weights[one] = weights.get(one, 0) + sum(map(_bytes, one.clips or (one.first,)))
        return cls(weights)

    @property
    def several(self) -> bool:
        """Whether there is more than one clip or timeline."""
        return len(self._weights) > 1

    @property
    def done(self) -> float:
        """The finished share of the batch, 0 to 1."""
        total = max(1, sum(self._weights.values()))
        return sum(self._weights[one] * share for one, share in self._shares.items()) / total

    @property
    def left(self) -> float | None:
        """The seconds that are left; None while too little is done for an estimate."""
        if self._start is None:
            return None
        start, before = self._start
        gained = self.done - before
        return (self._clock() - start) * (1 - self.done) / gained if gained > 0.005 else None

    def rendered(self, footage: Footage, share: float) -> None:
        """Set the rendered share of a clip's picture."""
        if self._start is None:
            self._start = (self._clock(), self.done)
        self._raise(footage, _RENDERED * share)

    def ended(self, footage: Footage, share: float) -> None:
        """Set the share of a clip's deliverables that have ended."""
        self._raise(footage, share)

    def _raise(self, footage: Footage, share: float) -> None:
        if footage in self._weights:
            self._shares[footage] = max(self._shares[footage], share)

    def __str__(self) -> str:
        left = self.left
        return f"all {100 * self.done:.0f} %" + (f", {_duration(left)} left" if left is not None else "")


def _bytes(clip: Path) -> int:
    try:
        return max(1, clip.stat().st_size)
    except OSError:
        return 1


def _duration(seconds: float) -> str:
    """A time as "40 s", "12 min" or "3.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
