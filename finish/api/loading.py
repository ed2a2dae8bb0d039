"""Jobs from a job folder, or from a clip and settings. Reads job files, and no media before a job names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from finish import jobspec
from finish.errors import PathError
from finish.jobspec import LoadedJob, Quick
from finish.media.job_files import JobFiles
from finish.model import Job, Stage
from finish.stages import STAGES

Sections = Mapping[str, Mapping[str, Any]]


def bare(job: Job | LoadedJob) -> Job:
    """A job, whether it comes with the origins of its values or without."""
    return job.job if isinstance(job, LoadedJob) else job


def load(
    target: str | Path, stages: Sequence[Stage] = STAGES, *, libraries: Sequence[str | Path] = ()
) -> LoadedJob:
    """The job in a folder or job file; FinishError with every mistake at once.

    `libraries` are folders outside of the job folder. The job may name them and all below them, and those in
    FINISH_LIBRARIES.
    """
    return jobspec.load(Path(target), stages, partial(JobFiles, allowed=tuple(map(Path, libraries))))


def quick(  # noqa: PLR0913 (most of them named)
    clip: str | Path,
    presets: Sequence[str],
    sections: Sections | None = None,
    *,
    accept: Sequence[str] = (),
    folder: Path | None = None,
    stages: Sequence[Stage] = STAGES,
) -> LoadedJob:
    """A job without a job file: one clip for some destinations.

    Results go below `folder`, by default the current one. `sections` are settings such as
    {"colour": {"looks": ["warm"]}}. `accept` are codes of notes that need no action.
    """
    current = Path.cwd()
    request = Quick(str(clip), tuple(presets), sections or {}, accept=tuple(accept))
    return jobspec.quick(request, current, folder or current, stages, JobFiles)


def alone(
    clip: str | Path,
    presets: Sequence[str],
    sections: Sections | None = None,
    stages: Sequence[Stage] = STAGES,
) -> LoadedJob:
    """The same for one clip; FinishError where a pattern means several."""
    loaded = quick(clip, presets, sections, stages=stages)
    if len(clips := {deliverable.source for deliverable in loaded.job.deliverables}) > 1:
        raise PathError(f"{clip} means {len(clips)} clips", "name one")
    return loaded
