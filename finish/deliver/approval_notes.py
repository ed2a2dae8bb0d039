"""Notes of a plan about the job's approval: what is kept from it, and what this version changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from finish.deliver import history, messages
from finish.deliver.approval_record import approved_streams
from finish.deliver.documents import ApprovedStreams, ManifestEntry
from finish.model import Approval, Note
from finish.planning.render_plan import Rendering


def noted(
    rendering: Rendering, approval: Approval | None, published: Mapping[str, ManifestEntry], notes: Path
) -> Rendering:
    """A planned file with notes about its approval; `notes` is the folder of the job's history."""
    known = published.get(rendering.name)
    reports = [*_kept(rendering, approval), *_changed(rendering, known.approved if known else None, notes)]
    if not reports:
        return rendering
    planned = rendering.planned
    return replace(rendering, planned=replace(planned, programme=planned.programme.add_notes(*reports)))


def _kept(rendering: Rendering, approval: Approval | None) -> Iterator[Note]:
    names = rendering.planned.deliverable.kept
    if approval is not None and names:
        yield messages.kept_as_approved(names, approval.finish)


def _changed(rendering: Rendering, known: ApprovedStreams | None, notes: Path) -> Iterator[Note]:
    """A note if the same inputs lead to streams that differ from those of the published file."""
    if known is None:
        return
    now = approved_streams(rendering, rendering.planned.deliverable.locked)
    parts = [part for part in ("picture", "sound") if getattr(known, part) != getattr(now, part)]
    if known.inputs and now.inputs == known.inputs and parts:
        causes = history.picture_changes(rendering, history.known(notes, rendering.name))
        yield messages.changed_since_approval(parts, *_programs(known, now), causes)


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
