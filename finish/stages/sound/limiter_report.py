"""What a limiter does: its largest gain reduction, and how long it is active."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np

from finish.analysis.loudness import RATE
from finish.graph import Stream
from finish.model import Analyser, Array, Samples

_BLOCK: Final = RATE // 200  # samples, 5 ms: shorter than the limiter's attack
_ACTIVE: Final = 0.5  # dB; house value: smaller differences come from resampling
_QUIET: Final = 1e-6  # mean square, −60 dB: a quieter sound shows no gain


def beside(before: Stream, after: Stream, channels: int) -> Stream:
    """Two mono or stereo sounds as one of four channels, sample by sample, for `LimiterReport`."""
    right = f"c{channels - 1}"
    one, other = (
        before.filter("pan", args=f"quad|c0=c0|c1={right}"),
        after.filter("pan", args=f"quad|c2=c0|c3={right}"),
    )
    return one.filter("amix", other, inputs=2, normalize=0)


@dataclass(frozen=True)
class LimiterFacts:
    """The largest reduction (dB), the time with more than 0.5 dB of it (s), and the sound's length (s)."""

    most: float
    limited: float
    seconds: float

    @property
    def share(self) -> float:
        """The share of the time with a reduction."""
        return self.limited / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class LimiterReport(Analyser[LimiterFacts]):
    """The difference between a sound before its limiter and after it, in one stream made by `beside`."""

    version = 1
    wants = Samples(RATE)

    def begin(self) -> LimiterComparison:
        return LimiterComparison()


@dataclass
class LimiterComparison:
    """The mean squares of both, every 5 ms."""

    _rest: Array = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    _reduced: list[np.ndarray] = field(default_factory=list)
    _count: int = 0

    def add(self, _: Fraction, data: Array) -> None:
        """Samples (n, 4)."""
        self._count += len(data)
        joined = np.concatenate([self._rest, data]) if len(self._rest) else data
        whole = len(joined) - len(joined) % _BLOCK
        self._rest = joined[whole:]
        powers = (joined[:whole].reshape(-1, _BLOCK, 2, data.shape[1] // 2).astype(np.float64) ** 2).mean(
            axis=(1, 3)
        )
        loud = powers[:, 0] > _QUIET
        reduced = np.zeros(len(powers))
        reduced[loud] = 10 * np.log10(powers[loud, 0] / np.maximum(powers[loud, 1], 1e-12))
        self._reduced.append(reduced)

    def result(self) -> LimiterFacts:
        reduced = np.concatenate([*self._reduced, np.zeros(1)])
        return LimiterFacts(
            round(max(0.0, float(reduced.max())), 2),
            float((reduced > _ACTIVE).sum()) * _BLOCK / RATE,
            self._count / RATE,
        )
