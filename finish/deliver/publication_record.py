"""What was published and decided, written to the job's files every few seconds: they grow with the job."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from finish.deliver import lock_file
from finish.deliver.approval_record import record_published
from finish.deliver.documents import ManifestEntry
from finish.deliver.manifest import about
from finish.model import Decision, Deliverable, Job, Stage
from finish.storage import seal
from finish.storage.publish import write_manifest

EVERY: Final = 2.0  # s; house: what a crash leaves unwritten is in the store, and costs another check


class PublicationRecord:
    """The manifest in `out`, the lock file and the approval of a job; it must be closed.

    Several threads may add to it.
    """

    def __init__(self, job: Job, out: Path, stages: Sequence[Stage]) -> None:
        self._job, self._out, self._stages = job, out, stages
        self._published: list[Deliverable] = []
        self._entries: dict[str, ManifestEntry] = {}
        self._decided: dict[str, Sequence[Decision]] = {}
        self._writing, self._written = threading.Lock(), 0.0

    def add(self, deliverable: Deliverable, entry: ManifestEntry, decisions: Sequence[Decision]) -> None:
        """Add a published deliverable and its decisions."""
        with self._writing:
            self._published.append(deliverable)
            self._entries[deliverable.name] = entry
            if decisions:
                self._decided[deliverable.name] = decisions
            if time.monotonic() - self._written > EVERY:
                self._write()

    def close(self) -> None:
        """Write what isn't written yet; DiskError if that fails."""
        with self._writing:
            self._write()

    def _write(self) -> None:
        path = lock_file.lock_of(self._job)
        if path is not None and self._decided:
            lock_file.write(path, self._decided)
        if self._entries:
            sealed = {
                name: seal.signed(seal.own(), name, entry.values) for name, entry in self._entries.items()
            }
            write_manifest(self._out, sealed, {"job": self._job.name, **about()})
        record_published(self._job, self._published, self._stages)
        self._entries, self._decided, self._published = {}, {}, []
        self._written = time.monotonic()
