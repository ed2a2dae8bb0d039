"""Sheets of plans and of looks, from clips whose every frame states its number."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest
from clip_files import TAGS, clip, ffmpeg_by_hand
from numpy.typing import NDArray
from render_jobs import folder, heard

import finish
from finish import FinishError, api
from finish.cli import sheet_verbs
from finish.engine.engine import Engine
from finish.review.small_frames import FrameRequest, frames, small
from finish.units import Size

pytestmark = pytest.mark.render

SMALL = """\
source: hero.mp4
captions: {file: hero.en.srt}
reframe: {follow: centre}
sound: {target: none}
deliverables:
  - {name: "{clip}-tiktok", preset: tiktok, encode: {size: 360x640}}
  - {name: "{clip}-youtube", preset: youtube, encode: {size: 320x180}}
"""


def read(path: Path) -> NDArray[np.uint8]:
    """A picture as RGB."""
    found = cv2.imread(str(path))
    assert found is not None
    return np.asarray(found[:, :, ::-1], np.uint8)


def counting(path: Path, seconds: int = 2) -> Path:
    """Frame n of a clip at 25 fps is grey of code 40 + 3 n (limited range)."""
    greys = "geq=lum='40+3*N':cb=128:cr=128"
    grey = f"color=black:size=320x180:rate=25:duration={seconds},{greys},format=yuv420p,{TAGS}"
    ffmpeg_by_hand(
        "-f",
        "lavfi",
        "-i",
        grey,
        "-c:v",
        "libx264",
        "-qp",
        "0",
        "-g",
        "50",
        "-preset",
        "ultrafast",
        str(path),
    )
    return path


def test_the_frames_are_those_of_their_time_in_one_process_each(tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(SMALL.replace("captions: {file: hero.en.srt}\n", ""))
    counting(tmp_path / "hero.mp4")
    renderings = Engine(finish.load(tmp_path).job, finish.STAGES).plan().renderings
    films = [
        FrameRequest(
            rendering.planned.programme, rendering.picture.inputs[0], small(rendering.planned.programme.frame)
        )
        for rendering in renderings
    ]
    times = (Fraction(0), Fraction(33, 25) + Fraction(1, 100), Fraction(49, 25), Fraction(3))
    with heard() as processes:
        found = frames(films, times)
    assert len(processes.all) == 3 and all(process.argv.count("-i") == 1 for process in processes.all)
    assert set(found) == set(product((0, 1), times[:3])), "nothing is shown after the end"
    assert [found[0, times[0]].shape, found[1, times[0]].shape] == [(480, 270, 3), (180, 320, 3)]
    for (_, time), picture in found.items():
        expected = (40 + 3 * int(time * 25) - 16) * 255 / 219
        assert float(np.abs(picture - expected).mean()) < 1.2, f"{float(time)} s"


def test_a_small_frame_keeps_its_shape_and_is_never_enlarged() -> None:
    assert small(Size(1920, 1080)) == Size(480, 270) and small(Size(1080, 1920)) == Size(270, 480)
    assert small(Size(1080, 1080)) == Size(360, 360) and small(Size(320, 180)) == Size(320, 180)


def test_a_sheet_of_a_job_renders_nothing_and_shows_cues(tmp_path: Path) -> None:
    job = finish.load(folder(tmp_path, SMALL)).job
    with heard() as processes:
        made = api.sheet([job])
    assert (
        made == api.Sheet(tmp_path / "out" / "sheet.png") and not processes.pictures and not processes.sounds
    )
    assert read(made.path).shape[1] > 2 * 320
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["sheet.png"]
    page = api.sheet([job], tmp_path / "page.html", ["hero-tiktok"]).path.read_text()
    assert page.count("<img") == page.count('class="safe"') == 2 and "hero-youtube" not in page
    for words in (
        "0:00.5",
        "Hello there",
        "0:01.4",
        "and goodbye",
        "<li>tiktok</li><li>360x640</li><li>25 fps</li><li>0:02.00</li>",
    ):
        assert words in page, words


def test_one_bad_clip_is_told_of_and_the_others_are_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder(tmp_path / "it's [odd] 100%: 'é'", SMALL, seconds=1)
    bad = folder(tmp_path / "<b>bad", SMALL, seconds=1)
    (bad / "hero.mp4").write_bytes(b"no clip at all")
    jobs = [finish.load(each).job for each in (bad, place)]
    made = api.sheet(jobs, tmp_path / "both.html")
    assert [error.code for error in made.errors] == ["media"]
    page = made.path.read_text()
    assert page.count('class="notice bad"') == 1 and page.count("<img") == 2 and "<b>" not in page
    assert (
        sheet_verbs.sheet([str(bad), str(place)], tmp_path / "verb.html") == 2
        and sheet_verbs.sheet([str(place)], only=["hero-tiktok"]) == 0
    )
    captured = capsys.readouterr()
    assert (
        captured.err.startswith("hero.mp4")
        and captured.out == f"{tmp_path / 'verb.html'}\n{place / 'out' / 'sheet.png'}\n"
    )
    with pytest.raises(FinishError) as raised:
        api.sheet(jobs[:1], tmp_path / "none.png")
    assert raised.value.code == "media" and not (tmp_path / "none.png").exists()


def test_a_clip_that_breaks_off_is_told_of(tmp_path: Path) -> None:
    place = folder(tmp_path, SMALL, extra=("-movflags", "+faststart"))
    whole = (place / "hero.mp4").read_bytes()
    job = finish.load(place).job
    api.sheet([job], tmp_path / "whole.html")
    (place / "hero.mp4").write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    with pytest.raises(FinishError) as raised:
        api.sheet([job], tmp_path / "half.html")
    assert (
        str(raised.value).startswith("hero.mp4 is damaged: its picture is damaged (at 0.")
        and not (tmp_path / "half.html").exists()
    )


def test_looks_are_shown_beside_the_plain_clip(tmp_path: Path) -> None:
    clip(tmp_path / "hero.mp4", seconds=0.4)
    with heard() as processes:
        made = api.looks(tmp_path / "hero.mp4", tmp_path / "looks.png", ["mono", "warm"])
    assert not processes.pictures
    tiles = read(made)[-180 - 24 - 27 : -24 - 27, 24:]
    plain, mono, warm = (tiles[:, start : start + 320].astype(int) for start in (0, 336, 672))
    assert (
        np.abs(plain[:, :, 0] - plain[:, :, 2]).max() > 100
        and np.abs(mono[:, :, 0] - mono[:, :, 2]).max() <= 3
    )
    assert warm[:, :, 0].mean() - warm[:, :, 2].mean() > plain[:, :, 0].mean() - plain[:, :, 2].mean() + 5
    with pytest.raises(FinishError, match='did you mean "warm"'):
        api.looks(tmp_path / "hero.mp4", tmp_path / "looks.png", ["warn"])
    with pytest.raises(FinishError, match=r"end its name in \.png or \.html"):
        api.looks(tmp_path / "hero.mp4", tmp_path / "hero.mp4")
