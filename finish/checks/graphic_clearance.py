"""Whether graphics laid over a picture show as planned, and clear of the area that the destination covers."""

from __future__ import annotations

from finish.analysis.clearance import ClearanceFacts


def outside(facts: ClearanceFacts) -> int:
    """Pixels outside the safe zone."""
    return facts.outside


def missing(facts: ClearanceFacts) -> int:
    """Graphics that don't show."""
    return facts.missing


def differing(facts: ClearanceFacts) -> int:
    """Places that show something other than planned."""
    return facts.differing
