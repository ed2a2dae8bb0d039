"""A batch of twenty clips, three of them broken; equal work is done once; drafts are never published."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from clip_files import clip
from command_line import cli

import finish
from finish import api
from finish.engine.preview import PreviewRequest
from finish.media.probe import probe
from finish.units import Span

pytestmark = pytest.mark.render

JOB = """source: media/*.mp4
sound: {target: none}
encode: {size: 96x96, picture: {speed: ultrafast}}
captions: {file: "captions/{clip}.{lang}.srt", size: 2}
deliverables:
  - {name: "{clip}-{lang}", preset: square, for: {lang: [en, de]}, captions: {burn: false, sidecar: [srt]}}
"""
BAD = {"clip-04": "empty", "clip-11": "not a clip", "clip-17": "no captions"}


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty equal clips, of which one is empty, one is a text file, and one has no German captions."""
    place = tmp_path_factory.mktemp("twenty")
    (place / "captions").mkdir()
    (place / "media").mkdir()
    clip(place / "media/clip-00.mp4", seconds=0.3)
    (place / "job.yaml").write_text(JOB)
    for number in range(20):
        if number:
            shutil.copy(place / "media/clip-00.mp4", place / f"media/clip-{number:02d}.mp4")
        for lang in ("en", "de"):
            (place / f"captions/clip-{number:02d}.{lang}.srt").write_text(
                "1\n00:00:00,000 --> 00:00:00,300\nHi\n"
            )
    (place / "media/clip-04.mp4").write_bytes(b"")
    (place / "media/clip-11.mp4").write_text("not a clip")
    (place / "captions/clip-17.de.srt").unlink()
    return place


def test_three_bad_clips_do_not_stop_seventeen(twenty: Path) -> None:
    done = cli("run", str(twenty), cwd=twenty)
    assert done.returncode == 2
    made = {path.stem for path in (twenty / "out").glob("*.mp4")}
    missing = {f"{name}-{lang}" for name in ("clip-04", "clip-11") for lang in ("en", "de")} | {"clip-17-de"}
    assert made == {f"clip-{number:02d}-{lang}" for number in range(20) for lang in ("en", "de")} - missing
    assert "20 clips, 40 deliverables: 35 done, 5 failed" in done.stdout
    assert len([line for line in done.stderr.splitlines() if "clip-04" in line]) == 1, (
        "said once, not for each deliverable"
    )
    assert any("clip-17.de.srt" in line for line in done.stderr.splitlines())
    assert set(json.loads((twenty / "out/manifest.json").read_text())["deliverables"]) == made
    # Equal clips share one picture and one sound, whatever their names.
    assert len(list((twenty / ".finish/store").rglob("*.mp4"))) == 1


def test_validate_tells_what_one_clip_lacks(twenty: Path) -> None:
    told = cli("validate", str(twenty), cwd=twenty)
    assert (
        told.returncode == 2
        and "clip-17.de.srt" in told.stderr
        and "39 deliverables valid, 1 blocked" in told.stdout
    )


def test_another_job_of_the_same_run_lends_what_it_made(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        clip(tmp_path / name / "one.mp4", seconds=0.3)
        listed = (
            f"deliverables: [{{name: {name}, preset: square, encode: {{size: 96x96}}, sound: {{target: "
            f"none}}}}]"
        )
        (tmp_path / name / "job.yaml").write_text(f"source: one.mp4\n{listed}\n")
    first, second = (api.load(tmp_path / name).job for name in ("a", "b"))
    assert [outcome.exit_code for outcome in api.finishing(first)] == [0]
    events: list[str] = []
    lent = api.finishing(
        second, lenders=(tmp_path / "a/.finish/store",), on_event=lambda event: events.append(event.what)
    )
    assert [outcome.exit_code for outcome in lent] == [0]
    assert "render" not in events, "nothing was rendered again"
    shutil.rmtree(tmp_path / "a")
    assert [outcome.exit_code for outcome in api.finishing(second)] == [0], "what was lent stays"


def test_a_draft_and_a_part_are_small_short_and_not_published(tmp_path: Path) -> None:
    clip(tmp_path / "one.mp4", seconds=1.0)
    (tmp_path / "job.yaml").write_text(
        "source: one.mp4\ndeliverables: [{name: wide, preset: youtube, sound: {target: none}}]\n"
    )
    job = finish.load(tmp_path).job
    (done,) = api.finishing(job, look=PreviewRequest(Span(*map(Fraction, ("0.2", "0.6"))), draft=True))
    assert done.error is None and done.path == tmp_path / "drafts/wide-0.20-0.60.mp4" and not done.results
    made = probe(done.path)
    assert made.video is not None and str(made.video.size) == "960x540"
    assert made.video.frames == round(0.4 * made.video.rate) and made.video.start == 0
    assert not (tmp_path / "out").exists()
    (late,) = api.finishing(job, look=PreviewRequest(Span(Fraction(5), Fraction(6))))
    assert late.error is not None and "ends at" in str(late.error)
