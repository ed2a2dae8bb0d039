"""How visible banding is in smooth parts of a picture: Netflix's CAMBI, which libvmaf computes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from finish.model import Analyser, Array, Scores


@dataclass(frozen=True)
class BandFacts:
    """The mean and the largest CAMBI score of all frames.

    0 is none, 24 the worst; from about 5 on, banding annoys (Tandon et al. 2021).
    """

    mean: float
    worst: float


@dataclass(frozen=True)
class Banding(Analyser[BandFacts]):
    """The banding of a picture."""

    version = 1
    wants = Scores("cambi")

    def begin(self) -> BandScores:
        return BandScores()


@dataclass
class BandScores:
    """The score of each frame so far."""

    _scores: list[float] = field(default_factory=list)

    def add(self, time: Fraction, data: Array) -> None:  # noqa: ARG002 (the protocol of a fold)
        """One frame's score."""
        self._scores.append(float(data))

    def result(self) -> BandFacts:
        scores = self._scores or [0.0]
        return BandFacts(round(sum(scores) / len(scores), 3), round(max(scores), 3))
