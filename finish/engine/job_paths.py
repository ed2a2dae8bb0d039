"""Where a job's results may go: into its own folder, and never over what they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from finish.engine.plan import Plan
from finish.engine.selection import identity
from finish.errors import PathError
from finish.media.pictures.image_sequences import numbered
from finish.model import Job
from finish.storage import publish
from finish.storage.confinement import links, refuse_leaving


def display_name(job: Job, path: Path) -> str:
    """A path as a job's errors name it."""
    if pictures := numbered(path):
        return pictures.shown
    return str(path.relative_to(job.folder)) if path.is_relative_to(job.folder) else str(path)


def written(job: Job, out: Path, store: Path) -> Iterator[Path]:
    """Every folder of a job in which a run makes files; what lies in them is exchanged by its name, so a link there is replaced.

    Captions that are heard go where the job names them (its files are found by `Folder`, which refuses what leads out), decisions
    beside the job file.
    """
    notes = job.folder / ".finish"
    yield from (
        out,
        out / "previous",
        job.folder / "drafts",
        notes,
        notes / "history",
        notes / "media",
        store,
        store / "drafts",
    )
    yield from links(store)  # a folder for each two digits of a key
    yield from links(notes / "media")  # and for each object


def refuse_odd(job: Job, out: Path, store: Path) -> None:
    """PathError where results would leave the job folder by what somebody has linked there."""
    refuse_leaving(job.folder, written(job, out, store))


def refuse_unwritable(*folders: Path) -> None:
    """DiskError where nothing can be made in one of `folders`, or of one that is not there in the next above it."""
    for folder in folders:
        publish.refuse_unwritable(next(each for each in (folder, *folder.parents) if each.is_dir()))


def sources(job: Job) -> frozenset[tuple[int, int]]:
    """The job's own clips as the file system knows them, whatever they are called."""
    found = (identity(source) for source in {each.source for each in job.deliverables})
    return frozenset(each for each in found if each is not None)


def refuse_to_replace(job: Job, known: frozenset[tuple[int, int]], plan: Plan, out: Path) -> None:
    """PathError where a result would take the place of one of the `known` files."""
    for one in plan.renderings:
        target = out / one.filename
        if identity(target) in known:
            raise PathError(
                f"{one.name} would replace the source {display_name(job, target)}", "rename the deliverable"
            )
