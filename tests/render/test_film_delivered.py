"""Film in video, from the clip to the delivered file: every frame of the film, once and in order."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from known import LARGE, Clip, number_in, numbered, numbers, read

import finish
from finish.api import estimate
from finish.deliver.outcome import Event
from finish.media.probe import probe
from finish.storage import run_times

pytestmark = pytest.mark.render

JOB = """\
source: film.mp4
sound: {target: none}
reframe: {follow: centre}
encode: {picture: {speed: ultrafast}, size: 384x216}
deliverables: [{name: done, preset: youtube}]
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """10 s of numbered film in video of 29.97 fps, so that the picture has several pieces."""
    coded = ("-c:v", "libx264", "-crf", "16", "-preset", "veryfast", "-g", "30")
    clip = Clip(rate="24000/1001", size=LARGE, filters="telecine=first_field=top", after=coded)
    clip.write(tmp_path / "film.mp4", numbered(240, LARGE))
    (tmp_path / "job.yaml").write_text(JOB)
    return tmp_path


def test_every_frame_is_delivered(job: Path) -> None:
    loaded, events = finish.load(job).job, list[Event]()
    text = finish.plan(loaded)
    assert "| fieldmatch " in text and "frames:v=240" in text and "the film's frames are restored" in text
    assert "done.mp4: 240 frames, 10.01 s, in 3 pieces" in text
    (outcome,) = finish.run(loaded, on_event=events.append)
    assert outcome.path and not outcome.broken and not outcome.error, outcome.error
    frames = read(probe(outcome.path).picture)
    assert numbers(frames, LARGE) == list(range(240))
    done = [event.done or 0.0 for event in events if event.what == "render"]
    assert done == sorted(done) and any(0 < share < 1 for share in done) and done[-1] == 1


def test_single_frames_are_the_film(job: Path) -> None:
    path = finish.still(finish.load(job).job, "done", 100 / Fraction(24000, 1001))
    picture = cv2.imread(str(path))
    assert picture is not None and number_in(np.asarray(picture[..., 1], float), LARGE) == 100


def test_an_estimate_counts_the_film(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_times, "known", dict)  # rates of other tests' jobs would be compared, too
    estimates = [estimate(finish.load(job).job).cpu]
    (job / "job.yaml").write_text("conform: {fields: tff}\n" + JOB)
    estimates.append(estimate(finish.load(job).job).cpu)
    assert estimates[0] > 1.05 * estimates[1]
