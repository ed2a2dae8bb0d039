"""The stages of a job in groups, in the order in which they plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from finish.model import Scope, Stage


@dataclass(frozen=True)
class StageGroups:
    """The `stages` in their order; the first makes the conformed source.

    The picture is planned first, so that it can be rendered while the sound is still being measured: stages
    that change only the sound come last.
    """

    stages: tuple[Stage, ...]

    @property
    def conform(self) -> Stage:
        """The stage that makes the conformed source."""
        return self.stages[0]

    @property
    def timing(self) -> tuple[Stage, ...]:
        """The stages that decide how long a clip is."""
        return self._of(self.stages[1:], "timing")

    @property
    def clip_picture(self) -> tuple[Stage, ...]:
        """The stages of the picture of every clip."""
        return self._of(self.picture, "clip")

    @property
    def programme_picture(self) -> tuple[Stage, ...]:
        """The stages of the programme's picture."""
        return self._of(self.picture, "programme")

    @property
    def clip_sound(self) -> tuple[Stage, ...]:
        """The stages that change only the sound of every clip."""
        return self._of(self.sound, "clip")

    @property
    def programme_sound(self) -> tuple[Stage, ...]:
        """The stages that change only the programme's sound."""
        return self._of(self.sound, "programme")

    @property
    def picture(self) -> tuple[Stage, ...]:
        """All stages of the picture after the first, in their order: those of one clip."""
        return tuple(stage for stage in self.stages[1:] if "video" in stage.touches)

    @property
    def sound(self) -> tuple[Stage, ...]:
        """All stages that change only the sound, in their order: those of one clip."""
        return tuple(stage for stage in self.stages[1:] if "video" not in stage.touches)

    @staticmethod
    def _of(stages: Sequence[Stage], scope: Scope) -> tuple[Stage, ...]:
        # A stage that states no scope, written for one clip, plans the programme as a whole.
        return tuple(stage for stage in stages if getattr(stage, "scope", "programme") == scope)
