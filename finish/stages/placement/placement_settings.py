"""The settings of the placement stage."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from finish import model

NAME: Final = "placement"  # of the stage, and of its section in a job spec

Avoided = Literal["faces", "letters"]


class PlacementSettings(model.Settings):
    """What graphics keep clear of, beside each other and the destination's safe area."""

    avoid: tuple[Avoided, ...] = Field(
        default=("faces", "letters"),
        description="what graphics that choose their own place keep clear of; [] for nothing",
    )
