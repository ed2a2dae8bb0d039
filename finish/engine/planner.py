"""Plans the deliverables of a job: reads and analyses the clips, and obeys earlier decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from finish.deliver import lock_file
from finish.engine import job_paths
from finish.engine.plan import Invalidation, Plan
from finish.engine.selection import by_footage
from finish.errors import FinishError
from finish.execution.frame_reader import CAPTURE
from finish.graph.stream import ENCODED
from finish.media.probe_cache import ProbeCache
from finish.model import Ask, Deliverable, Job, Measure, PlannedDeliverable, RefusedDeliverable, Source, Stage
from finish.model.programme_records import with_decisions
from finish.planning import render_plan
from finish.planning.render_plan import Rendering
from finish.planning.stage_pipeline import PlannedPicture, StagePipeline, completed, examined

F = TypeVar("F")  # the facts of an answer
Pictures = tuple[PlannedPicture | RefusedDeliverable, ...]


@dataclass(frozen=True)
class Planner:
    """Plans deliverables of one `job` with `stages`; `lock` is the lock file that it obeys.

    The plan of a clip has two parts, so that its pictures can be rendered while its sound is still being
    measured: `pictures` and, on the same programmes, `complete`.
    """

    job: Job
    stages: tuple[Stage, ...]
    ask: Ask
    probe: ProbeCache
    lock: Path | None
    invalidation: Invalidation

    @cached_property
    def locked(self) -> lock_file.Locked:
        """The content of the lock file; SpecError if it can't be read."""
        return lock_file.read(self.lock)

    def plan(
        self, deliverables: Sequence[Deliverable] | None = None, stages: Sequence[Stage] | None = None
    ) -> Plan:
        """What a run renders. The deliverables of an unusable clip are refused."""
        pipeline = self._pipeline(stages)
        chosen = self.job.deliverables if deliverables is None else deliverables
        return _plan(
            deliverable
            for _, group in by_footage(chosen)
            for deliverable in _complete(pipeline, self._pictures(pipeline, group))
        )

    def pictures(self, deliverables: Sequence[Deliverable]) -> Pictures:
        """The deliverables of one clip or timeline, with their pictures planned, or refused."""
        return self._pictures(self._pipeline(), deliverables)

    def complete(self, pictures: Pictures) -> Plan:
        """The plan of the same deliverables with their sound, which may be encoded several times for it."""
        return _plan(_complete(self._pipeline(), pictures))

    def promising(self, pictures: Pictures) -> tuple[Rendering, ...]:
        """The pictures of all deliverables, except those that are already known to be refused.

        `complete` may refuse more, after encoding sound.
        """
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
        """The deliverables with their earlier decisions, except those that the invalidation drops."""
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
        """A planned deliverable as the next run of the job will request it: with the decisions of this plan.

        Its destination is the one in the job, because a plan may lower the rate limit.
        """
        deliverable = rendering.planned.deliverable
        locked = with_decisions(self.locked.get(rendering.name, {}), rendering.planned.programme.decisions)
        delivery = self.all_deliverables[rendering.name].delivery
        return replace(deliverable, delivery=delivery, locked=locked)

    def _pipeline(self, stages: Sequence[Stage] | None = None, ask: Ask | None = None) -> StagePipeline:
        return StagePipeline(
            tuple(stages or self.stages), ask or self.ask, tuple(self.all_deliverables.values())
        )

    def _pictures(self, pipeline: StagePipeline, deliverables: Sequence[Deliverable]) -> Pictures:
        decided = self.with_decisions(deliverables)
        try:
            clips = dict.fromkeys(path for deliverable in decided for path in deliverable.shown_clips)
            sources = {path: self._source(path, decided) for path in clips}
            return pipeline.pictures(sources, decided)
        except FinishError as error:
            return tuple(RefusedDeliverable(deliverable, error) for deliverable in decided)

    def probed(self, clip: Path) -> Source:
        """The facts of a clip that its container states."""
        return self.probe(clip, job_paths.display_name(self.job, clip))

    def _source(self, clip: Path, deliverables: Sequence[Deliverable]) -> Source:
        """The facts of a clip; an error names the segment that shows it."""
        try:
            return examined(self.probed(clip), self.ask)
        except FinishError as error:
            edit = deliverables[0].edit
            segment = edit and edit.segment_of(clip)
            raise (error.about(segment.label, segment.where) if segment else error) from error


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
    """A question that only an encoding can answer."""


@dataclass(frozen=True)
class _BeforeEncoding:
    """Answers the questions that don't need an encoding."""

    ask: Ask

    def __call__(self, question: Measure[F], /) -> F:
        if question.of.name in ENCODED:
            raise _NeedsEncoding
        return self.ask(question)

    def prepare(self, questions: Sequence[Measure[object]], /) -> None:
        self.ask.prepare([question for question in questions if question.of.name not in ENCODED])
