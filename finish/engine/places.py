"""Where a job's results may go: into its own folder, and never over what they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from finish.effects.numbered import numbered
from finish.engine.chosen import identity
from finish.engine.outcome import Plan
from finish.errors import FinishError
from finish.model import Job


def shown(job: Job, path: Path) -> str:
    """A path as a job's errors name it."""
    if pictures := numbered(path):
        return pictures.shown
    return str(path.relative_to(job.folder)) if path.is_relative_to(job.folder) else str(path)


def refuse_odd(job: Job, places: Iterable[Path]) -> None:
    """Results stay in the job folder, whatever somebody has linked there."""
    for place in places:
        if place.is_relative_to(job.folder) and not place.resolve().is_relative_to(job.folder.resolve()):
            message = f"{shown(job, place)} leads out of the job folder, to {place.resolve()}"
            raise FinishError("path", message, "make it a real folder")


def sources(job: Job) -> frozenset[tuple[int, int]]:
    """The job's own clips as the file system knows them, whatever they are called."""
    found = (identity(source) for source in {each.source for each in job.deliverables})
    return frozenset(each for each in found if each is not None)


def refuse_to_replace(job: Job, known: frozenset[tuple[int, int]], plan: Plan, out: Path) -> None:
    """FinishError("path") where a result would take the place of one of the `known` files."""
    for one in plan.renderings:
        target = out / one.filename
        if identity(target) in known:
            raise FinishError("path", f"{one.name} would replace the source {shown(job, target)}", "name it otherwise")
