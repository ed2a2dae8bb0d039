"""What a plan can know without encoding anything: which deliverables will be refused, before their pictures are rendered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from finish.errors import FinishError
from finish.graph.stream import ENCODED
from finish.model import Ask, Deliverable, Measure, RefusedDeliverable, Stage
from finish.planning import stage_pipeline
from finish.planning.render_plan import Rendering


class _Later(Exception):
    """The plan goes on to what only an encoding can answer."""


@dataclass(frozen=True)
class _Unencoded:
    """An `Ask` for what can be heard and seen before it is encoded."""

    ask: Ask

    def __call__(self, question: Measure[Any], /) -> Any:
        if question.of.name in ENCODED:
            raise _Later
        return self.ask(question)

    def prepare(self, questions: Sequence[Measure[Any]], /) -> None:
        self.ask.prepare([each for each in questions if each.of.name not in ENCODED])


def promising(
    renderings: Iterable[Rendering], stages: Sequence[Stage], ask: Ask, job: Sequence[Deliverable]
) -> Iterator[Rendering]:
    """The renderings, planned without the stages of sound, that the whole plan will not refuse for what it knows so far."""
    return (one for one in renderings if not _refused(one, stages, _Unencoded(ask), job))


def _refused(one: Rendering, stages: Sequence[Stage], ask: Ask, job: Sequence[Deliverable]) -> bool:
    try:
        (found,) = stage_pipeline.plan(
            one.planned.programme.source, (one.planned.deliverable,), stages, ask, job
        )
    except _Later:
        return False
    except FinishError:
        return True
    return isinstance(found, RefusedDeliverable)
