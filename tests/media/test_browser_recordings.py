"""Browser recordings are whole, without a note of damage.

They have no length, no index, clusters of unknown size, and stamps in milliseconds.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from clip_files import ffmpeg_by_hand

from finish.execution.frame_reader import FrameReader
from finish.execution.renderer import Renderer
from finish.media.probe import probe
from finish.model import Frames, Source
from finish.storage.store import Store

CLUSTER = bytes.fromhex("1f43b675")
# One of seven frames is missing, a third of a second has none, and each is stamped up to 6 ms late.
SHOWN = (
    "testsrc2=size=96x64:rate=30:duration=2,select='not(eq(mod(n\\,7)\\,3)+between(n\\,30\\,39))',settb=1/1000,"
    "setpts='round(PTS+random(1)*6)'"
)
COUNT = sum(number % 7 != 3 and not 30 <= number <= 39 for number in range(60))
STAMPED = ("-fps_mode", "passthrough", "-enc_time_base", "1/1000")
WEBM = ("-f", "webm", "-live", "1", "-cluster_time_limit", "500")
FRAGMENTS = ("-f", "mp4", "-movflags", "frag_keyframe+empty_moov+default_base_moof+delay_moov")


def recorded(path: Path, *extra: str) -> Path:
    tone = "sine=frequency=440:sample_rate=48000:duration=2"
    ffmpeg_by_hand("-f", "lavfi", "-i", SHOWN, "-f", "lavfi", "-i", tone, *STAMPED, *extra, str(path))
    return path


def unsized(data: bytes) -> bytes:
    """A WebM file whose clusters don't state their length (RFC 8794 §6.2: all bits set)."""
    made, at = bytearray(data), 0
    while (at := made.find(CLUSTER, at)) >= 0:
        first = made[at + 4]
        length = 9 - first.bit_length()
        made[at + 4 : at + 4 + length] = bytes([(1 << (9 - length)) - 1]) + b"\xff" * (length - 1)
        at += 4 + length
    return bytes(made)


def seen(source: Source, folder: Path) -> list[Fraction]:
    reader = FrameReader(Renderer(Store(folder / "store")))
    return [time for time, _ in reader.frames(source.picture, Frames("gray"))]


@pytest.mark.render
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("vp8.webm", ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", *WEBM)),
        (
            "vp9.webm",
            ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", *WEBM),
        ),
        (
            "h264.mkv",
            (
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-tune",
                "zerolatency",
                "-c:a",
                "libopus",
                "-f",
                "matroska",
                "-live",
                "1",
            ),
        ),
        (
            "h264.mp4",
            ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "15", "-c:a", "aac", *FRAGMENTS),
        ),
        (
            "opus.mp4",
            (
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-bf",
                "0",
                "-g",
                "15",
                "-c:a",
                "libopus",
                *FRAGMENTS,
            ),
        ),
    ],
)
def test_a_recording_is_whole_and_all_of_it_is_read(
    tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    path = recorded(tmp_path / name, *options)
    if path.suffix == ".webm":
        path.write_bytes(unsized(path.read_bytes()))
    source = probe(path)
    assert source.video is not None and source.audio
    assert (source.video.frames, source.losses, source.warnings) == (COUNT, (), ())
    assert (
        abs(float(source.video.end - source.video.start) - 2) < 0.06 and len(seen(source, tmp_path)) == COUNT
    )


@pytest.mark.render
def test_one_that_was_cut_off_says_so(tmp_path: Path) -> None:
    """The tab was closed: the last cluster is incomplete."""
    path = recorded(
        tmp_path / "x.webm",
        "-c:v",
        "libvpx",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-c:a",
        "libopus",
        *WEBM,
    )
    data = unsized(path.read_bytes())
    path.write_bytes(data[: len(data) * 2 // 3])
    assert [loss.code for loss in probe(path).losses] == ["cut-off"]
