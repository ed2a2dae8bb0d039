"""Probing: facts of built and real clips, and one clear line for everything that isn't a clip."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import pytest
from clip_files import clip, ffmpeg_by_hand, shared

from finish.errors import FinishError
from finish.media.containers.mp4_boxes import read_boxes
from finish.media.probe import probe
from finish.units import Size


@pytest.mark.render
def test_a_built_clip_is_known_exactly(tmp_path: Path) -> None:
    found = probe(clip(tmp_path / "a b'[1]%d.mp4", size="322x180", rate="30000/1001", seconds=2.002))
    video = found.video
    assert video is not None and found.track is not None
    assert (video.coded, video.rate, video.frames, video.variable) == (
        Size(322, 180),
        Fraction(30000, 1001),
        60,
        False,
    )
    assert (video.primaries, video.transfer, video.matrix, video.full_range) == (
        "bt709",
        "bt709",
        "bt709",
        False,
    )
    assert (video.start, video.end) == (0, Fraction(60 * 1001, 30000))
    assert (found.track.rate, found.track.channels, found.demuxer, found.edit_list, found.faststart) == (
        48000,
        1,
        "mov",
        True,
        False,
    )


@pytest.mark.render
@pytest.mark.parametrize(
    ("codec", "pix_fmt", "alpha"),
    [("libvpx-vp9", "yuva420p", True), ("libvpx", "yuva420p", True), ("libvpx", "yuv420p", False)],
)
def test_transparency_that_no_decoder_shows_is_known(
    tmp_path: Path, codec: str, pix_fmt: str, alpha: bool
) -> None:
    path = tmp_path / "x.webm"
    shown = f"color=c=red@0.3:s=64x48:r=25:d=0.2,format={pix_fmt}"
    ffmpeg_by_hand("-f", "lavfi", "-i", shown, "-c:v", codec, "-auto-alt-ref", "0", str(path))
    video = probe(path).video
    assert video is not None and (video.alpha, video.straight) == (alpha, False)


@pytest.mark.render
@pytest.mark.parametrize(
    ("letters", "says"),
    [
        (
            b"brxq",
            "x.mov is Blackmagic RAW, which FFmpeg can't decode — export ProRes or MP4 from DaVinci Resolve",
        ),
        (b"zzzz", "x.mov: picture stream 0 has no codec and can't be read"),
    ],
)
def test_a_camera_s_own_coding_is_named(tmp_path: Path, letters: bytes, says: str) -> None:
    path = tmp_path / "x.mov"
    ffmpeg_by_hand(
        "-f", "lavfi", "-i", "testsrc2=s=64x48:d=0.1", "-c:v", "prores", "-profile:v", "2", str(path)
    )
    path.write_bytes(path.read_bytes().replace(b"apcn", letters))
    with pytest.raises(FinishError) as raised:
        probe(path)
    assert says in str(raised.value)


@pytest.mark.render
def test_faststart_and_missing_edit_list_are_seen(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", extra=("-movflags", "+faststart", "-use_editlist", "0", "-bf", "0"))
    boxes = read_boxes(path)
    assert (boxes.faststart, boxes.edit_list) == (True, False)


@pytest.mark.render
def test_a_file_cut_short_says_so(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", extra=("-movflags", "+faststart"))
    path.write_bytes(path.read_bytes()[:-5000])
    assert any("more than the file has" in warning for warning in probe(path).warnings)


@pytest.mark.render
def test_variable_rate_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "vfr.mp4"
    ffmpeg_by_hand(
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=64x64:rate=30:duration=2,select='mod(n,7)'",
        "-fps_mode",
        "vfr",
        str(path),
    )
    video = probe(path).video
    assert video is not None and video.variable


@pytest.mark.parametrize(
    "content",
    [
        b"not a film",
        b"\0" * 4096,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"<?xml version='1.0'?><MPD/>",
        b"RIFF\xff\xff\xff\xffAVI LIST",
        b"1\n00:00:01,000 --> 00:00:02,000\nhello\n",
    ],
    ids=["text", "zeros", "m3u8", "ffconcat", "dash", "riff", "srt"],
)
def test_what_is_no_clip_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hero.mp4"
    path.write_bytes(content)
    with pytest.raises(FinishError) as raised:
        probe(path)
    assert raised.value.code == "media" and "hero.mp4" in str(raised.value) and "\n" not in str(raised.value)


def test_empty_missing_and_odd_paths(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "loop.mp4").symlink_to(tmp_path / "loop.mp4")
    for name, code in (
        ("empty.mp4", "media"),
        ("none.mp4", "path"),
        ("pipe.mp4", "path"),
        ("loop.mp4", "path"),
        ("", "path"),
    ):
        with pytest.raises(FinishError) as raised:
            probe(tmp_path / name)
        assert raised.value.code == code


@pytest.mark.media
def test_phone_and_broken_clips() -> None:
    phone = probe(shared("phone/iphone-hlg-vfr-rotated.mp4")).video
    assert phone is not None and (phone.size, phone.rotation, phone.hdr, phone.frames) == (
        Size(1080, 1920),
        270,
        True,
        77,
    )
    with pytest.raises(FinishError, match="sound stream 1 has no codec"):
        probe(shared("broken/sample_missing_stsd.mp4"))
    assert probe(shared("broken/sample_mdat_too_long.mp4")).warnings == (
        "box 'mdat' at byte 2184 claims 8 bytes more than the file has",
    )


@pytest.mark.render
@pytest.mark.parametrize("jitter", ["0.0055*mod(N,3)", "random(0)/60"])
def test_jitter_does_not_double_the_rate(tmp_path: Path, jitter: str) -> None:
    path = tmp_path / "jitter.mp4"
    picture = f"testsrc2=size=64x64:rate=30:duration=4,settb=1/30000,setpts='(N/30+{jitter})/TB'"
    ffmpeg_by_hand(
        "-f", "lavfi", "-i", picture, "-fps_mode", "passthrough", "-enc_time_base", "1:30000", str(path)
    )
    video = probe(path).video
    assert video is not None and video.variable and abs(video.rate - 30) < 1
