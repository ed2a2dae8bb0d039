"""Faults around a job: signals, full and read-only disks, a rotting store. One clear line each, no traces."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import ENVIRONMENT, SOURCE, cli, complaint, files, inside
from render_jobs import ONE, folder, heard

import finish
from finish.media.ffmpeg import ffmpeg_runner

pytestmark = pytest.mark.render


def ffmpegs(place: Path) -> list[str]:
    """The command lines of running FFmpeg processes that work in `place`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().decode(errors="replace").split("\0")
            if "ffmpeg" in words[0] and any(str(place) in word for word in words):
                found.append(" ".join(words))
    return found


def running(place: Path, **environment: str) -> subprocess.Popen[str]:
    """`finish run` of a job, in its own session, with its output."""
    return subprocess.Popen(
        [sys.executable, "-m", "finish", "run", str(place)],
        env={**ENVIRONMENT, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


# -- stopped by the user ---------------------------------------------------------------------------

SLOW = (
    "encode: {picture: {speed: slower}, size: 1280x720}\nsound: {target: none}\n"
    "deliverables: [{name: done, preset: youtube}]\n"
)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("slow") / "job", SOURCE + SLOW, seconds=30.0)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_in_mid_render_nothing_half_made_is_left(
    stop: signal.Signals, slow: Path, tmp_path: Path
) -> None:
    if signal.getsignal(stop) is signal.SIG_IGN:
        pytest.skip("whoever started the tests has this signal ignored, as nohup does, and finish obeys that")
    place = shutil.copytree(slow, tmp_path / "job")
    before = files(place)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = running(place, TMPDIR=str(scratch))
    assert process.stdout is not None and process.stderr is not None
    with process:
        assert any(line.startswith("rendering") for line in process.stdout), "it never began"
        drafts = place / ".finish/store/drafts"
        assert any(list(drafts.iterdir()) or time.sleep(0.05) for _ in range(200)), "it never wrote"
        assert ffmpegs(place) and list(scratch.glob("finish-*/graph-0.txt"))
        process.send_signal(stop)
        message = process.stderr.read()
    assert process.returncode == 130 and message == "stopped; nothing half-made was kept\n"
    assert ffmpegs(place) == []
    assert list((place / ".finish/store/drafts").iterdir()) == []
    assert [path.name for path in scratch.iterdir() if not path.name.startswith("finish-fonts-")] == []
    left = files(place)
    assert {name: left[name] for name in before} == before
    assert not [
        name
        for name in left
        if name.startswith("out/") or (name not in before and not name.endswith(".json"))
    ]


STUCK = """#!/bin/sh
case "$*" in
  *" pipe:1") {ffmpeg} "$@" | {{ head -c 100000; touch "$0.stuck"; sleep 20; }} ;;
  *) exec {ffmpeg} "$@" ;;
esac
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_reads_it_stops_at_once(stop: signal.Signals, tmp_path: Path) -> None:
    """The signal comes while PyAV waits for FFmpeg, whose sound has stalled: no partial answer is kept."""
    place = folder(tmp_path / "job", SOURCE + ONE, seconds=0.6)
    script = tmp_path / "ffmpeg"
    script.write_text(STUCK.format(ffmpeg=ffmpeg_runner.binary()))
    script.chmod(0o700)
    process = running(place, FINISH_FFMPEG=str(script))
    waited = 0
    while not Path(f"{script}.stuck").exists() and waited < 100:
        time.sleep(0.1)
        waited += 1
    time.sleep(0.3)
    known = set(place.rglob("*.json"))  # what was asked before, and answered
    process.send_signal(stop)
    try:
        _, message = process.communicate(timeout=10)
    finally:
        process.kill()
    assert process.returncode == 130 and message == "stopped; nothing half-made was kept\n"
    assert ffmpegs(place) == [] and set(place.rglob("*.json")) == known


@pytest.mark.parametrize(("verb", "moment"), [("plan", 0.6), ("plan", 2.0), ("run", 1.2)])
def test_stopped_while_it_plans_it_stops_at_once(verb: str, moment: float, tmp_path: Path) -> None:
    """The clip claims 40 GB, half a minute of reading in several threads: there is no process to end."""
    place = folder(tmp_path / "job", SOURCE + ONE, seconds=0.6)
    with (place / "hero.mp4").open("ab") as file:
        file.truncate(40 * 2**30)
    before = set(place.rglob("*"))
    process = subprocess.Popen(
        [sys.executable, "-m", "finish", verb, str(place)],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(moment)
    assert process.poll() is None
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, message = process.communicate(timeout=30)
    assert time.monotonic() - asked < 2 + 1.5, "2 s, and what tests beside it take"
    assert process.returncode == 130 and message == "stopped; nothing half-made was kept\n"
    assert [path for path in place.rglob("*") if path.is_file() and path not in before] == []


# -- disks -----------------------------------------------------------------------------------------


def test_a_full_disk_is_one_clear_line_whatever_did_not_fit(small_disk: Path) -> None:
    """With room, the job finishes; with less, an answer, the sound, the picture, or the file doesn't fit."""
    place = folder(small_disk / "job", SOURCE + ONE, seconds=1.0)
    ballast, before, free = small_disk / "ballast", files(place), shutil.disk_usage(small_disk).free
    assert cli("run", str(place)).returncode == 0
    took = free - shutil.disk_usage(small_disk).free
    for share in (0, 0.04, 0.4, 0.9):
        for made in (place / ".finish", place / "out"):
            shutil.rmtree(made, ignore_errors=True)
        (place / "job.lock.yaml").unlink(missing_ok=True)  # with it, the gain is known, and less is made
        ballast.unlink(missing_ok=True)
        ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free - int(share * took)))
        done = inside("run", str(place))
        assert done.exit_code == 2 and "free some space and run again" in complaint(done)
        after = files(place)
        assert {name: after[name] for name in before} == before
        assert not [name for name in after if name.startswith("out/") or "draft" in name]


def test_out_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    place = folder(tmp_path / "job", SOURCE + ONE, seconds=0.6)
    (place / "out").mkdir()
    (place / "out").chmod(0o500)
    if os.access(place / "out", os.W_OK):
        pytest.skip("this user may write to a read-only folder")
    done = cli("run", str(place))
    assert done.returncode == 2 and "check the folder's permissions" in complaint(done)
    (place / "out").chmod(0o700)


def test_out_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    """The same for every user, root included."""
    place = folder(tmp_path / "job", SOURCE + ONE, seconds=0.6)
    (place / "out").write_text("mine")
    done = inside("run", str(place))
    assert done.exit_code == 2 and "can't write to " in complaint(done)
    assert (place / "out").read_text() == "mine"


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    place = folder(tmp_path / "job", SOURCE + ONE, seconds=0.6)
    assert [outcome.exit_code for outcome in finish.run(finish.load(place).job)] == [0]
    return place


def test_a_piece_that_rotted_in_the_store_is_made_again(rendered: Path) -> None:
    good = (rendered / "out/done.mp4").read_bytes()
    for piece in (*(rendered / ".finish/store").rglob("*.mp4"), *(rendered / ".finish/store").rglob("*.m4a")):
        data = bytearray(piece.read_bytes())
        data[len(data) // 2] ^= 0xFF
        piece.write_bytes(data)
    (rendered / "out/done.mp4").unlink()
    with heard() as processes:
        assert [outcome.exit_code for outcome in finish.run(finish.load(rendered).job)] == [0]
    assert len(processes.pictures) == 1 and len(processes.sounds) == 1
    assert (rendered / "out/done.mp4").read_bytes() == good


@pytest.mark.parametrize("data", [b"", b'{"integrated": "loud"}'])
def test_an_answer_that_rotted_in_the_store_is_asked_again(data: bytes, rendered: Path) -> None:
    for answer in (rendered / ".finish/store").rglob("*.json"):
        answer.write_bytes(data)
    assert [outcome.exit_code for outcome in finish.run(finish.load(rendered).job)] == [0]
