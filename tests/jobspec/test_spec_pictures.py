"""Numbered pictures as a job states them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_stages import STAGES

from finish import jobspec
from finish.errors import FinishError
from finish.media.job_files import JobFiles

TAIL = """
deliverables:
  - {name: "{clip}-{preset}", preset: tiktok}
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    for name in ("media/shot.0001.png", "media/shot.0002.png", "media/other/1.tif", "media/hero.mp4"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"media")
    return tmp_path


def load(job: Path, source: str) -> jobspec.LoadedJob:
    (job / "job.yaml").write_text(f"source: {source}{TAIL}")
    return jobspec.load(job, STAGES, JobFiles)


def test_they_are_a_clip_that_is_called_by_what_is_not_the_number(job: Path) -> None:
    found = load(
        job,
        (
            "[{pictures: media/shot.%04d.png, rate: 24}, media/hero.mp4, {pictures: media/other/%d.tif, "
            "rate: 23.976, start: 1}]"
        ),
    )
    assert [deliverable.name for deliverable in found.job.deliverables] == [
        "shot-tiktok",
        "hero-tiktok",
        "other-tiktok",
    ]
    assert [deliverable.source.name for deliverable in found.job.deliverables] == [
        "shot.%04d.png",
        "hero.mp4",
        "%d.tif",
    ]


def test_one_clip_of_them_is_a_source(job: Path) -> None:
    assert (
        load(job, "{pictures: media/shot.%04d.png, rate: 30000/1001}").job.deliverables[0].name
        == "shot-tiktok"
    )


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            "media/shot.%04d.png",
            (
                "numbered pictures need a rate — "
                "write in a job file: source: {pictures: media/shot.%04d.png, "
                "rate: 24}"
            ),
        ),
        ("{pictures: media/shot.%04d.png}", "source.rate"),
        ("{pictures: media/shot.%04d.png, rate: 0}", "source.rate"),
        ("{pictures: media/shot.%04d.png, rate: fast}", "source.rate"),
        ("{pictures: media/shot.%04d.png, rate: 24, strat: 1}", 'did you mean "start"'),
        (
            "{pictures: media/shot.%04d.png, rate: 24, start: 5}",
            'no picture matches "shot.%04d.png" from 5 on',
        ),
        (
            "[{pictures: media/shot.%04d.png, rate: 24}, {pictures: ../other.%04d.png, rate: 24}]",
            "is outside the job folder",
        ),
    ],
)
def test_mistakes_are_told_where_they_stand(job: Path, source: str, says: str) -> None:
    with pytest.raises(FinishError) as wrong:
        load(job, source)
    assert says in str(wrong.value) and len(str(wrong.value).splitlines()) == 1, str(wrong.value)
