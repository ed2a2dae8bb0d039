"""Where a job's results may be written: into its own folder, and never over its sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from finish.engine.plan import Plan
from finish.errors import PathError
from finish.media.pictures.image_sequences import sequence_at
from finish.model import Job
from finish.storage import publish
from finish.storage.confinement import links, refuse_leaving
from finish.storage.file_state import state


def display_name(job: Job, path: Path) -> str:
    """A path as the job's errors show it: relative to the job folder if it's inside."""
    if pictures := sequence_at(path):
        return pictures.name
    return str(path.relative_to(job.folder)) if path.is_relative_to(job.folder) else str(path)


def written(job: Job, out: Path, store: Path) -> Iterator[Path]:
    """Every folder of a job in which a run creates files.

    Files in them are replaced by name, so a link there is replaced too. Transcribed captions go where the job
    names them (`JobFolder` refuses paths that leave the job folder), and decisions beside the job spec.
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
    yield from links(store)  # a folder for every two digits of a key
    yield from links(notes / "media")  # and for every object


def refuse_odd(job: Job, out: Path, store: Path) -> None:
    """PathError if a link would take results out of the job folder."""
    refuse_leaving(job.folder, written(job, out, store))


def refuse_unwritable(*folders: Path) -> None:
    """DiskError if one of `folders` isn't writable, or, if it doesn't exist, its nearest existing parent."""
    for folder in folders:
        publish.refuse_unwritable(next(path for path in (folder, *folder.parents) if path.is_dir()))


def sources(job: Job) -> frozenset[tuple[int, int]]:
    """The identities of the job's inputs in the file system, which don't depend on their names."""
    inputs = {file for deliverable in job.deliverables for file in deliverable.inputs}
    return frozenset(known for file in inputs if (known := _identity(file)) is not None)


def refuse_to_replace(job: Job, known: frozenset[tuple[int, int]], plan: Plan, out: Path) -> None:
    """PathError if a result would replace one of the `known` files."""
    for rendering in plan.renderings:
        target = out / rendering.filename
        if _identity(target) in known:
            raise PathError(
                f"{rendering.name} would replace the source {display_name(job, target)}",
                "rename the deliverable",
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """A file's identity in the file system; None if the file doesn't exist."""
    known = state(path)
    return None if known is None else (known[0], known[1])
