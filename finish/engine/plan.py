"""What a run would make, and what it must not take on trust."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from finish.model import RefusedDeliverable
from finish.planning.render_plan import Rendering


@dataclass(frozen=True)
class Invalidation:
    """What is not taken on trust: the stages whose decisions are made anew, and with `verify` what was read of files before."""

    stages: tuple[str, ...] = ()
    verify: bool = False


TRUSTING: Final = Invalidation()


@dataclass(frozen=True)
class Plan:
    """What would be made of a clip, and what cannot be."""

    renderings: tuple[Rendering, ...]
    refused: tuple[RefusedDeliverable, ...] = ()
