"""Plans the deliverables of a job: reads the clips, obeys earlier decisions, and asks the clips what planning needs to know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from finish.deliver import lock_file
from finish.engine import job_paths
from finish.engine.plan import Invalidation, Plan
from finish.engine.selection import by_clip
from finish.errors import FinishError
from finish.execution.frame_reader import CAPTURE
from finish.graph.stream import ENCODED
from finish.media.probe_cache import ProbeCache
from finish.model import Ask, Deliverable, Job, Measure, PlannedDeliverable, RefusedDeliverable, Stage
from finish.planning import render_plan
from finish.planning.render_plan import Rendering
from finish.planning.stage_pipeline import PlannedPicture, StagePipeline, completed, examined

Pictures = tuple[PlannedPicture | RefusedDeliverable, ...]


@dataclass(frozen=True)
class Planner:
    """Plans deliverables of one `job` by its `stages`; `lock` is the lock file that it obeys.

    The plan of a clip has two parts, so that its pictures can be rendered while its sound is still being measured:
    `pictures` and, on the same programmes, `complete`.
    """

    job: Job
    stages: tuple[Stage, ...]
    ask: Ask
    probe: ProbeCache
    lock: Path | None
    invalidation: Invalidation

    @cached_property
    def locked(self) -> lock_file.Locked:
        """What the lock file says; SpecError where it can't be read."""
        return lock_file.read(self.lock)

    def plan(
        self, deliverables: Sequence[Deliverable] | None = None, stages: Sequence[Stage] | None = None
    ) -> Plan:
        """What a run would render. A clip that cannot be used refuses its deliverables."""
        pipeline = self._pipeline(stages)
        chosen = self.job.deliverables if deliverables is None else deliverables
        return _plan(
            deliverable
            for clip, group in by_clip(chosen)
            for deliverable in _complete(pipeline, self._pictures(pipeline, clip, group))
        )

    def pictures(self, clip: Path, deliverables: Sequence[Deliverable]) -> Pictures:
        """The deliverables of a clip, planned up to the last stage that touches the picture, or refused."""
        return self._pictures(self._pipeline(), clip, deliverables)

    def complete(self, pictures: Pictures) -> Plan:
        """The plan of the same deliverables with their sound, which may take as long as encoding it several times."""
        return _plan(_complete(self._pipeline(), pictures))

    def promising(self, pictures: Pictures) -> tuple[Rendering, ...]:
        """The pictures of all deliverables but those that `complete` will refuse, as far as is known before any encoding."""
        candidates = (completed(picture) for picture in pictures if not self._will_be_refused(picture))
        return _plan(candidates).renderings

    def _will_be_refused(self, picture: PlannedPicture | RefusedDeliverable) -> bool:
        try:
            (outcome,) = self._pipeline(ask=_BeforeEncoding(self.ask)).sounds([picture])
        except _NeedsEncoding:
            return False
        except FinishError:
            return True
        return isinstance(outcome, RefusedDeliverable)

    def with_decisions(self, deliverables: Iterable[Deliverable]) -> tuple[Deliverable, ...]:
        """The deliverables with what was decided for them before, without what is to be decided anew."""
        stages = self.invalidation.stages
        return tuple(
            replace(deliverable, locked=lock_file.kept(self.locked, deliverable.name, stages))
            for deliverable in deliverables
        )

    @cached_property
    def all_deliverables(self) -> dict[str, Deliverable]:
        """Every deliverable of the job with its earlier decisions, by name."""
        return {deliverable.name: deliverable for deliverable in self.with_decisions(self.job.deliverables)}

    def as_next_asked(self, rendering: Rendering) -> Deliverable:
        """A planned deliverable as the next run of the job asks for it: with the decisions of this plan.

        Its destination is the one that the job states, because a plan may lower the ceiling of the rate.
        """
        deliverable = rendering.planned.deliverable
        decisions = {
            decision.stage: {"of": decision.of, **decision.values}
            for decision in rendering.planned.programme.decisions
        }
        locked = {**self.locked.get(rendering.name, {}), **decisions}
        delivery = self.all_deliverables[rendering.name].delivery
        return replace(deliverable, delivery=delivery, locked=locked)

    def _pipeline(self, stages: Sequence[Stage] | None = None, ask: Ask | None = None) -> StagePipeline:
        return StagePipeline(
            tuple(stages or self.stages), ask or self.ask, tuple(self.all_deliverables.values())
        )

    def _pictures(self, pipeline: StagePipeline, clip: Path, deliverables: Sequence[Deliverable]) -> Pictures:
        decided = self.with_decisions(deliverables)
        try:
            source = examined(self.probe(clip, job_paths.display_name(self.job, clip)), self.ask)
            return pipeline.pictures(source, decided)
        except FinishError as error:
            return tuple(RefusedDeliverable(deliverable, error) for deliverable in decided)


def _complete(
    pipeline: StagePipeline, pictures: Pictures
) -> tuple[PlannedDeliverable | RefusedDeliverable, ...]:
    try:
        return pipeline.sounds(pictures)
    except FinishError as error:
        return tuple(RefusedDeliverable(picture.deliverable, error) for picture in pictures)


def _plan(deliverables: Iterable[PlannedDeliverable | RefusedDeliverable]) -> Plan:
    listed = tuple(deliverables)
    planned = [deliverable for deliverable in listed if isinstance(deliverable, PlannedDeliverable)]
    return Plan(
        render_plan.renderings(planned, CAPTURE),
        tuple(deliverable for deliverable in listed if isinstance(deliverable, RefusedDeliverable)),
    )


class _NeedsEncoding(Exception):
    """The plan asks something that only an encoding can answer."""


@dataclass(frozen=True)
class _BeforeEncoding:
    """Answers what can be heard and seen before anything is encoded."""

    ask: Ask

    def __call__(self, question: Measure[Any], /) -> Any:
        if question.of.name in ENCODED:
            raise _NeedsEncoding
        return self.ask(question)

    def prepare(self, questions: Sequence[Measure[Any]], /) -> None:
        self.ask.prepare([question for question in questions if question.of.name not in ENCODED])
