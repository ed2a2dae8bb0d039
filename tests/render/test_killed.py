"""Killed at any moment: the next run continues, and ends with the bytes of an undisturbed run."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import ENVIRONMENT
from render_jobs import folder
from test_faults import ffmpegs
from test_pieces import LINES, srt

pytestmark = pytest.mark.render

JOB = """\
source: hero.mp4
captions: {file: hero.en.srt, sidecar: [srt]}
deliverables:
  - {name: tall, preset: tiktok, encode: {size: 360x640}}
  - {name: wide, preset: youtube, encode: {size: 640x360}}
"""
KILLS = int(os.environ.get("FINISH_KILLS", "8"))  # CONTRIBUTING says when to set more


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("killed") / "job", JOB, srt(LINES), seconds=8)


@pytest.fixture(scope="module")
def undisturbed(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """The undisturbed result, and how long it takes (s)."""
    place = Path(shutil.copytree(fresh, tmp_path_factory.mktemp("undisturbed") / "job"))
    begun = time.monotonic()
    assert start(place).wait() == 0
    return published(place), time.monotonic() - begun


def start(place: Path) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(
        [sys.executable, "-m", "finish", "run", str(place)], env=ENVIRONMENT, start_new_session=True, **quiet
    )


def published(place: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in (place / "out").glob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def kill(process: subprocess.Popen[bytes], place: Path, whom: str) -> None:
    """kill −9 of the run itself, or of one of its FFmpeg processes."""
    if whom == "parent":
        process.kill()
        return
    pids = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if _works_in(path, place)]
    for pid in pids[:1]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _works_in(cmdline: Path, place: Path) -> bool:
    with contextlib.suppress(OSError):
        words = cmdline.read_bytes().decode(errors="replace").split("\0")
        return "ffmpeg" in words[0] and any(str(place) in word for word in words)
    return False


@pytest.mark.timeout(600)
@pytest.mark.parametrize("whom", ["parent", "ffmpeg"])
def test_killed_at_random_moments_it_ends_with_the_same_bytes(
    whom: str, fresh: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    expected, seconds = undisturbed
    place, chance = Path(shutil.copytree(fresh, tmp_path / "job")), random.Random(whom)
    moments = []
    for number in range(KILLS // 2):
        if number % 5 == 0:  # several kills of one job, then a new job, so that every phase is hit
            shutil.rmtree(place / ".finish", ignore_errors=True)
            shutil.rmtree(place / "out", ignore_errors=True)
        process = start(place)
        moments.append(chance.uniform(0.1, seconds))
        time.sleep(moments[-1])
        kill(process, place, whom)
        code = process.wait()
        assert code in ((0, -9) if whom == "parent" else (0, 2)), moments
        for _ in range(50):
            if not ffmpegs(place):
                break
            time.sleep(0.1)
        assert ffmpegs(place) == [], "FFmpeg goes on for nobody"
        other = [
            name
            for name, data in published(place).items()
            if not name.startswith(".") and expected.get(name) != data
        ]
        assert other == [], moments
    assert start(place).wait() == 0, moments
    left = {name: data for name, data in published(place).items() if not name.startswith(".")}
    assert left == expected, moments
