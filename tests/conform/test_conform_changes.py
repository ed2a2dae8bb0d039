"""Pictures whose size, shape, or format changes midway: every frame at its time, in one size, with a note."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from known import WIDE, Clip, Codes, conformed, drawn, framed, numbers, ran, read

from finish.errors import FinishError
from finish.media.pictures.keyframe_headers import stated
from finish.media.probe import probe
from finish.units import Size

pytestmark = pytest.mark.render

X264 = Clip().after
CODECS = {
    "h264.ts": X264,
    "hevc.ts": ("-c:v", "libx265", "-x265-params", "lossless=1:log-level=none", "-preset", "ultrafast"),
    "mpeg2video.ts": ("-c:v", "mpeg2video", "-q:v", "2", "-bf", "2"),
    "vp8.webm": ("-c:v", "libvpx", "-b:v", "4M"),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-lossless", "1"),
    "av1.mkv": ("-c:v", "libaom-av1", "-crf", "20", "-cpu-used", "8"),
    "mjpeg.mkv": ("-c:v", "mjpeg", "-q:v", "1", "-huffman", "default"),
    "mpeg4.avi": ("-c:v", "mpeg4", "-q:v", "1"),
}


def joined(folder: Path, name: str, parts: list[Path]) -> Path:
    """Files one after another, their packets copied."""
    path = folder / name
    listed = folder / "list.txt"
    listed.write_text("".join(f"file '{part}'\n" for part in parts))
    ran(["-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy", str(path)])
    return path


def two(folder: Path, name: str, second: Size, codec: tuple[str, ...], **changes: object) -> Path:
    """Frames 0 to 24 as `WIDE`, frames 25 to 49 of another size, on one clock."""
    one = Clip(after=codec).write(folder / f"1-{name}", [drawn(number) for number in range(25)])
    other = (
        Clip(size=second, after=codec)
        .but(**changes)
        .write(folder / f"2-{name}", [drawn(number, second) for number in range(25, 50)])
    )
    return joined(folder, name, [one, other])


@pytest.mark.parametrize("name", CODECS)
def test_a_size_that_changes_in_the_middle_is_seen_and_evened_out(name: str, tmp_path: Path) -> None:
    path = two(tmp_path, name, Size(64, 36), CODECS[name])
    video = probe(path).video
    assert video is not None and [change.size for change in video.changes] == [WIDE, Size(64, 36)]
    assert float(video.changes[1].time - video.start) == pytest.approx(1, abs=0.05)
    done = conformed(path)
    assert done.frame == WIDE
    found = numbers(read(framed(done).picture))
    # FFmpeg's MPEG-2 decoder drops the picture that it holds back when the size changes.
    assert found == [number - (number == 24 and name == "mpeg2video.ts") for number in range(50)]
    note = next(each for each in done.notes if each.code == "size-changes")
    assert note.level == "know" and note.endswith(
        "from 128x72 to 64x36: the whole picture is shown in 128x72"
    )


def test_an_upright_part_stands_before_bars(tmp_path: Path) -> None:
    done = conformed(two(tmp_path, "x.ts", Size(72, 128), X264))
    found = read(framed(done).picture)
    before, after = found[10][1][0], found[40][1][0]
    assert len(found) == 50 and before.shape == after.shape == (72, 128)
    assert np.abs(after[:, :42] - 16).max() <= 1 and np.abs(after[:, -42:] - 16).max() <= 1
    assert after[3, 46] > 40 and before[3, 3] > 40
    (note,) = (each for each in done.notes if each.code == "size-changes")
    assert note.level == "act" and "with black bars" in note


def test_pixels_that_change_their_shape_keep_circles_round(tmp_path: Path) -> None:
    """The broadcasters' switch between 4:3 and 16:9: the same number of pixels, but wider ones."""
    done = conformed(two(tmp_path, "x.ts", WIDE, X264, filters="setsar=2/1"))
    assert done.frame == Size(256, 72) and len(read(framed(done).picture)) == 50


def test_a_format_that_changes_is_one_too(tmp_path: Path) -> None:
    done = conformed(two(tmp_path, "x.ts", WIDE, X264, codes=Codes("yuv444p", shared=(1, 1))))
    assert numbers(read(framed(done).picture)) == list(range(50))
    assert any(note.code == "format-changes" for note in done.notes)


def test_fields_of_two_sizes_are_refused_with_the_second(tmp_path: Path) -> None:
    codec = ("-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", "-x264-params", "tff=1")
    with pytest.raises(
        FinishError, match=r"the size of the interlaced picture changes at 0:01\.0"
    ) as refused:
        conformed(two(tmp_path, "x.ts", Size(64, 36), codec, filters="setfield=tff"))
    assert refused.value.hint == "cut the clip there, and finish each part on its own"


def test_a_picture_that_keeps_its_shape_is_left_alone(tmp_path: Path) -> None:
    for name, codec in CODECS.items():
        path = Clip(after=(*codec, "-g", "5")).write(tmp_path / name, [drawn(number) for number in range(20)])
        video = probe(path).video
        assert video is not None and video.changes == () and video.coded == WIDE, name


@pytest.mark.parametrize(
    "codec", ["h264", "hevc", "mpeg2video", "mpeg4", "vp8", "vp9", "av1", "mjpeg", "prores", "unknown"]
)
def test_any_bytes_may_be_a_packet(codec: str) -> None:
    seeded = np.random.default_rng(3)
    for length in range(0, 60, 3):
        for extradata in (b"", b"\x01" * 30):
            assert isinstance(stated(codec, seeded.bytes(length), extradata), bytes)
            assert isinstance(stated(codec, b"\x00\x00\x01" * (length // 3), extradata), bytes)
