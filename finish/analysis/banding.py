"""How visible bands are in smooth parts of a picture: Netflix' CAMBI, which libvmaf computes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from finish.model import Analyser, Array, Scores


@dataclass(frozen=True)
class BandFacts:
    """CAMBI, mean and largest over all frames: 0 none, about 5 where bands begin to annoy (Tandon et al. 2021), 24 the worst."""

    mean: float
    worst: float


@dataclass(frozen=True)
class Banding(Analyser[BandFacts]):
    """The bands of a picture."""

    version = 1
    wants = Scores("cambi")

    def begin(self) -> BandScores:
        return BandScores()


@dataclass
class BandScores:
    """Every frame's score so far."""

    _scores: list[float] = field(default_factory=list)

    def add(self, time: Fraction, data: Array) -> None:  # noqa: ARG002 (the protocol of a fold)
        """One frame's score."""
        self._scores.append(float(data))

    def result(self) -> BandFacts:
        scores = self._scores or [0.0]
        return BandFacts(round(sum(scores) / len(scores), 3), round(max(scores), 3))
