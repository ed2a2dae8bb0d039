"""A job from its folder to its checked files: the results, the cost, and the cost of a second run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from clip_files import clip
from render_jobs import CAPTIONS, ONE, Finished, finished, flashes, folder, heard, pictures, psnr, samples

import finish
from finish.media.ffmpeg import ffmpeg_program
from finish.media.probe import probe

pytestmark = pytest.mark.render


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """A look, captions, and a crop that follows a person; two deliverables. The clip stays unchanged."""
    place = folder(tmp_path_factory.mktemp("job") / "spring")
    clip_before = (place / "hero.mp4").read_bytes(), (place / "hero.mp4").stat().st_mtime_ns
    made = finished(place, walking=True)
    yield made
    assert ((place / "hero.mp4").read_bytes(), (place / "hero.mp4").stat().st_mtime_ns) == clip_before


def test_every_promise_is_kept(done: Finished) -> None:
    assert [
        (outcome.name, outcome.error, outcome.broken, outcome.exit_code) for outcome in done.outcomes
    ] == [("hero-tiktok", None, (), 0), ("hero-youtube", None, (), 0)]
    promised = {result.promise.name for result in done.outcomes[0].results}
    assert promised >= {
        "frame count",
        "loudness",
        "true peak",
        "captions outside the safe zone",
        "captions that don't show",
    }


def test_what_is_published_is_what_was_asked_for_and_nothing_else(done: Finished) -> None:
    assert sorted(path.name for path in done.out.iterdir()) == [
        "hero-tiktok.en.srt",
        "hero-tiktok.en.vtt",
        "hero-tiktok.mp4",
        "hero-youtube.mp4",
        "manifest.json",
    ]
    assert not list((done.place / ".finish" / "store" / "drafts").iterdir())
    facts = {name: probe(done.out / f"{name}.mp4").video for name in ("hero-tiktok", "hero-youtube")}
    assert {name: (str(video.size), video.frames, video.rate) for name, video in facts.items() if video} == {
        "hero-tiktok": ("360x640", 50, 25),
        "hero-youtube": ("320x180", 50, 25),
    }


def test_the_manifest_holds_what_is_there(done: Finished) -> None:
    entries = done.manifest["deliverables"]
    assert set(entries) == {"hero-tiktok", "hero-youtube"}
    for name, entry in entries.items():
        file = done.out / entry["file"]
        assert (entry["sha256"], entry["bytes"]) == (
            hashlib.sha256(file.read_bytes()).hexdigest(),
            file.stat().st_size,
        )
        assert entry["source"] == {
            "file": "hero.mp4",
            "sha256": hashlib.sha256((done.place / "hero.mp4").read_bytes()).hexdigest(),
        }
        assert all(each["kept"] for each in entry["promises"])
        assert {each["name"]: each["measured"] for each in entry["promises"]}["loudness"] == pytest.approx(
            -14, abs=0.1
        )
        assert any("→ mp4 c:v=libx264" in line for line in entry["plan"]) and not re.search(
            r"/[a-z]+/", "\n".join(entry["plan"])
        )
        assert entry["sidecars"] == ([f"{name}.en.srt", f"{name}.en.vtt"] if name == "hero-tiktok" else [])
        assert entry["versions"]["ffmpeg"] == ffmpeg_program.version() and entry["versions"][
            "finish"
        ] == version("finish")
    assert done.manifest["job"] == "spring"


def test_sidecars_say_what_the_captions_said(done: Finished) -> None:
    srt, vtt = ((done.out / f"hero-tiktok.en.{form}").read_text(encoding="utf-8") for form in ("srt", "vtt"))
    assert srt.strip() == CAPTIONS.strip()
    assert vtt.startswith("WEBVTT") and "00:00:00.200 --> 00:00:00.900" in vtt and "<i>there</i>" in vtt


def test_one_picture_process_and_one_decoder_make_both(done: Finished) -> None:
    (made,) = done.processes.pictures
    assert made.argv.count("-i") == 1 and made.argv.count("libx264") == 2
    assert made.log is not None and list(made.log.decoded) == [(0, 0)], "one decoder"


def test_all_questions_about_the_picture_are_answered_in_one_decode(done: Finished) -> None:
    clip = f"file:{done.place / 'hero.mp4'}"
    assert (
        len(
            [
                process
                for process in done.processes.all
                if process.has("-i", clip) and process.has("-c:v", "rawvideo")
            ]
        )
        == 1
    )


def test_a_second_run_renders_nothing_and_leaves_the_versions_alone(done: Finished) -> None:
    before = {path.name: path.read_bytes() for path in done.out.iterdir() if path.name != "manifest.json"}
    with heard() as processes:
        outcomes = finish.run(finish.load(done.place).job)
    assert [outcome.exit_code for outcome in outcomes] == [0, 0]
    assert processes.working == []
    assert {
        path.name: path.read_bytes() for path in done.out.iterdir() if path.name != "manifest.json"
    } == before
    assert not (done.out / "previous").exists()


@pytest.mark.parametrize(
    ("name", "at"), [("hero-tiktok", "0.96"), ("hero-tiktok", "1.999"), ("hero-youtube", "0")]
)
def test_a_still_is_the_delivered_frame(done: Finished, name: str, at: str, tmp_path: Path) -> None:
    """Amid the moving crop, on the last frame, and on the first; neighbouring frames differ more."""
    ((_, shown),) = pictures(finish.still(done.job, name, Fraction(at), tmp_path / "still.png"))
    delivered = [frame for _, frame in pictures(done.out / f"{name}.mp4")]
    index = int(Fraction(at) * 25)
    likeness = [psnr(shown, frame) for frame in delivered]
    assert likeness[index] > 30
    assert max(range(50), key=likeness.__getitem__) == index


def test_the_crop_moves(done: Finished) -> None:
    """The crop moves across the clip: otherwise a still in mid-move would prove nothing."""
    plan = finish.plan(done.job, ["hero-tiktok"])
    assert "x=cmd:" in plan and "the crop moves in 1" in plan


def test_a_still_past_the_end_is_refused(done: Finished, tmp_path: Path) -> None:
    with pytest.raises(finish.FinishError, match=r"ends at 0:02\.00"):
        finish.still(done.job, "hero-youtube", Fraction(2), tmp_path / "still.png")
    assert not list(tmp_path.iterdir())


def test_changed_captions_keep_the_last_two_versions(tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        ONE.replace(
            "deliverables", "captions: {file: hero.en.srt, sidecar: [srt]}\nsource: hero.mp4\ndeliverables"
        ),
        seconds=1.0,
    )
    told = []
    for word in ("goodbye", "farewell", "so long", "so long", "ciao"):
        (place / "hero.en.srt").write_text(f"1\n00:00:00,200 --> 00:00:00,900\n{word}\n")
        with heard() as processes:
            (outcome,) = finish.run(finish.load(place).job)
        assert outcome.path
        told.append((word, outcome.digest, len(processes.pictures), len(processes.sounds)))
    assert [made for *_, made, _ in told] == [1, 1, 1, 0, 1], "a picture for every new text"
    assert [made for *_, made in told] == [2, 0, 0, 0, 0], (
        "searched on the common encoding, then its own; after that the sound is the same"
    )
    previous = place / "out" / "previous"
    kept = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in previous.iterdir()}
    assert {name: kept[name] for name in kept if name.endswith("mp4")} == {
        "done.1.mp4": told[2][1],
        "done.2.mp4": told[1][1],
    }
    assert {path.name: "so long" in path.read_text() for path in previous.glob("*.srt")} == {
        "done.1.srt": True,
        "done.2.srt": False,
    }
    assert len(kept) == 4


def test_two_equal_encodes_are_one(tmp_path: Path) -> None:
    both = ONE.replace("[{name: done", "[{name: one, preset: youtube}, {name: two")
    place = folder(tmp_path, f"source: hero.mp4\n{both}", seconds=1.0)
    made = finished(place)
    (process,) = made.processes.pictures
    assert process.argv.count("libx264") == 1 and len(made.processes.muxes) == 2
    assert len(made.processes.sounds) == 2, (
        "the gain is searched on the common encoding, then both have one of their own"
    )
    assert (made.out / "one.mp4").read_bytes() == (made.out / "two.mp4").read_bytes()


@pytest.mark.parametrize(
    ("preset", "size", "edit_list"), [("tiktok", "360x640", True), ("youtube", "320x180", False)]
)
def test_a_flash_and_its_click_stay_together(preset: str, size: str, edit_list: bool, tmp_path: Path) -> None:
    """Both rules about edit lists: within 1 ms in players, and the first sample is the first planned one."""
    flashes(tmp_path / "clip.mov")
    (tmp_path / "job.yaml").write_text(
        f"source: clip.mov\nsound: {{target: none}}\ndeliverables:\n"
        f"  - {{name: done, preset: {preset}, encode: {{size: {size}, picture: {{speed: ultrafast}}}}, "
        f"reframe: {{follow: centre}}}}\n"
    )
    made = finished(tmp_path)
    file = made.out / "done.mp4"
    assert made.outcomes[0].path == file and probe(file).edit_list is edit_list
    seen = [time for time, frame in pictures(file) if frame.mean() > 128]
    start, heard_ = samples(file)
    clicks = [(start + at / 48_000) for at in _clicks(heard_[:, 0])]
    assert seen == pytest.approx([0.48, 1.48, 2.48], abs=1e-4)
    assert clicks == pytest.approx(seen, abs=1e-3)
    assert start == 0 and clicks == pytest.approx([0.48, 1.48, 2.48], abs=1.5 / 48_000)


def _clicks(sound: np.ndarray) -> list[int]:
    """The best-fitting start (in samples) of each second's click of 48 samples."""
    fit = np.correlate(sound, np.ones(48), "valid")
    return [
        second * 48_000 + int(np.argmax(fit[second * 48_000 : (second + 1) * 48_000])) for second in range(3)
    ]


def test_a_clip_of_one_frame_is_finished(tmp_path: Path) -> None:
    clip(tmp_path / "hero.mp4", seconds=0.04)
    (tmp_path / "job.yaml").write_text("source: hero.mp4\nsound: {target: none}\n" + ONE)
    made = finished(tmp_path)
    assert made.outcomes[0].broken == () and made.outcomes[0].path
    assert len(pictures(made.out / "done.mp4")) == 1
