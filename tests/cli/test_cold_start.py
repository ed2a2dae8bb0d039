"""A command imports what it needs: decoders, fonts, NumPy and engines stay out of one that doesn't need them.

Loaded modules are compared, and no clock is read.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from clip_files import clip

HEAVY = frozenset(
    {
        *("av", "cv2", "numpy", "ffmpeg", "imageio_ffmpeg", "PyOpenColorIO", "moviepy", "webrtcvad"),
        *(
            "pysubs2",
            "ttconv",
            "uharfbuzz",
            "fontTools",
            "budoux",
            "rich",
            "asyncio",
            "distributed",
            "obstore",
        ),
        *("finish.engine.engine", "finish.analysis", "finish.execution", "finish.review"),
    }
)
# Ends as the command does, and writes the exit code and the names of all modules on the last line.
COMMAND = """
import sys
try:
    from finish.cli import main
    main()
except SystemExit as end:
    print(end.code, *sys.modules, file=sys.stderr)
"""
JOB = """
source: clip.mp4
pacing: {trim: 0-1}
colour: {looks: [warm], balance: {exposure: 0.5}}
reframe: {follow: centre}
composite: {lower_third: {title: Ada, from: 0, to: 2}}
captions: {file: clip.srt, style: boxed}
clean: {highpass: 80}
sound: {target: podcast}
deliverables: [{name: a, preset: tiktok}, {name: b, preset: youtube}]
"""


def loaded(*arguments: str, folder: Path) -> frozenset[str]:
    """The modules that a command has loaded when it ends; it must succeed.

    With FINISH_DEBUG, a repeated command isn't answered from its record.
    """
    process = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, "FINISH_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    code, *modules = process.stderr.splitlines()[-1].split()
    assert code == "0", process.stderr
    return frozenset(modules)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    (tmp_path / "job.yaml").write_text(JOB)
    (tmp_path / "clip.mp4").write_bytes(b"not read")
    (tmp_path / "clip.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("run", "--help"),
        ("presets",),
        ("presets", "tiktok"),
        ("validate", "."),
        ("explain", "."),
    ],
    ids=" ".join,
)
def test_a_command_loads_nothing_heavy(arguments: tuple[str, ...], job: Path) -> None:
    assert loaded(*arguments, folder=job) & HEAVY == set()


def test_the_command_line_itself_needs_no_settings(job: Path) -> None:
    assert (
        loaded("--help", folder=job) & {"pydantic", "ruamel.yaml", "finish.stages", "finish.jobspec"} == set()
    )


def test_one_stage_comes_without_the_others(job: Path) -> None:
    stages = {name for name in loaded("presets", folder=job) if name.startswith("finish.stages.")}
    assert stages == {"finish.stages.sound", "finish.stages.sound.sound_settings"}


def test_what_is_loaded_is_seen(job: Path) -> None:
    (job / "own.cube").write_text("LUT_3D_SIZE 2\n" + "".join(f"{n % 2} 0 0\n" for n in range(8)))
    (job / "job.yaml").write_text(JOB.replace("warm", "own.cube"))
    assert "numpy" in loaded("validate", ".", folder=job), "a look of the job is examined"


@pytest.mark.render
def test_an_unchanged_job_is_recognised_without_an_engine(tmp_path: Path) -> None:
    clip(tmp_path / "clip.mp4", seconds=0.5)
    (tmp_path / "job.yaml").write_text("source: clip.mp4\ndeliverables: [{name: a, preset: square}]\n")
    assert "finish.engine.engine" in loaded("run", ".", folder=tmp_path)
    time.sleep(2.1)  # a file that has only just changed could have changed again
    assert loaded("run", ".", folder=tmp_path) & HEAVY == set()
