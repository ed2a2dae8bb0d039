"""How far a batch is, and how much longer it will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

_RENDERED = 0.9  # of a clip's time, when its picture is rendered; house: joins and checks took a tenth of runs that were measured


class BatchProgress:
    """The clips of a batch, each with a weight (bytes times deliverables: what is known of a clip before it is read).

    What is left is reckoned from what was done since something was first rendered: clips that stand take no time, and tell nothing.
    """

    def __init__(self, weights: Mapping[Path, float], clock: Callable[[], float] = time.monotonic) -> None:
        self._weights, self._clock = dict(weights), clock
        self._shares = dict.fromkeys(
            self._weights, 0.0
        )  # never changes its size: threads tell of their clips while others sum up
        self._begun: tuple[float, float] | None = (
            None  # when rendering began, and the share that was done by then
        )

    @classmethod
    def of(cls, clips: Iterable[Path]) -> BatchProgress:
        """The clip of every deliverable."""
        weights: dict[Path, float] = {}
        for clip in clips:
            weights[clip] = weights.get(clip, 0) + _bytes(clip)
        return cls(weights)

    @property
    def several(self) -> bool:
        return len(self._weights) > 1

    @property
    def done(self) -> float:
        """Share of the batch."""
        return sum(self._weights[clip] * share for clip, share in self._shares.items()) / max(
            1, sum(self._weights.values())
        )

    @property
    def left(self) -> float | None:
        """Seconds; None while nothing tells."""
        if self._begun is None:
            return None
        begun, before = self._begun
        gained = self.done - before
        return (self._clock() - begun) * (1 - self.done) / gained if gained > 0.005 else None

    def rendered(self, clip: Path, share: float) -> None:
        """So much of a clip's picture is rendered."""
        if self._begun is None:
            self._begun = (self._clock(), self.done)
        self._put(clip, max(self._shares.get(clip, 0.0), _RENDERED * share))

    def over(self, clip: Path, share: float) -> None:
        """So many of a clip's deliverables have ended."""
        self._put(clip, max(self._shares.get(clip, 0.0), share))

    def _put(self, clip: Path, share: float) -> None:
        if clip in self._weights:
            self._shares[clip] = share

    def __str__(self) -> str:
        left = self.left
        return f"all {100 * self.done:.0f} %" + (f", {_told(left)} left" if left is not None else "")


def _bytes(clip: Path) -> int:
    try:
        return max(1, clip.stat().st_size)
    except OSError:
        return 1


def _told(seconds: float) -> str:
    """As "40 s", "12 min" or "3.5 h"."""
    return (
        f"{seconds:.0f} s"
        if seconds < 90
        else f"{seconds / 60:.0f} min"
        if seconds < 5400
        else f"{seconds / 3600:.1f} h"
    )
