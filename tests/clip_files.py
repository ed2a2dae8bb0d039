"""Clips built with known truth by FFmpeg's own generators, without files from outside."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from finish.media.ffmpeg import ffmpeg_runner

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "media"


def ffmpeg_by_hand(*arguments: str) -> str:
    """Run FFmpeg as a person would; returns its log."""
    done = subprocess.run(
        [ffmpeg_runner.binary(), "-hide_banner", "-nostdin", "-y", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr


TAGS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"


def clip(
    path: Path,
    *,
    size: str = "320x180",
    rate: str = "25",
    seconds: float = 2.0,
    sound: str = "sine=frequency=440",
    extra: tuple[str, ...] = (),
) -> Path:
    """A moving test picture with a tone: `seconds` at `rate`, H.264 and AAC in MP4, tagged BT.709."""
    picture = f"testsrc2=size={size}:rate={rate}:duration={seconds},format=yuv420p,{TAGS}"
    inputs = ["-f", "lavfi", "-i", picture]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12"]
    if sound:
        inputs += ["-f", "lavfi", "-i", f"{sound}:sample_rate=48000:duration={seconds}"]
        codecs += ["-c:a", "aac", "-b:a", "192k"]
    ffmpeg_by_hand(*inputs, *codecs, *extra, str(path))
    return path


def shared(name: str) -> Path:
    """A real clip from the shared folder; the test is skipped if it is missing."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs {name} of the shared media folder beside the checkout")
    return path
