"""The runner: FFmpeg is watched, limited, cancelled, and never believed on its exit code alone."""

from __future__ import annotations

import contextlib
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from media import clip, shared

from finish import graph
from finish.effects import ffmpeg
from finish.effects.probe import probe
from finish.errors import FinishError
from finish.graph import Output

TONE = graph.generate("audio", "sine", frequency=440).filter("atrim", end=1)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An FFmpeg that is a script; write its body to the path."""
    script = tmp_path / "ffmpeg"
    script.write_text("#!/bin/sh\nexit 0\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("FINISH_FFMPEG", str(script))
    ffmpeg.binary.cache_clear()
    yield script
    ffmpeg.binary.cache_clear()


def write() -> ffmpeg.Ran:
    return ffmpeg.write([Output((TONE,), "/dev/null", "null")])


def test_one_that_hangs_is_stopped(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(ffmpeg, "STALL_SECONDS", 0.4)
    begun = time.monotonic()
    with pytest.raises(FinishError, match="stood still"):
        write()
    assert time.monotonic() - begun < 10


def test_one_that_is_cancelled_leaves_nobody_behind(fake: Path, tmp_path: Path) -> None:
    fake.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 60 & wait\n")
    cancel = threading.Event()
    threading.Timer(0.5, cancel.set).start()
    with pytest.raises(FinishError) as told:
        ffmpeg.write([Output((TONE,), "/dev/null", "null")], cancel=cancel)
    assert told.value.code == "interrupted"
    assert not living((tmp_path / "pid").read_text().strip())


def living(group: str) -> list[str]:
    """The processes of a group that are not zombies; a moment's grace, because a kill is not instant."""
    found: list[str] = []
    for _ in range(40):
        found = []
        for stat_file in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, _, its_group = stat_file.read_text().rpartition(")")[2].split()[:3]
                if its_group == group and state != "Z":
                    found.append(stat_file.parent.name)
        if not found:
            break
        time.sleep(0.05)
    return found


@pytest.mark.parametrize(("log", "code", "says"), [
    ("[error] No such filter: 'lut3d'", "capability", "lacks 'lut3d'"),
    ("[error] av_interleaved_write_frame(): No space left on device", "disk", "disk is full"),
    ("[h264 @ 0x1] [error] Error splitting the input into NAL units.", "media", "damaged"),
    ("[error] something else", "ffmpeg", "something else"),
])
def test_a_failure_is_one_clear_line(log: str, code: str, says: str) -> None:
    wrong = ffmpeg.failure(1, log)
    assert wrong.code == code and says in str(wrong) and "\n" not in str(wrong)


def test_missing_glyphs_and_lost_frames_are_failures_even_with_exit_0() -> None:
    with pytest.raises(FinishError, match=r"U\+1F9FF"):
        ffmpeg.refuse_lies("[ass] fontselect: failed to find any fallback with glyph 0x1F9FF for font: (Noto Sans, 400, 0)")
    with pytest.raises(FinishError, match="only 30 of 100 frames"):
        ffmpeg.refuse_lies("  Input stream #0:0 (video): 100 packets read (1 bytes); 30 frames decoded; 0 decode errors;")
    ffmpeg.refuse_lies("  Input stream #0:0 (video): 100 packets read (1 bytes); 100 frames decoded; 0 decode errors;")


def test_a_wrong_binary_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINISH_FFMPEG", "/no/such/ffmpeg")
    ffmpeg.binary.cache_clear()
    try:
        with pytest.raises(FinishError, match="FINISH_FFMPEG"):
            ffmpeg.binary()
    finally:
        monkeypatch.delenv("FINISH_FFMPEG")
        ffmpeg.binary.cache_clear()


@pytest.mark.render
def test_progress_is_told_and_limits_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = probe(clip(tmp_path / "x.mp4"))
    seen: list[int] = []
    ran = ffmpeg.write([Output((source.picture,), "-", "null")], progress=seen.append)
    assert ran.frames == 50 and seen[-1] == 50
    monkeypatch.setattr(ffmpeg, "OUTPUT_BYTES", 10_000)
    with pytest.raises(FinishError, match="limits"):
        ffmpeg.write([Output((source.picture,), str(tmp_path / "big.nut"), "nut", (("c:v", "rawvideo"),))])


@pytest.mark.render
def test_a_truncated_clip_is_not_a_success(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", seconds=4, extra=("-movflags", "+faststart"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = probe(path)
    with pytest.raises(FinishError) as told:
        ffmpeg.write([Output((source.picture,), "-", "null")])
        assert source.video is not None and source.video.frames == 100  # what remains must not pass for the whole
    assert told.value.code == "media"


@pytest.mark.media
def test_a_damaged_clip_is_told_as_damaged() -> None:
    source = probe(shared("broken/sample_with_invalid_nalu.mp4"))
    with pytest.raises(FinishError, match="damaged"):
        ffmpeg.write([Output((source.picture,), "-", "null")])
