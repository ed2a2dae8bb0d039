"""New job folders from Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from finish.api.loading import quick
from finish.jobspec import Quick
from finish.jobspec.one_clip import Sections, plain_sections
from finish.model import Stage
from finish.stages import STAGES
from finish.storage.new_job import gather, new_job
from finish.storage.publish import write_whole


def new(
    folder: Path, clip: Path | None = None, presets: Sequence[str] = ("tiktok", "youtube")
) -> tuple[Path, ...]:
    """Create a job folder with a job.yaml and a Makefile; returns the files that were written."""
    return new_job(folder, clip, presets)


def save(  # noqa: PLR0913 (most of them named)
    clip: str | Path,
    presets: Sequence[str],
    sections: Sections,
    folder: Path,
    *,
    accept: Sequence[str] = (),
    stages: Sequence[Stage] = STAGES,
) -> Path:
    """Save what `quick` makes as a new job folder, with copies of its files; returns the folder."""
    # Every mistake is reported before anything is written.
    quick(clip, presets, sections, accept=accept, folder=folder, stages=stages)
    name, gathered = gather(folder, Path(clip), plain_sections(sections))
    saved = Quick(name, tuple(presets), gathered, accept=tuple(accept))
    write_whole(folder / "job.yaml", saved.written().encode())
    return folder
