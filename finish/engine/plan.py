"""What a run renders, and what it must not reuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from finish.model import RefusedDeliverable
from finish.planning.render_plan import Rendering


@dataclass(frozen=True)
class Invalidation:
    """What a run doesn't reuse: the decisions of `stages`, and with `verify` the results of reading files."""

    stages: tuple[str, ...] = ()
    verify: bool = False


TRUSTING: Final = Invalidation()


@dataclass(frozen=True)
class Plan:
    """What a run renders of a clip, and the deliverables that it can't render."""

    renderings: tuple[Rendering, ...]
    refused: tuple[RefusedDeliverable, ...] = ()

    def __repr__(self) -> str:
        return f"<Plan: {len(self.renderings)} planned, {len(self.refused)} refused>"
