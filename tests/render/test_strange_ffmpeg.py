"""An FFmpeg that hangs, lies, babbles, or is killed: one clear line, the exit code, nothing published."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import SOURCE, complaint, inside
from render_jobs import ONE, folder
from test_faults import ffmpegs

from finish.media.ffmpeg import ffmpeg_program, ffmpeg_runner
from finish.storage import platform

pytestmark = pytest.mark.render

# A stand-in for FFmpeg: it answers the version query, and forwards calls that `only` doesn't match.
FAKE = """#!/bin/bash
case "$*" in
  *-version*) {version} ;;
  *"{only}"*) {body} ;;
  *) exec '{ffmpeg}' "$@" ;;
esac
"""
HANG, BABBLE = "sleep 300 & wait", "yes | tr -d '\\n'"
READING, ENCODING, MUXING = "-f nut", "libx264", "-c copy"
LastLine = Callable[..., str]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("strange") / "job", SOURCE + ONE, seconds=0.4)


@pytest.fixture
def last_line(job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LastLine]:
    """The last line of a run whose FFmpeg does `body` where its arguments contain `only`."""
    script, place, real = tmp_path / "ffmpeg", tmp_path / "job", ffmpeg_program.binary()
    monkeypatch.setenv("FINISH_FFMPEG", str(script))
    monkeypatch.setattr(ffmpeg_runner, "STALL_SECONDS", 0.7)
    monkeypatch.setattr(ffmpeg_program, "_ANSWER", 0.7)
    forget()

    def last_line(body: str, only: str = "nothing at all", version: str = "") -> str:
        script.write_text(
            FAKE.format(version=version or f"exec {real} -version", ffmpeg=real, only=only, body=body)
        )
        script.chmod(0o700)
        shutil.copytree(job, place)
        begun = time.monotonic()
        done = inside("run", str(place))
        assert time.monotonic() - begun < 60 and ffmpegs(place) == []
        assert (
            done.exit_code == 2
            and not list((place / "out").glob("*.mp4"))
            and not list((place / "out").glob(".*"))
        )
        return complaint(done)

    yield last_line
    forget()


def forget() -> None:
    for each in (ffmpeg_program.binary, ffmpeg_program._version, ffmpeg_program.listing):
        each.cache_clear()


@pytest.mark.parametrize(
    ("version", "says"),
    [
        (HANG, "doesn't respond within 1 s"),
        ("exec 1>&-; sleep 300", "isn't FFmpeg"),
        (BABBLE, "isn't FFmpeg"),
        ("head -c 100000 /dev/urandom", "isn't FFmpeg"),
        ("kill -9 $$", "isn't FFmpeg"),
    ],
)
def test_one_that_does_not_say_what_it_is(version: str, says: str, last_line: LastLine) -> None:
    assert says in last_line("exit 1", version=version)


@pytest.mark.parametrize(
    ("only", "body", "says"),
    [
        (READING, HANG, "FFmpeg made no progress for 1 s and was stopped"),
        (READING, "exec 1>&-; sleep 300", "FFmpeg made no progress for 1 s and was stopped"),
        (READING, BABBLE, "FFmpeg's output can't be read"),
        (READING, "head -c 100000 /dev/urandom", "FFmpeg's output can't be read"),
        (READING, "kill -9 $$", "FFmpeg was killed or crashed (SIGKILL)"),
        (READING, "exit 0", "FFmpeg's output can't be read"),
        (ENCODING, HANG, "FFmpeg made no progress for 1 s and was stopped"),
        (ENCODING, BABBLE, "FFmpeg made no progress for 1 s and was stopped"),
        (ENCODING, "yes >&2", "FFmpeg made no progress for 1 s and was stopped"),
        (ENCODING, "kill -9 $$", "FFmpeg was killed or crashed (SIGKILL)"),
        (ENCODING, "exit 0", "FFmpeg ended without an error and wrote nothing"),
        (ENCODING, "echo @x; echo @99; echo frame=1; exit 3", "FFmpeg failed: exit code 3"),
        (MUXING, HANG, "FFmpeg made no progress for 1 s and was stopped"),
        (MUXING, "exit 0", "FFmpeg ended without an error and wrote nothing"),
    ],
)
def test_one_that_goes_wrong_at_its_work(only: str, body: str, says: str, last_line: LastLine) -> None:
    assert says in last_line(body, only)


def test_what_cannot_be_started_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ffmpeg").write_bytes(b"\x7fELF no program")
    (tmp_path / "ffmpeg").chmod(0o700)
    monkeypatch.setenv("FINISH_FFMPEG", str(tmp_path / "ffmpeg"))
    forget()
    monkeypatch.setattr(platform, "ending_with_parent", lambda: ((), None))
    done = inside("doctor")
    forget()
    (line,) = (each for each in done.stdout.splitlines() if each.startswith("MISSING  FFmpeg "))
    assert done.exit_code == 2 and "can't start" in line
