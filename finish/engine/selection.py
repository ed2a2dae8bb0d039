"""Which deliverables of a job a command means, grouped by clip or timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from finish.deliver.outcome import Outcome
from finish.errors import FinishError, SpecError, several
from finish.jobspec.mistakes import choices
from finish.jobspec.spec_tree import printable
from finish.model import Deliverable, Footage, Job, UnreadableDeliverable

WILDCARDS: Final = frozenset("*?[")


def by_footage(deliverables: Sequence[Deliverable]) -> tuple[tuple[Footage, tuple[Deliverable, ...]], ...]:
    """Deliverables grouped by clip, or by timeline and its first clip: each group shares a decode."""
    groups: dict[Footage, list[Deliverable]] = {}
    for deliverable in deliverables:
        groups.setdefault(deliverable.footage, []).append(deliverable)
    return tuple((footage, tuple(group)) for footage, group in groups.items())


@dataclass(frozen=True)
class Selection:
    """The deliverables that a command means.

    `unmade` can't be planned, because they lack something, such as captions.
    """

    deliverables: tuple[Deliverable, ...]
    unmade: tuple[UnreadableDeliverable, ...] = ()

    @property
    def footage(self) -> dict[str, Footage]:
        """The clip or timeline of each deliverable, by the deliverable's name."""
        readable = {deliverable.name: deliverable.footage for deliverable in self.deliverables}
        return {**readable, **{unreadable.name: unreadable.footage for unreadable in self.unmade}}

    @property
    def errors(self) -> tuple[FinishError, ...]:
        """Why some deliverables can't be planned, each reason once."""
        return tuple({id(unreadable.error): unreadable.error for unreadable in self.unmade}.values())

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes of the deliverables that can't be planned."""
        return tuple(Outcome(unreadable.name, None, error=unreadable.error) for unreadable in self.unmade)

    def whole(self) -> tuple[Deliverable, ...]:
        """The deliverables; FinishError if some can't be planned."""
        if self.unmade:
            raise several(self.errors)
        return self.deliverables


def select(job: Job, patterns: Sequence[str] = ()) -> Selection:
    """The deliverables of a job that match names and patterns (`studio-*`), or all if there are no patterns.

    This is the only place that resolves names, so all verbs mean the same deliverables, whatever their state.
    The order is that of `patterns`, and within a pattern that of the job. FinishError, with similar names,
    for a pattern that matches nothing.
    """
    names = list(job.clips)
    matches = {pattern: _matching(pattern, names) for pattern in patterns}
    unknown = [_unknown(job, pattern, names) for pattern, matched in matches.items() if not matched]
    if unknown:
        raise several(tuple(unknown))
    chosen = (
        list(dict.fromkeys(name for matched in matches.values() for name in matched)) if patterns else names
    )
    readable = {deliverable.name: deliverable for deliverable in job.deliverables}
    unreadable = {deliverable.name: deliverable for deliverable in job.unmade}
    return Selection(
        tuple(readable[name] for name in chosen if name in readable),
        tuple(unreadable[name] for name in chosen if name in unreadable),
    )


def select_one(job: Job, pattern: str = "") -> Deliverable:
    """The one deliverable that matches a name or pattern; without one, the first that can be planned.

    FinishError if there is none, or if a pattern matches several.
    """
    selection = select(job, [pattern] if pattern else [])
    names = list(selection.footage)
    if pattern and len(names) > 1:
        message = f'"{printable(pattern)}" matches {len(names)} deliverables'
        raise SpecError(message, f"name one of them: {_listed(names)}")
    if not names:
        raise SpecError(f"{job.name} has no deliverables", "add one under `deliverables`")
    return (selection.deliverables or selection.whole())[0]


def _matching(pattern: str, names: Sequence[str]) -> list[str]:
    """The name itself, if there is exactly this one; otherwise the names that the pattern matches."""
    if pattern in names:
        return [pattern]
    return [name for name in names if fnmatchcase(name, pattern)] if WILDCARDS & set(pattern) else []


def _unknown(job: Job, pattern: str, names: Sequence[str]) -> FinishError:
    if WILDCARDS & set(pattern):
        message = f'no deliverable of {job.name} matches "{printable(pattern)}"'
        return SpecError(message, f"choose from: {_listed(names)}")
    return SpecError(f'{job.name} has no deliverable "{printable(pattern)}"', choices(pattern, names))


def _listed(names: Sequence[str], most: int = 30) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
