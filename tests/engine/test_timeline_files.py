"""Every file of a timeline counts: what groups share, what is never replaced, and what is a change."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from finish import jobspec
from finish.deliver.up_to_date import published_state, stated
from finish.engine import job_paths
from finish.engine.selection import by_footage
from finish.errors import FinishError
from finish.media.job_files import JobFiles
from finish.model import Deliverable, Job
from finish.stages import STAGES
from finish.storage.file_state import state

TIMELINE = """\
timelines:
  long:
    timeline:
      - {clip: a.mp4, captions: a.srt, colour: {strength: 0.5}}
      - {still: pack.png, seconds: 1}
      - {clip: b.mp4}
    over: [{clip: c.mp4, at: 0}]
  short: [{clip: a.mp4}]
deliverables:
  - {name: "{clip}-one", preset: tiktok}
  - {name: "{clip}-two", preset: youtube}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.mp4", "b.mp4", "c.mp4", "a.srt", "pack.png"):
        (tmp_path / name).write_text(name)
    return tmp_path


def load(folder: Path, text: str = TIMELINE) -> Job:
    (folder / "job.yaml").write_text(text)
    return jobspec.load(folder, STAGES, JobFiles).job


def first(folder: Path, text: str = TIMELINE) -> Deliverable:
    return load(folder, text).deliverables[0]


def test_a_group_is_a_timeline_with_its_first_clip(folder: Path) -> None:
    groups = by_footage(load(folder).deliverables)
    assert [
        (footage.title, footage.first.name, [one.name for one in group]) for footage, group in groups
    ] == [("long", "a.mp4", ["long-one", "long-two"]), ("short", "a.mp4", ["short-one", "short-two"])]


def test_no_file_of_a_timeline_is_replaced(folder: Path) -> None:
    files = [folder / name for name in ("a.mp4", "b.mp4", "c.mp4", "a.srt", "pack.png")]
    states = [state(file) for file in files]
    assert job_paths.sources(load(folder)) == {(known[0], known[1]) for known in states if known}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("strength: 0.5", "strength: 0.6"),
        ("seconds: 1", "seconds: 2"),
        ("at: 0", "at: 1"),
        ("pack.png", "pack.png, move: push"),
        ("- {clip: b.mp4}", "- {clip: b.mp4, name: b}"),
    ],
)
def test_a_changed_segment_is_a_change(folder: Path, before: str, after: str) -> None:
    known = stated(first(folder))
    changed = stated(first(folder, TIMELINE.replace(before, after)))
    assert stated(first(folder)) == known
    assert (changed == known) is (after == "- {clip: b.mp4, name: b}")


@pytest.mark.parametrize("name", ["a.srt", "pack.png"])
def test_a_changed_still_or_caption_is_a_change(folder: Path, name: str) -> None:
    known = stated(first(folder))
    (folder / name).write_text("other")
    assert stated(first(folder)) != known


def test_the_state_of_every_clip_is_recorded(folder: Path) -> None:
    one = first(folder)
    states = {clip: state(clip) for clip in one.clips}
    recorded = published_state(one, states, folder / "out.mp4", ())
    assert recorded.clip == state(folder / "a.mp4")
    assert recorded.others == [state(folder / "b.mp4"), state(folder / "c.mp4")]
    time.sleep(0.01)
    (folder / "c.mp4").write_text("other clip")
    changed = published_state(one, {clip: state(clip) for clip in one.clips}, folder / "out.mp4", ())
    assert changed != recorded


def test_a_pattern_is_in_natural_order(folder: Path) -> None:
    for number in (10, 2, 1):
        (folder / f"shot-{number}.mp4").write_text("shot")
    text = "timeline: [{clip: shot-*.mp4}]\ndeliverables: [{name: a, preset: tiktok}]\n"
    edit = first(folder, text).edit
    assert edit and [segment.name for segment in edit.segments] == ["shot-1", "shot-2", "shot-10"]


def test_no_path_of_a_timeline_leads_out_of_the_folder(folder: Path) -> None:
    entries = ("{clip: ../a.mp4}", "{still: ../pack.png, seconds: 1}", "{clip: a.mp4, captions: /etc/hosts}")
    text = "".join(f"  - {entry}\n" for entry in entries)
    with pytest.raises(FinishError) as wrong:
        load(folder, f"timeline:\n{text}deliverables: [{{name: a, preset: tiktok}}]\n")
    assert [line.split(", or")[0] for line in str(wrong.value).splitlines()] == [
        'job.yaml:2:12  clip of segment 1 (a): "../a.mp4" is outside the job folder — '
        "copy it into the job folder",
        'job.yaml:3:13  still of segment 2 (pack): "../pack.png" is outside the job folder — '
        "copy it into the job folder",
        'job.yaml:4:29  captions of segment 3 (a-2): "/etc/hosts" is outside the job folder — '
        "copy it into the job folder",
    ]
