"""Which deliverables of a job are meant, clip by clip, and where a job keeps what it makes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from finish.effects.objects import is_object
from finish.effects.recall import state
from finish.effects.shelf import Bucket
from finish.effects.store import Store
from finish.engine.outcome import Outcome
from finish.errors import FinishError, several
from finish.model import Deliverable, Job


def store_folder(job: Job) -> Path:
    """Where a job keeps what it has made and measured; safe to delete."""
    return job.folder / ".finish" / "store"


def store_of(job: Job, folder: Path | None = None, lenders: Sequence[Path] = ()) -> Store:
    """A job's store (in `folder`, if one is given), with the shelf that FINISH_STORE names behind it, if it names one.

    FinishError("spec") for one that is no address in object storage.
    """
    url = os.environ.get("FINISH_STORE", "")
    if url and not is_object(url):
        hint = "write s3://BUCKET/FOLDER; on a folder that machines share, a job's own store is shared"
        raise FinishError("spec", "FINISH_STORE is no address in object storage", hint)
    return Store(folder or store_folder(job), lenders, Bucket(url) if url else None)


def by_clip(deliverables: Sequence[Deliverable]) -> tuple[tuple[Path, tuple[Deliverable, ...]], ...]:
    """Deliverables in groups of one clip: what shares a decode."""
    groups: dict[Path, list[Deliverable]] = {}
    for each in deliverables:
        groups.setdefault(each.source, []).append(each)
    return tuple((clip, tuple(group)) for clip, group in groups.items())


def identity(path: Path) -> tuple[int, int] | None:
    """What the file system knows a file by; None where there is none."""
    known = state(path)
    return None if known is None else (known[0], known[1])


def unmade(job: Job, wanted: Sequence[str]) -> tuple[Outcome, ...]:
    """How the deliverables end that lack something of their own, as the captions of one clip."""
    return tuple(Outcome(each.name, None, error=each.error) for each in job.unmade if not wanted or each.name in wanted)


def only(job: Job, wanted: Sequence[str]) -> tuple[Deliverable, ...]:
    """The named deliverables of a job, or all when none is named; FinishError for a name that it does not have."""
    known, asked = {each.name: each for each in job.deliverables}, list(job.clips)
    hint = f"it has {', '.join(asked[:30])}"
    wrong = [FinishError("spec", f"{job.name} has no deliverable {name!r}", hint) for name in wanted if name not in asked]
    if wrong:
        raise several("spec", tuple(wrong))
    return tuple(known[name] for name in wanted if name in known) if wanted else job.deliverables
