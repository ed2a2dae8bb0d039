"""Equal frames give equal bytes, whatever FFmpeg's memory held before, which depends on other processes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from clip_files import ffmpeg_by_hand

from finish import graph
from finish.graph import Output
from finish.media.ffmpeg import cpu_instructions, ffmpeg_runner, process
from finish.model.codecs import H264
from finish.storage import platform

pytestmark = pytest.mark.render
FILLS = ("0", "1", "85", "170")  # the byte with which glibc fills fresh memory; 0: unfilled


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A moving picture that is 22.5 macroblocks wide."""
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    ffmpeg_by_hand(
        "-f", "lavfi", "-i", "testsrc2=s=360x640:r=25:d=1.2", "-c:v", "ffv1", "-pix_fmt", "yuv420p", str(path)
    )
    return path


def encoded(clip: Path, out: Path, fill: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    surroundings = {**process.environment(), "MALLOC_PERTURB_": fill}
    encoding = H264(speed="veryfast", crf=16).encoding(Fraction(25))
    picture = graph.source("video", "clip", str(clip), index=0, demuxer="matroska")
    with monkeypatch.context() as patched:
        patched.setattr(process, "environment", lambda: surroundings)
        ffmpeg_runner.write([Output((picture,), str(out), encoding.muxer, encoding.options)])
    return out.read_bytes()


def test_what_the_memory_held_before_changes_no_byte(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len({encoded(clip, tmp_path / f"{fill}.mp4", fill, monkeypatch) for fill in FILLS}) == 1


@pytest.mark.parametrize("flags", ["fpu sse2 avx2", "fpu sse2 avx2 avx512f avx512vl"])
def test_x264_is_held_to_avx2_only_where_the_machine_has_more(
    flags: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = tmp_path / "cpuinfo"
    machine.write_text(f"processor : 0\nflags : {flags}\n", encoding="utf-8")
    monkeypatch.setattr(platform, "CPU_FACTS", machine)
    given = Output((), "a.mp4", "mp4", (("x264-params", "stitchable=1"), ("c:v", "libx264"), ("crf", "16")))
    expected = replace(
        given, options=(("x264-params", f"stitchable=1:{cpu_instructions.STEADY}"), *given.options[1:])
    )
    assert cpu_instructions.steadied(given) == (expected if "avx512vl" in flags else given)
    other = Output((), "a.nut", "nut", (("c:v", "ffv1"),))
    assert cpu_instructions.steadied(other) == other
