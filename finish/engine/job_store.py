"""Where a job keeps what it renders and measures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from finish.errors import SpecError
from finish.model import Job
from finish.storage import seal
from finish.storage.object_storage import is_object
from finish.storage.remote_store import RemoteStore
from finish.storage.store import Store


def store_folder(job: Job) -> Path:
    """The folder of a job's rendered pieces and measurements; safe to delete."""
    return job.folder / ".finish" / "store"


def store_of(job: Job, folder: Path | None = None, lenders: Sequence[Path] = ()) -> Store:
    """The store of a job (in `folder`, if given), with the shared store that FINISH_STORE names behind it, if
    any.

    SpecError if FINISH_STORE isn't an address in object storage.
    """
    url = os.environ.get("FINISH_STORE", "")
    if url and not is_object(url):
        hint = "set it to s3://BUCKET/FOLDER; machines that share a job's folder share its store already"
        raise SpecError("FINISH_STORE isn't an address in object storage", hint)
    return Store(folder or store_folder(job), lenders, RemoteStore(url, seal.given()) if url else None)
