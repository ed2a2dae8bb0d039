"""A job of which everything is as it was published: recognised without an engine, a store or a decoder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from finish.deliver import lock_file
from finish.deliver.companion_files import has_approval
from finish.deliver.documents import ManifestEntry
from finish.deliver.manifest import entries_of_ours
from finish.deliver.outcome import Event, Outcome, Tell
from finish.deliver.up_to_date import up_to_date
from finish.engine import job_paths
from finish.engine.selection import by_footage
from finish.model import Deliverable, Footage, Job


@dataclass(frozen=True)
class UnchangedJob:
    """The clips and timelines of a job with their recorded outcomes, one for each deliverable."""

    footage: tuple[tuple[Footage, tuple[Outcome, ...]], ...]

    @classmethod
    def of(cls, job: Job, deliverables: Sequence[Deliverable], store: Path) -> UnchangedJob | None:
        """The job, if a run of `deliverables` has nothing to do; None if it may have.

        A job that delivers to object storage is never unchanged, because its objects must be compared.
        PathError if a link would take results out of the job folder, SpecError for a damaged lock file.
        """
        out = job.folder / "out"
        job_paths.refuse_odd(job, out, store)
        published = {} if job.deliver else entries_of_ours(out)
        if not published or not has_approval(job):
            return None
        locked = lock_file.read(lock_file.lock_of(job))
        decided = [
            replace(deliverable, locked=lock_file.kept(locked, deliverable.name, ()))
            for deliverable in deliverables
        ]
        unchanged = []
        for footage, group in by_footage(decided):
            outcomes = recorded_outcomes(group, published, out)
            if not outcomes:
                return None
            unchanged.append((footage, outcomes))
        return cls(tuple(unchanged))

    def outcomes(self, tell: Tell) -> Iterator[Outcome]:
        """The outcomes, clip after clip, with the events that an engine sends."""
        for number, (footage, outcomes) in enumerate(self.footage, 1):
            if len(self.footage) > 1:
                tell(footage_event(footage, number, len(self.footage)))
            yield from outcomes


def recorded_outcomes(
    deliverables: Sequence[Deliverable], published: Mapping[str, ManifestEntry], out: Path
) -> tuple[Outcome, ...]:
    """The outcomes for a clip whose deliverables, with their decisions, are all up to date.

    () if anything may have changed, such as the other clips whose sound the settings name.
    """
    if any(settings.together for deliverable in deliverables for settings in deliverable.sections):
        return ()
    outcomes = [up_to_date(published.get(deliverable.name), deliverable, out) for deliverable in deliverables]
    return tuple(outcome for outcome in outcomes if outcome) if all(outcomes) else ()


def footage_event(footage: Footage, number: int, count: int) -> Event:
    """The event that announces a clip or timeline of several, its `number` counted from 1."""
    return Event("clip", message=f"{footage.title} ({number} of {count})", footage=footage)
