"""Notes of a plan about the job's approval: what is kept from it, and what this version changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from finish.deliver import history, messages
from finish.deliver.approval_record import approved_streams
from finish.deliver.documents import ApprovedStreams, ManifestEntry
from finish.deliver.manifest import entries_of_anyone
from finish.jobspec.setting_defaults import setting_defaults
from finish.model import Job, Note, Stage
from finish.planning.render_plan import Rendering


@dataclass(frozen=True)
class ApprovalNotes:
    """The notes for a job that is planned with these stages.

    `out` is the folder of its manifest, None without one; `history` is the folder of its history.
    """

    job: Job
    stages: tuple[Stage, ...]
    out: Path | None
    history: Path

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """The defaults that the job's approval records, or will record."""
        return self.job.approval.defaults if self.job.approval else setting_defaults(self.stages)

    @cached_property
    def _published(self) -> Mapping[str, ManifestEntry]:
        """What the manifest says of each deliverable, whichever machine published it."""
        return entries_of_anyone(self.out) if self.out else {}

    def noted(self, rendering: Rendering) -> Rendering:
        """A planned file with these notes."""
        reports = [*self._kept(rendering), *self._changed(rendering)]
        if not reports:
            return rendering
        planned = rendering.planned
        return replace(rendering, planned=replace(planned, programme=planned.programme.add_notes(*reports)))

    def _kept(self, rendering: Rendering) -> Iterator[Note]:
        names = rendering.planned.deliverable.kept
        if self.job.approval is not None and names:
            yield messages.kept_as_approved(names, self.job.approval.finish)

    def _changed(self, rendering: Rendering) -> Iterator[Note]:
        """A note if the same inputs lead to another file than the published one."""
        entry = self._published.get(rendering.name)
        known = entry.approved if entry else None
        if known is None or not known.inputs:
            return
        now = approved_streams(rendering, rendering.planned.deliverable.locked, self.defaults)
        parts = _differing(known, now) if now.inputs == known.inputs else ()
        if parts:
            causes = history.picture_changes(rendering, history.known(self.history, rendering.name))
            yield messages.changed_since_approval(parts, *_programs(known, now), causes)


def _differing(known: ApprovedStreams, now: ApprovedStreams) -> tuple[str, ...]:
    """The parts of a file that differ; its encoding, where another FFmpeg encodes the same again."""
    pairs = {
        "picture": (known.picture, now.picture),
        "sound": (known.sound, now.sound),
        "sidecars": (known.files, now.files),
    }
    parts = tuple(name for name, (before, after) in pairs.items() if before != after)
    return parts or (("encoding",) if known.ffmpeg != now.ffmpeg else ())


def _programs(before: ApprovedStreams, now: ApprovedStreams) -> tuple[str, str]:
    """The programs that differ between the published file and this plan: those before, and those now."""
    versions = [
        (f"finish {before.finish}", f"finish {now.finish}"),
        (f"FFmpeg {before.ffmpeg}", f"FFmpeg {now.ffmpeg}"),
    ]
    differing = [pair for pair in versions if pair[0] != pair[1]]
    if not differing:
        return versions[0][0], "another build of it"
    return ", ".join(pair[0] for pair in differing), ", ".join(pair[1] for pair in differing)
