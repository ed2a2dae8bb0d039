"""The sound of the other clips of a job whose loudness a deliverable shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from finish.errors import FinishError, SpecError
from finish.graph import Stream
from finish.model import Deliverable, Programme, Source

# Plans the sound of a clip for a deliverable: with the first stage only, or with every stage that changes
# sound.
PlanSound = Callable[[Source, Deliverable, bool], Programme]


@dataclass(frozen=True)
class SharedSound:
    """The other clips of a `job`, delivered like this `deliverable`."""

    deliverable: Deliverable
    job: Sequence[Deliverable]
    plan_sound: PlanSound

    def of(self, clip: Source, programme: Programme) -> Stream:
        """The sound of a clip as the job cuts it, or the whole sound of a clip without a deliverable.

        SpecError for a clip that can't be planned.
        """
        if [source.path for source in programme.sources] == [clip.path]:
            return programme.sound
        counterpart = self._counterpart(clip)
        try:
            return self.plan_sound(clip, counterpart or self.deliverable, counterpart is not None).sound
        except FinishError as error:
            message = f"{clip.path.name}, which shares a gain with it: {error.message}"
            raise SpecError(message, error.hint) from error

    def _counterpart(self, clip: Source) -> Deliverable | None:
        """The clip's deliverable from the same line of the job spec and at the same position."""
        stated = [deliverable for deliverable in self.job if deliverable.where == self.deliverable.where]
        own = [deliverable.name for deliverable in stated if deliverable.source == self.deliverable.source]
        others = [deliverable for deliverable in stated if deliverable.source == clip.path]
        if self.deliverable.name not in own or len(others) != len(own):
            return None
        return others[own.index(self.deliverable.name)]
