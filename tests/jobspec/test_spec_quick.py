"""A job from the command line, and the job spec that states the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_stages import STAGES
from hypothesis import given
from hypothesis import strategies as st

from finish import jobspec, resources
from finish.errors import FinishError
from finish.media.job_files import JobFiles


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A working folder that holds hero.mp4 and hero.srt."""
    (tmp_path / "hero.mp4").write_bytes(b"film")
    (tmp_path / "hero.srt").write_bytes(b"words")
    return tmp_path


ASK = jobspec.Quick(
    "hero.mp4", ("tiktok", "youtube"), {"captions": {"file": "hero.srt"}, "sound": {}}, job="spring: 1"
)


def test_a_clip_and_two_destinations(desk: Path) -> None:
    job = jobspec.quick(ASK, desk, desk / "results", STAGES, JobFiles).job
    assert [deliverable.name for deliverable in job.deliverables] == ["hero-tiktok", "hero-youtube"]
    assert (job.folder, job.deliverables[0].source, job.where) == (
        desk / "results",
        desk / "hero.mp4",
        "command line",
    )
    assert job.deliverables[0].settings["captions"].file.data == b"words"


def test_paths_may_lead_anywhere(desk: Path) -> None:
    (desk / "elsewhere").mkdir()
    ask = replace(ASK, clip="../hero.mp4", sections={"captions": {"file": str(desk / "hero.srt")}})
    assert (
        jobspec.quick(ask, desk / "elsewhere", desk, STAGES, JobFiles).job.deliverables[0].source
        == desk / "hero.mp4"
    )


def test_mistakes_of_a_command_line(desk: Path) -> None:
    ask = replace(
        ASK, clip="heor.mp4", presets=("tiktk", "youtube", "youtube"), sections={"colour": {"strength": 2.0}}
    )
    with pytest.raises(FinishError) as wrong:
        jobspec.quick(ask, desk, desk, STAGES, JobFiles)
    assert sorted(str(wrong.value).splitlines()) == [
        "command line  colour.strength: 2 is out of range — use 0 to 1",
        (
            'command line  deliverables[0].preset: unknown preset "tiktk" — '
            f'did you mean "tiktok"? ({", ".join(resources.names("presets"))})'
        ),
        "command line  deliverables[2].name: "
        '"heor-youtube" is also the name of deliverables[1] (command line) — '
        "use names that differ by more than case",
        'command line  source: no such file: "heor.mp4" — did you mean "hero.mp4"?',
    ]


def test_where_a_setting_came_from(desk: Path) -> None:
    told = {
        row.key: row.origin for row in jobspec.quick(ASK, desk, desk, STAGES, JobFiles).explain("hero-tiktok")
    }
    assert (told["captions.file"], told["reframe.follow"]) == ("command line", "preset tiktok (2026-11-22)")


def test_the_job_file_is_for_people() -> None:
    assert (
        replace(
            ASK, sections={"captions": {"file": "hero.srt"}, "colour": {"looks": ("warm",), "strength": 0.5}}
        ).written()
        == """\
job: 'spring: 1'
source: hero.mp4
captions: {file: hero.srt}
colour: {looks: [warm], strength: 0.5}
# a deliverable can have any of these sections, too: it outranks the job's
deliverables:
  - {name: '{clip}-{preset}', preset: tiktok}
  - {name: '{clip}-{preset}', preset: youtube}
"""
    )


def test_the_job_file_says_the_same(desk: Path) -> None:
    (desk / "job.yaml").write_text(ASK.written())
    stated = jobspec.quick(ASK, desk, desk, STAGES, JobFiles).job
    saved = jobspec.load(desk, STAGES, JobFiles).job
    assert [replace(deliverable, where="") for deliverable in saved.deliverables] == [
        replace(deliverable, where="") for deliverable in stated.deliverables
    ]
    assert saved.name == stated.name


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20),
    st.sampled_from(["no", "9:16", "~", "1e3", "- a", "{x}", "a: b", "#", "'", '"', "\\", "true"]),
)
def test_any_text_comes_back_from_the_job_file(name: str, odd: str) -> None:
    from fake_stages import Paper

    ask = jobspec.Quick("hero.mp4", ("tiktok",), {"captions": {"title": odd}}, job=name)
    paper = Paper({"job.yaml": ask.written().encode(), "hero.mp4": b""})
    loaded: Any = jobspec.load(Path("/job/job.yaml"), STAGES, lambda folder: paper)
    assert loaded.job.name == name and loaded.job.deliverables[0].settings["captions"].title == odd
