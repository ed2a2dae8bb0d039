"""Jobs from a job folder, or from a clip and settings; no media is read before a job names it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from finish import jobspec
from finish.errors import PathError
from finish.jobspec import LoadedJob, Quick
from finish.jobspec.one_clip import STATED, Sections
from finish.media.job_files import JobFiles
from finish.model import Job, Stage
from finish.stages import STAGES


def job_of(job: Job | LoadedJob) -> Job:
    """The job itself, without the origins of its values."""
    return job.job if isinstance(job, LoadedJob) else job


def load(
    target: str | Path,
    stages: Sequence[Stage] = STAGES,
    *,
    libraries: Sequence[str | Path] = (),
    approved: bool = True,
    untranslated: bool = False,
) -> LoadedJob:
    """Load the job in a folder or job file; FinishError lists every mistake.

    `libraries` are folders outside the job that it may read files from, in addition to those in
    FINISH_LIBRARIES. Unless `approved`, presets, styles and defaults are those of this version of finish,
    whatever the job's approval records. With `untranslated`, texts that are missing in a language, or don't
    fit, aren't mistakes.
    """
    open_folder = partial(JobFiles, allowed=tuple(map(Path, libraries)))
    return jobspec.load(Path(target), stages, open_folder, approved=approved, untranslated=untranslated)


def quick(  # noqa: PLR0913 (most of them named)
    clip: str | Path,
    presets: Sequence[str],
    sections: Sections | None = None,
    *,
    accept: Sequence[str] = (),
    folder: Path | None = None,
    stages: Sequence[Stage] = STAGES,
    stated_by: str = STATED,
) -> LoadedJob:
    """Make a job without a job file, of one clip for some destinations.

    `sections` are settings such as {"colour": {"looks": ["warm"]}}; a stage's `Settings` aren't validated
    again. `accept` lists codes of notes that need no action. Results go to `folder` (by default, the current
    one). `stated_by` is the place that errors name.
    """
    current = Path.cwd()
    request = Quick(str(clip), tuple(presets), sections or {}, accept=tuple(accept), stated_by=stated_by)
    return jobspec.quick(request, current, folder or current, stages, JobFiles)


def one_clip_job(
    clip: str | Path,
    presets: Sequence[str],
    sections: Sections | None = None,
    stages: Sequence[Stage] = STAGES,
    stated_by: str = STATED,
) -> LoadedJob:
    """Make a job as `quick` does; PathError for a pattern that matches several clips."""
    loaded = quick(clip, presets, sections, stages=stages, stated_by=stated_by)
    if len(clips := {deliverable.source for deliverable in loaded.job.deliverables}) > 1:
        raise PathError(f"{clip} matches {len(clips)} clips", "name one")
    return loaded
