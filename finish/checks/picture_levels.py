"""Whether a picture keeps to legal levels, and reports of clipping and banding."""

from __future__ import annotations

from typing import Any

from finish.analysis.banding import BandFacts, Banding
from finish.analysis.video_levels import AREA, LevelFacts, Levels
from finish.checks.requirements import LevelsRequirement
from finish.model import Deliverable, Promise, Tolerance


def outside(facts: LevelFacts) -> float:
    return facts.outside


def clipped(facts: LevelFacts) -> float:
    return facts.clipped


def mean_banding(facts: BandFacts) -> float:
    return facts.mean


_LEGAL = Promise(
    "levels outside EBU R 103",
    outside,
    Tolerance(high=AREA),
    "% of a frame",
    "EBU R 103 v3.0",
    "colour: {levels: legal}",
    "picture",
    Levels(),
)
_CLIPPING = Promise("clipped pixels", clipped, Tolerance(), "%", "the job", part="picture", analyser=Levels())
_BANDING = Promise(
    "banding (CAMBI)", mean_banding, Tolerance(), "", "the job", part="picture", analyser=Banding()
)


def promises(requirement: LevelsRequirement) -> tuple[Promise[Any], ...]:
    """What the requirement demands of a file."""
    table = ((requirement.legal, _LEGAL), (requirement.clipping, _CLIPPING), (requirement.banding, _BANDING))
    return tuple(promise for required, promise in table if required)


def check(deliverable: Deliverable) -> tuple[Promise[Any], ...]:
    return tuple(
        promise for required in deliverable.required(LevelsRequirement) for promise in promises(required)
    )
