"""An album's gain comes from what its deliverables keep, whichever clip is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from golden_world import FixedAnswers, source, video

from finish import jobspec
from finish.errors import FinishError
from finish.graph import Stream, describe, history
from finish.media.job_files import JobFiles
from finish.model import Deliverable, PlannedDeliverable, RefusedDeliverable, Settings
from finish.planning.stage_pipeline import StagePipeline
from finish.stages import STAGES

JOB = """\
source: [a.mp4, b.mp4]
reframe: {follow: centre}
sound: {target: social}
clips:
  a: {pacing: {trim: 0-4}}
  b: {pacing: {trim: 2-8}}
deliverables:
  - {name: "{clip}-tiktok", preset: tiktok}
  - {name: "{clip}-youtube", preset: youtube, mix: {clip: {width: 0}}}
"""


class Album(FixedAnswers):
    """Records the sounds whose loudness was asked."""

    @property
    def together(self) -> list[Stream]:
        return [question.of for question in self.questions if question.of.name == "concat"]


def job(folder: Path, text: str = JOB) -> tuple[tuple[Deliverable, ...], dict[str, Any]]:
    """The job's deliverables, whose clips all belong to one album, and the clips."""
    clips = {name: replace(source(video()), path=folder / f"{name}.mp4", digest=name * 64) for name in "ab"}
    for name in clips:
        (folder / f"{name}.mp4").write_bytes(b"dummy")
    (folder / "job.yaml").write_text(text)
    loaded = jobspec.load(folder, STAGES, JobFiles).job.deliverables
    album = tuple(clips.values())

    def stated(settings: Settings) -> Settings:
        return settings.model_copy(update={"album": album})

    return tuple(
        replace(each, settings={**each.settings, "sound": stated(each.settings["sound"])}) for each in loaded
    ), clips


def planned(folder: Path, name: str, text: str = JOB) -> Album:
    made, clips = job(folder, text)
    (one,) = (each for each in made if each.name == name)
    ask = Album()
    (found,) = StagePipeline(STAGES, ask, made).plan(clips[name[0]], (one,))
    assert isinstance(found, PlannedDeliverable), found
    return ask


def ends(sound: Stream) -> list[str]:
    """Which part of which clip is measured, in order."""
    return [
        f"{node.path[-5]} {cut.arg('kept')}"
        for each in sound.inputs
        for cut in history([each])
        if cut.name == "cut"
        for node in history([cut])
        if node.name == "source"
    ]


@pytest.mark.parametrize("name", ["a-tiktok", "b-tiktok"])
def test_an_album_is_heard_as_its_deliverables_are_cut(name: str, tmp_path: Path) -> None:
    """Each clip counts with its own trim, whichever is planned; each deliverable with its own mix."""
    (sound,) = planned(tmp_path, name).together
    assert [end[0] for end in ends(sound)] == ["a", "b"]
    assert ends(sound) == ends(planned(tmp_path, "b-tiktok" if name[0] == "a" else "a-tiktok").together[0])
    (other,) = planned(tmp_path, f"{name[0]}-youtube").together
    assert ends(other) == ends(sound) and other != sound
    assert "concat" in describe({"album": sound})


def test_a_clip_that_cannot_be_planned_is_named(tmp_path: Path) -> None:
    made, clips = job(tmp_path, JOB.replace("2-8", "12-18"))
    one = next(each for each in made if each.name == "a-tiktok")
    (found,) = StagePipeline(STAGES, Album(), made).plan(clips["a"], (one,))
    assert isinstance(found, RefusedDeliverable)
    assert (
        isinstance(found.error, FinishError) and "b.mp4, which shares a gain with it: " in found.error.message
    )


def test_a_clip_of_which_the_job_makes_nothing_is_heard_whole(tmp_path: Path) -> None:
    made, clips = job(tmp_path)
    only: Sequence[Deliverable] = [each for each in made if each.name.startswith("a")]
    ask = Album()
    StagePipeline(STAGES, ask, only).plan(clips["a"], (only[0],))
    assert [end[0] for end in ends(ask.together[0])] == ["a"] and len(ask.together[0].inputs) == 2
