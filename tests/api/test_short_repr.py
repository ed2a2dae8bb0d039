"""The values that Python users see in a session are one short line each."""

from __future__ import annotations

from pathlib import Path

import pytest

import finish
from finish import api
from finish.deliver.outcome import Outcome
from finish.engine.plan import Plan
from finish.errors import MediaError
from finish.model import CheckResult, Promise, Tolerance

WIDTH_KEPT = CheckResult(Promise("width", lambda file: file, Tolerance(exactly=1080), unit="px"), 1080)
WIDTH_BROKEN = CheckResult(WIDTH_KEPT.promise, 1079)


def test_a_clip_names_its_stages() -> None:
    clip = finish.open("media/hero.mp4")
    assert repr(clip) == "<Clip media/hero.mp4: no settings>"
    assert repr(clip.colour(["warm"]).sound("r128")) == "<Clip media/hero.mp4: colour, sound>"


def test_a_job_counts_its_deliverables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hero.mp4").write_bytes(b"")
    loaded = api.quick("hero.mp4", ["tiktok", "youtube"])
    job = f"<Job {tmp_path.name!r} in {tmp_path}: 2 deliverables of 1 clips>"
    assert (repr(loaded.job), repr(loaded)) == (job, f"LoadedJob(job={job})")
    assert all(len(repr(one)) < len(str(tmp_path)) + 100 for one in loaded.job.deliverables)


def test_results_say_whether_promises_are_kept() -> None:
    assert repr(WIDTH_KEPT) == "<CheckResult kept: width: 1080 px, promised 1080 px>"
    assert repr(WIDTH_BROKEN) == "<CheckResult broken: width: 1079 px, promised 1080 px>"
    results = (WIDTH_KEPT, WIDTH_BROKEN)
    done = Outcome("hero", Path("out/hero.mp4"), (WIDTH_KEPT,))
    assert repr(done) == "<Outcome hero: out/hero.mp4, 1 of 1 promises kept>"
    assert repr(Outcome("hero", None, results)) == "<Outcome hero: not published, 1 of 2 promises kept>"
    assert repr(Outcome("hero", None, error=MediaError("no", "yes"))) == "<Outcome hero: MediaError>"
    delivered = api.Delivered(Path("hero.mp4"), {}, (WIDTH_KEPT,))
    assert repr(delivered) == "<Delivered hero.mp4, 1 of 1 promises kept>"
    assert repr(Plan(())) == "<Plan: 0 planned, 0 refused>"
