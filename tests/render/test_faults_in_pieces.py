"""Faults around pieces: an FFmpeg that lies, a read-only store, a clock that jumps, a disk that fills."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import cli, complaint, files, inside
from render_jobs import folder, heard
from test_pieces import LINES, ONE, srt

import finish
from finish.media.ffmpeg import ffmpeg_program, ffmpeg_runner

pytestmark = pytest.mark.render

DAY = 24 * 60 * 60
LIAR = f"""#!{sys.executable}
import os, sys
words = sys.argv[1:]
if "libx264" in words and os.path.exists({{flag!r}}):
    place = words.index("-c:v")
    words[place:place] = {{lie!r}}
os.execv({{ffmpeg!r}}, ["ffmpeg", *words])
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Three pieces."""
    return folder(tmp_path / "job", ONE, srt(LINES), seconds=12)


def run(place: Path, **how: object) -> finish.Outcome:
    (outcome,) = finish.run(finish.load(place).job, **how)  # type: ignore[arg-type]
    return outcome


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    place = folder(tmp_path_factory.mktemp("undisturbed") / "job", ONE, srt(LINES), seconds=12)
    assert run(place).exit_code == 0
    return (place / "out/done.mp4").read_bytes()


@pytest.mark.parametrize("lie", [["-frames:v", "60"], ["-frames:v", "99"], ["-t", "1.5"]])
def test_pieces_of_another_length_than_planned_are_never_joined(
    lie: list[str], job: Path, undisturbed: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """FFmpeg exits with 0 and a playable file; with the real FFmpeg again, the job succeeds."""
    script, flag = tmp_path / "ffmpeg", tmp_path / "lying"
    script.write_text(LIAR.format(flag=str(flag), lie=lie, ffmpeg=ffmpeg_runner.binary()))
    script.chmod(0o700)
    flag.touch()
    monkeypatch.setenv("FINISH_FFMPEG", str(script))
    ffmpeg_program.binary.cache_clear()
    ffmpeg_program._version.cache_clear()
    try:
        told = inside("run", str(job))
        assert told.exit_code == 2 and "frames could be rendered" in complaint(told)
        assert not (job / "out/done.mp4").exists()
        flag.unlink()
        assert run(job).exit_code == 0 and (job / "out/done.mp4").read_bytes() == undisturbed
    finally:
        monkeypatch.undo()
        ffmpeg_program.binary.cache_clear()
        ffmpeg_program._version.cache_clear()


def test_a_store_that_cannot_be_written_is_one_clear_error_and_harms_nothing(
    job: Path, small_disk: Path, undisturbed: bytes
) -> None:
    store = small_disk / "store"
    assert run(job, store=store).exit_code == 0
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    (job / "hero.en.srt").write_text(srt([(start, end, text + "!") for start, end, text in LINES]))
    wrong = run(job, store=store).error
    assert wrong is not None and wrong.code == "disk" and "read-only" in str(wrong).lower(), wrong
    assert (job / "out/done.mp4").read_bytes() == undisturbed


@pytest.mark.parametrize("jump", [-400 * DAY, 400 * DAY])
def test_a_clock_that_jumps_between_runs_changes_nothing(
    jump: int, job: Path, undisturbed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything kept is from the future, or from long ago; and the next run's own clock jumps."""
    assert run(job).exit_code == 0
    for path in (path for path in job.rglob("*") if path.is_file()):
        os.utime(path, (time.time() + jump, time.time() + jump))
    real, ticks = time.time, iter(range(10**9))
    monkeypatch.setattr(time, "time", lambda: real() + jump * (next(ticks) % 2))
    monkeypatch.setattr(time, "time_ns", lambda: int(time.time() * 10**9))
    with heard() as processes:
        assert run(job).exit_code == 0
    assert processes.pictures == [] and (job / "out/done.mp4").read_bytes() == undisturbed
    (job / "hero.en.srt").write_text(srt([(start, end, text + "!") for start, end, text in LINES[:1]]))
    assert run(job).exit_code == 0 and (job / "out/done.mp4").read_bytes() != undisturbed


def test_a_disk_that_fills_among_pieces_loses_nothing(small_disk: Path, undisturbed: bytes) -> None:
    """With too little room, a piece, the sound, the joined picture, or the file doesn't fit.

    After room is made, the next run continues, and ends with the bytes of an undisturbed run.
    """
    place = folder(small_disk / "job", ONE, srt(LINES), seconds=12)
    ballast, before, free = small_disk / "ballast", files(place), shutil.disk_usage(small_disk).free
    assert cli("run", str(place)).returncode == 0
    took = free - shutil.disk_usage(small_disk).free
    ends = set()
    for share in (0.05, 0.35, 0.65, 0.95):
        for made in (place / ".finish", place / "out"):
            shutil.rmtree(made, ignore_errors=True)
        (place / "job.lock.yaml").unlink(missing_ok=True)
        ballast.unlink(missing_ok=True)
        ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free - int(share * took)))
        done = inside("run", str(place))
        assert done.exit_code == 2 and "free some space and run again" in complaint(done), done.output
        after = files(place)
        assert {name: after[name] for name in before} == before
        assert not [name for name in after if name.startswith("out/") or "draft" in name]
        ends.add(len(list((place / ".finish/store").rglob("*.mp4"))))
        ballast.unlink()
        assert inside("run", str(place)).exit_code == 0
        assert (place / "out/done.mp4").read_bytes() == undisturbed
    assert len(ends) > 1, "the disk was full at the same moment each time"
