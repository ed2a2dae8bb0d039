"""A job folder on paper with clips, stills and captions, for timelines."""

from __future__ import annotations

from pathlib import Path

from fake_stages import STAGES, Paper

from finish import jobspec
from finish.errors import FinishError
from finish.model import Edit

FILES = (
    "media/beach.mp4",
    "media/walk.mp4",
    "media/hands.mp4",
    "art/pack.png",
    "walk.srt",
    "walk.de.srt",
    "looks/walk.cube",
)
DELIVERABLES = 'deliverables: [{name: "{clip}", preset: tiktok}]\n'


def load(text: str, deliverables: str = DELIVERABLES) -> jobspec.LoadedJob:
    """The job that a timeline and its deliverables state."""
    held = {name: name.encode() for name in FILES}
    paper = Paper({"job.yaml": f"job: film\n{text}\n{deliverables}".encode(), **held})
    return jobspec.load(Path("/job/job.yaml"), STAGES, lambda folder: paper)


def edit(text: str, deliverables: str = DELIVERABLES) -> Edit:
    """The edit of the first deliverable."""
    made = load(text, deliverables).job.deliverables[0].edit
    assert made is not None
    return made


def mistakes(text: str, deliverables: str = DELIVERABLES) -> list[str]:
    """Every mistake of that job without its file; the timeline begins in line 2."""
    try:
        load(text, deliverables)
    except FinishError as wrong:
        return [line.removeprefix("job.yaml:") for line in str(wrong).splitlines()]
    raise AssertionError("no mistake was found")
