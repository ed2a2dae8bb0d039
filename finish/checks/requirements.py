"""What settings require of any finished file, as data. The check of the same subject turns it into
promises."""

from __future__ import annotations

from dataclasses import dataclass

from finish.checks.loudness_targets import LoudnessStandard
from finish.model.values import Requirement


@dataclass(frozen=True)
class LoudnessRequirement(Requirement):
    """The loudness and the peaks of a standard; not `exact`: no louder. A clip of an `album` keeps its own
    loudness."""

    standard: LoudnessStandard
    exact: bool = True
    album: bool = False


@dataclass(frozen=True)
class MonoRequirement(Requirement):
    """Both channels heard as one lose at most 6 dB."""


@dataclass(frozen=True)
class LevelsRequirement(Requirement):
    """`legal`: the levels of EBU R 103. `clipping` and `banding`: a report, in which any value is
    accepted."""

    legal: bool = False
    clipping: bool = False
    banding: bool = False
