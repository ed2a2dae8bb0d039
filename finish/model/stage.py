"""The protocol of a stage of finishing."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from finish.graph import Kind
from finish.model.delivery import Delivery
from finish.model.questions import Analyser, Ask
from finish.model.values import Settings

# What a stage is planned on: every clip of a programme by itself (those of "timing", which decide how long a
# clip is, before the others), or the programme as a whole.
Scope = Literal["timing", "clip", "programme"]


class Stage(Protocol):
    """One stage of finishing: a module with these names. To add one: the module, and its line in
    `stages/stage_order`.

    `touches` is "video", "audio", or both: a still is planned without the stages of sound. Stages of the
    scopes "timing" and "clip" plan each clip of a programme by itself (a `ClipProgramme`); see `Scope`.
    """

    @property
    def touches(self) -> tuple[Kind, ...]: ...

    @property
    def scope(self) -> Scope: ...

    @property
    def name(self) -> str: ...
    @property
    def Settings(self) -> type[Settings]: ...
    def questions(self, settings: Any, /) -> tuple[Analyser[Any], ...]:
        """The questions about the conformed source: those of all stages are answered in one decode."""
        ...

    def plan(self, settings: Any, programme: Any, delivery: Delivery, ask: Ask, /) -> Any: ...
