"""The runner: FFmpeg is watched, limited, cancelled, and never trusted on its exit code alone."""

from __future__ import annotations

import contextlib
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from clip_files import clip, ffmpeg_by_hand, shared

from finish import graph
from finish.errors import FinishError, Interrupted
from finish.graph import Output
from finish.media.ffmpeg import ffmpeg_program, ffmpeg_runner, process
from finish.media.ffmpeg.ffmpeg_log import FFmpegLog
from finish.media.probe import probe

TONE = graph.generate("audio", "sine", frequency=440).filter("atrim", end=1)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An FFmpeg that is a script: write its body to the path."""
    script = tmp_path / "ffmpeg"
    script.write_text("#!/bin/sh\nexit 0\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("FINISH_FFMPEG", str(script))
    ffmpeg_program.binary.cache_clear()
    monkeypatch.setattr(ffmpeg_runner, "version", lambda: "9.0")
    yield script
    ffmpeg_program.binary.cache_clear()


def write() -> ffmpeg_runner.FinishedProcess:
    return ffmpeg_runner.write([Output((TONE,), "/dev/null", "null")])


def test_one_that_hangs_is_stopped(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(ffmpeg_runner, "STALL_SECONDS", 0.4)
    begun = time.monotonic()
    with pytest.raises(FinishError, match="made no progress"):
        write()
    assert time.monotonic() - begun < 10


def test_one_that_is_cancelled_leaves_nobody_behind(fake: Path, tmp_path: Path) -> None:
    fake.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 60 & wait\n")
    cancel = threading.Event()
    threading.Timer(0.5, cancel.set).start()
    with pytest.raises(Interrupted):
        ffmpeg_runner.write([Output((TONE,), "/dev/null", "null")], cancel=cancel)
    assert not living((tmp_path / "pid").read_text().strip())


def living(group: str) -> list[str]:
    """The processes of a group that aren't zombies, after a moment, because a kill isn't instant."""
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


@pytest.mark.parametrize(
    ("log", "code", "says"),
    [
        ("[error] No such filter: 'lut3d'", "capability", "lacks 'lut3d'"),
        ("[error] av_interleaved_write_frame(): No space left on device", "disk", "disk is full"),
        ("[h264 @ 0x1] [error] Error splitting the input into NAL units.", "media", "damaged"),
        ("[error] something else", "ffmpeg", "something else"),
    ],
)
def test_a_failure_is_one_clear_line(log: str, code: str, says: str) -> None:
    read = FFmpegLog()
    read.add(log)
    wrong = read.failure(1)
    assert wrong.code == code and says in str(wrong) and "\n" not in str(wrong)


def test_missing_glyphs_and_lost_frames_are_failures_even_with_exit_0() -> None:
    tofu = FFmpegLog()
    tofu.add("[ass] fontselect: failed to find any fallback with glyph 0x1F9FF for font: (Noto Sans, 400, 0)")
    for _ in range(10_000):  # however much is logged afterwards
        tofu.add("[verbose] something")
    with pytest.raises(FinishError, match=r"U\+1F9FF"):
        tofu.require_clean()
    errors = FFmpegLog()
    errors.add("  Input stream #0:0 (video): 100 packets read (1 bytes); 99 frames decoded; 1 decode errors;")
    with pytest.raises(FinishError, match="1 of 100 frames can't be decoded"):
        errors.require_clean()
    errors.require_clean(trusted=[0])


OPENED = """\
[info] Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:media/it's a clip.mp4':
[info] Input #1, mp3, from 'file:music.mp3':
[info]   Stream #0:0 (h264) -> scale:default
[info]   Stream #0:1 (aac) -> amix
[info]   Stream #1:0 (mp3float) -> amix"""


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[mp3float @ 0x5] [error] big_values too big", "music.mp3 is damaged: big_values too big"),
        (
            "[aist#1:0/mp3 @ 0x5] [dec:mp3float @ 0x6] [error] Error submitting packet",
            "music.mp3 is damaged: Error submitting packet",
        ),
        (
            "[h264 @ 0x7] [error] error while decoding MB 1 2",
            "it's a clip.mp4 is damaged: error while decoding MB 1 2",
        ),
        (
            "[in#0/mov @ 0x8] [error] stream 0, offset 0x1: partial file",
            "it's a clip.mp4 is damaged: stream 0, offset : partial file",
        ),
        ("[out#0/mp4 @ 0x9] [error] Tag avc1 incompatible", ""),
        ("[libx264 @ 0x9] [error] something of ours", ""),
        ("[in#0 @ 0x9] [error] index entry 60 + TemporalOffset 1 = 61, which is out of bounds", ""),
    ],
)
def test_the_file_that_ffmpeg_complains_of_is_named(line: str, says: str) -> None:
    read = FFmpegLog()
    for each in (*OPENED.splitlines(), line):
        read.add(each)
    if not says:
        read.require_clean()
        return
    with pytest.raises(FinishError) as raised:
        read.require_clean()
    assert raised.value.message == says == read.failure(1).message
    read.require_clean(trusted=[0, 1])


def test_what_changes_on_the_way_is_not_called_damaged() -> None:
    read = FFmpegLog()
    read.add("[info] Input #0, mpegts, from 'file:x/rec.ts':")
    read.add("[out#0/mp4 @ 0x1] [error] Non-monotonic DTS; previous: 9, current: 1; aborting.")
    assert str(read.failure(1)).startswith(
        "rec.ts changes its size, channels or rate midway, or its timestamps go back"
    )


def test_a_wrong_binary_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINISH_FFMPEG", "/no/such/ffmpeg")
    ffmpeg_program.binary.cache_clear()
    try:
        with pytest.raises(FinishError, match="FINISH_FFMPEG"):
            ffmpeg_program.binary()
    finally:
        monkeypatch.delenv("FINISH_FFMPEG")
        ffmpeg_program.binary.cache_clear()


@pytest.mark.render
def test_progress_is_told_and_limits_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = probe(clip(tmp_path / "x.mp4"))
    seen: list[Sequence[int]] = []
    ran = ffmpeg_runner.write([Output((source.picture,), "-", "null")], progress=seen.append)
    assert ran.frames == (50,) and seen[-1] == (50,)
    monkeypatch.setattr(process, "OUTPUT_BYTES", 10_000)
    monkeypatch.setattr(process, "OUTPUT_BYTES_A_FRAME", 0)
    with pytest.raises(FinishError, match="exceeded its limit"):
        ffmpeg_runner.write(
            [Output((source.picture,), str(tmp_path / "big.nut"), "nut", (("c:v", "rawvideo"),))]
        )


@pytest.mark.render
def test_a_truncated_clip_is_not_a_success(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", seconds=4, extra=("-movflags", "+faststart"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = probe(path)
    with pytest.raises(FinishError, match=r"x\.mp4 is damaged") as raised:
        ffmpeg_runner.write([Output((replace(source, losses=()).picture,), "-", "null")])
    assert raised.value.code == "media"
    # Code that knows about it continues over it.
    assert 50 <= ffmpeg_runner.write([Output((source.picture,), "-", "null")]).frames[0] <= 52


@pytest.mark.media
def test_a_damaged_clip_is_told_as_damaged() -> None:
    source = probe(shared("broken/sample_with_invalid_nalu.mp4"))
    with pytest.raises(FinishError, match="damaged"):
        ffmpeg_runner.write([Output((source.picture,), "-", "null")])


@pytest.mark.render
def test_a_losslessly_trimmed_clip_is_whole(tmp_path: Path) -> None:
    """A phone's trim: packets that an edit list hides aren't lost frames."""
    whole = clip(tmp_path / "x.mp4", seconds=4, extra=("-g", "100"))
    ffmpeg_by_hand("-ss", "3.2", "-i", str(whole), "-c", "copy", str(tmp_path / "cut.mp4"))
    source = probe(tmp_path / "cut.mp4")
    assert ffmpeg_runner.write([Output((source.picture,), "-", "null")]).frames == (20,)


@pytest.mark.render
def test_a_reader_that_gives_up_leaves_nobody_waiting(tmp_path: Path) -> None:
    source = probe(clip(tmp_path / "x.mp4", size="640x360"))
    with ffmpeg_runner.piped(Output((source.picture,), "pipe:1", "nut", (("c:v", "rawvideo"),))) as pipe:
        assert pipe.read(10)


@pytest.mark.render
def test_a_reading_process_is_cancelled(tmp_path: Path) -> None:
    source = probe(clip(tmp_path / "x.mp4"))
    cancel = threading.Event()
    cancel.set()
    with (
        pytest.raises(Interrupted, match="stopped"),
        ffmpeg_runner.piped(Output((source.picture,), "pipe:1", "nut"), cancel) as pipe,
    ):
        while pipe.read(100):
            pass


@pytest.mark.render
def test_an_error_of_the_listener_is_the_callers(tmp_path: Path) -> None:
    source = probe(clip(tmp_path / "x.mp4"))

    def listen(_: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ffmpeg_runner.write([Output((source.picture,), "-", "null")], progress=listen)


def test_what_is_no_ffmpeg_or_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "ffmpeg"
    for body, says in (
        ("exit 0", "isn't FFmpeg"),
        ("echo ffmpeg version 5.1.9-0+deb12u1 Copyright", "too old"),
    ):
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o755)
        monkeypatch.setenv("FINISH_FFMPEG", str(script))
        ffmpeg_program.binary.cache_clear()
        ffmpeg_program._version.cache_clear()
        with pytest.raises(FinishError, match=says):
            ffmpeg_program.version()
    monkeypatch.delenv("FINISH_FFMPEG")
    ffmpeg_program.binary.cache_clear()
    ffmpeg_program._version.cache_clear()
