"""What settings require of any finished file, as data.

The check of the same subject turns a requirement into promises.
"""

from __future__ import annotations

from dataclasses import dataclass

from finish.checks.loudness_targets import LoudnessStandard
from finish.model.values import Requirement


@dataclass(frozen=True)
class LoudnessRequirement(Requirement):
    """The loudness and the peaks of a standard.

    Without `exact`, a quieter sound is accepted. A clip of an `album` keeps its own loudness.
    """

    standard: LoudnessStandard
    exact: bool = True
    album: bool = False


@dataclass(frozen=True)
class MonoRequirement(Requirement):
    """In mono, the sound loses at most 6 dB."""


@dataclass(frozen=True)
class LevelsRequirement(Requirement):
    """Levels, clipping and banding of a picture.

    `legal` requires the levels of EBU R 103. `clipping` and `banding` are reports: they accept any value.
    """

    legal: bool = False
    clipping: bool = False
    banding: bool = False
