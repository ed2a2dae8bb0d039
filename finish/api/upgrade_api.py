"""Upgrades from Python: what this version of finish changes in a published job, and accepting it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

from finish.analysis.shots import Shots
from finish.api.job_api import refusals
from finish.api.loading import load
from finish.api.running import Listener
from finish.deliver import lock_file
from finish.deliver.approval_record import analyser_versions, with_published, write_approval
from finish.deliver.companion_files import approval_path
from finish.engine.engine import Engine
from finish.engine.plan import Invalidation
from finish.engine.plan_pictures import readable
from finish.engine.selection import select
from finish.errors import FinishError, SpecError
from finish.model import Job, Stage
from finish.planning.render_plan import Rendering
from finish.review import upgrade_page
from finish.review.upgrade import FileUpgrade, compared, newer_analysers
from finish.review.upgrade_page import UpgradeVersions
from finish.stages import STAGES
from finish.storage.platform import folder_lock
from finish.storage.publish import write_whole


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade of a job changes: `files` are all compared files, `page` shows the changed ones."""

    job: str
    versions: UpgradeVersions
    files: tuple[FileUpgrade, ...]
    page: Path | None = None
    errors: tuple[FinishError, ...] = ()

    @property
    def changed(self) -> tuple[FileUpgrade, ...]:
        """The files that would change."""
        return tuple(file for file in self.files if not file.is_same)

    def __repr__(self) -> str:
        return f"<Upgrade of {self.job!r}: {len(self.changed)} of {len(self.files)} files change>"


def upgrade(  # noqa: PLR0913 (all but the job optional, most of them named)
    target: str | Path,
    names: Sequence[str] = (),
    *,
    page: Path | None = None,
    redecide: Sequence[str] = (),
    libraries: Sequence[str | Path] = (),
    on_event: Listener | None = None,
    stages: Sequence[Stage] = STAGES,
) -> Upgrade:
    """Plan a published job with its approval and without, and write a page that shows both.

    The default page is `upgrade.html` in the job's `out/`; nothing else is written. The stages `redecide`
    decide again. SpecError for a job without an approval.
    """
    if page is not None and page.suffix.lower() not in (".html", ".htm"):
        raise SpecError(f"{page.name} isn't a web page", "end its name in .html")
    approved = load(target, stages, libraries=libraries)
    current = load(target, stages, libraries=libraries, approved=False)
    recorded = approved.job.approval
    if recorded is None:
        raise _not_published(approved.job)
    analysers = newer_analysers(recorded.analysers, analyser_versions())
    versions = UpgradeVersions(recorded.finish, version("finish"), analysers)
    before, _ = _planned(approved.job, names, Invalidation(), on_event, stages)
    after, engine = _planned(current.job, names, Invalidation(tuple(redecide)), on_event, stages)
    errors = tuple({str(error): error for error in (*before.errors, *after.errors)}.values())
    files = compared(approved, current, before.renderings, after.renderings)
    result = Upgrade(approved.job.name, versions, files, errors=errors)
    if not result.changed:
        return result
    target_page = page or approved.job.folder / "out" / "upgrade.html"
    cuts = {file.name: _cuts(engine, file.after) for file in result.changed}
    write_whole(target_page, upgrade_page.html(result.job, result.files, versions, cuts))
    return replace(result, page=target_page)


def accept_upgrade(
    target: str | Path,
    *,
    redecide: Sequence[str] = (),
    libraries: Sequence[str | Path] = (),
    stages: Sequence[Stage] = STAGES,
) -> Path:
    """Replace the approval of a job with this version's presets, styles and defaults; returns its path.

    The next run publishes with them. The decisions of the stages `redecide` are removed from the lock file.
    SpecError for a job without an approval.
    """
    job = load(target, stages, libraries=libraries, approved=False).job
    path = approval_path(job)
    if path is None or not path.exists():
        raise _not_published(job)
    with folder_lock(path.parent):
        write_approval(path, with_published(None, job.deliverables, stages, job.brand))
    lock = lock_file.lock_of(job)
    if lock is not None and redecide:
        lock_file.forget(lock, [deliverable.name for deliverable in job.deliverables], redecide)
    return path


@dataclass(frozen=True)
class _PlannedJob:
    """What can be made of a job, and why the rest can't."""

    renderings: tuple[Rendering, ...]
    errors: tuple[FinishError, ...]


def _not_published(job: Job) -> SpecError:
    return SpecError(f"{job.name} has no approval", "publish it first: finish run JOB")


def _planned(
    job: Job,
    names: Sequence[str],
    invalidation: Invalidation,
    on_event: Listener | None,
    stages: Sequence[Stage],
) -> tuple[_PlannedJob, Engine]:
    """The plan of the named deliverables, and the engine that planned them."""
    engine = Engine(job, stages, tell=on_event, invalidation=invalidation)
    selection = select(job, names)
    plan = readable(engine.plan(selection.deliverables), engine.renderer)
    return _PlannedJob(plan.renderings, (*selection.errors, *refusals(plan))), engine


def _cuts(engine: Engine, rendering: Rendering) -> tuple[Fraction, ...]:
    """The cuts (s) of a rendering's clip."""
    return rendering.planned.programme.content(Shots(), engine.ask).cuts
