"""Whether a stereo sound keeps its level on one loudspeaker."""

from __future__ import annotations

from typing import Final

from finish.analysis.loudness import Loudness, LoudnessFacts
from finish.checks.requirements import MonoRequirement
from finish.model import Deliverable, Promise, Tolerance

LOST: Final = -6.0  # dB; house: unrelated channels lose 3 dB in mono, and this is twice as much


def promises(_: MonoRequirement) -> tuple[Promise[LoudnessFacts], ...]:
    """What the requirement demands of a file."""
    return (
        Promise(
            "mono compatibility",
            fold,
            Tolerance(low=LOST),
            "dB",
            "house: unrelated channels lose 3 dB",
            part="sound",
            hint="clean: {channels: mend}, or lower a width",
            analyser=Loudness(),
        ),
    )


def fold(facts: LoudnessFacts) -> float:
    """The change of level in mono (dB)."""
    return facts.fold


def check(deliverable: Deliverable) -> tuple[Promise[LoudnessFacts], ...]:
    return tuple(
        promise for required in deliverable.required(MonoRequirement) for promise in promises(required)
    )
