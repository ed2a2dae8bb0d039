"""Data behind the end of a clip is ignored; a cut or damaged clip stays damaged with data behind it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from clip_files import ffmpeg_by_hand
from hypothesis import given
from hypothesis import strategies as st

from finish.media.containers import read, tails
from finish.media.probe_cache import ProbeCache
from finish.storage.store import Store

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-c:a", "aac")
VP8 = (
    "-c:v",
    "libvpx",
    "-cpu-used",
    "8",
    "-deadline",
    "realtime",
    "-c:a",
    "libopus",
    "-f",
    "webm",
    "-live",
    "1",
)
MADE = {
    "a.flv": X264,
    "a.nut": ("-c:v", "mpeg4", "-c:a", "libmp3lame"),
    "a.webm": VP8,
    "a.mkv": X264,
    "a.mp3": ("-vn",),
}
JUNK = random.Random(5).randbytes(700)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of each kind: 1 s of picture and sound."""
    folder = tmp_path_factory.mktemp("tails")
    inputs = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1", "-f", "lavfi", "-i", "sine=440:r=48000:d=1")
    for name, options in MADE.items():
        ffmpeg_by_hand(*inputs, *options, str(folder / name))
    return folder


def tail(data: bytes, folder: Path, name: str) -> tails.Tail | None:
    path = folder / f"other.{name.rpartition('.')[2]}"
    path.write_bytes(data)
    return tails.tail_of(path)


@pytest.mark.parametrize(("name", "sure"), [("a.flv", True), ("a.nut", True), ("a.webm", False)])
@pytest.mark.parametrize("more", [b"\0", JUNK, bytes(500)], ids=["a zero", "junk", "zeros"])
def test_the_end_is_found(made: Path, name: str, sure: bool, more: bytes, tmp_path: Path) -> None:
    data = (made / name).read_bytes()
    found = tail(data + more, tmp_path, name)
    assert found is not None
    assert (found.end, found.more, found.sure) == (len(data), len(more), sure)


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_whole_clip_has_nothing_behind_it(made: Path, name: str) -> None:
    assert tails.tail_of(made / name) is None


@pytest.mark.parametrize("name", ["a.flv", "a.nut", "a.webm"])
def test_what_is_damaged_inside_is_not_said_to_end_there(made: Path, name: str, tmp_path: Path) -> None:
    """Cut and padded, with a second clip behind: none of them ends where its first part does.

    Other damage is the decoder's business.
    """
    data = (made / name).read_bytes()
    half = len(data) // 2
    assert tail(data[:half] + bytes(half), tmp_path, name) is None
    assert tail(data[:half] + JUNK, tmp_path, name) is None
    hurt = tail(data[:half] + JUNK + data[half + len(JUNK) :] + JUNK, tmp_path, name)
    assert hurt is None or hurt.end == len(data)
    assert tail(data + data, tmp_path, name) is None


@given(
    st.sampled_from(["a.flv", "a.nut", "a.webm"]),
    st.integers(0, 2**16),
    st.binary(max_size=60),
    st.binary(max_size=60),
)
def test_any_bytes_are_looked_at(made: Path, name: str, at: int, inside: bytes, more: bytes) -> None:
    """No error, and no end other than one inside the file."""
    data = (made / name).read_bytes()
    at %= len(data)
    path = made / f"any-{name}"
    path.write_bytes(data[:at] + inside + data[at + len(inside) :] + more)
    found = tails.tail_of(path)
    assert found is None or 0 < found.end < path.stat().st_size == found.end + found.more


@pytest.mark.parametrize("name", ["a.flv", "a.nut", "a.webm"])
def test_the_rest_is_read_as_the_clip(made: Path, name: str, tmp_path: Path) -> None:
    """The same tracks and one note, which is no loss where the clip states its own length."""
    path = tmp_path / name
    path.write_bytes((made / name).read_bytes() + JUNK)
    probe = ProbeCache(Store(tmp_path / "store"))
    whole, found = probe(made / name), probe(path)
    assert (found.pictures, found.audio, found.path, found.size) == (
        whole.pictures,
        whole.audio,
        path,
        path.stat().st_size,
    )
    assert found.whole and found.derived is not None and found.digest != whole.digest
    texts = [*found.warnings, *(loss.text for loss in found.losses)]
    assert [each for each in texts if "700 bytes after its end" in each] and bool(found.losses) == (
        name == "a.webm"
    )


def test_the_first_header_of_an_mp3_is_looked_at(made: Path, tmp_path: Path) -> None:
    data = (made / "a.mp3").read_bytes()
    begin = data.index(b"\xff\xfb")

    def lost(changed: bytes) -> list[str]:
        path = tmp_path / "a.mp3"
        path.write_bytes(changed)
        return [loss.code for loss in read(path, "mp3").losses]

    assert (
        not lost(data)
        and not lost(data[begin:])
        and not lost(bytes(30) + data[begin:])
        and not lost(data[:begin] + data)
    )
    assert lost(b"y" + data[1:]) == ["start-missing"]
    for at, bits in ((0, 0x01), (1, 0x10), (1, 0x02), (1, 0x04), (2, 0xF0), (2, 0x0C)):
        changed = bytearray(data)
        changed[begin + at] ^= bits
        assert lost(bytes(changed)) == ["start-missing"], (at, bits)


@pytest.mark.parametrize(
    ("number", "value", "message"),
    [
        (b"\xb5\x88", bytes(8), "0 as the sampling rate of its sound"),
        (b"\xb5\x88", b"\xff\xf8" + bytes(6), "nan as the sampling rate"),
        (b"\xb5\x88", b"\xc0" + bytes(7), "-2 as the sampling rate"),
        (b"\x9f\x81", b"\0", "0 as the number of channels"),
        (b"\xb0\x81", b"\0", "0 as the width of its picture"),
        (b"\xba\x81", b"\0", "0 as the height of its picture"),
        (b"\x2a\xd7\xb1\x83", bytes(3), "0 as the clock"),
        (b"\x44\x89\x88", b"\xff\xf8" + bytes(6), "nan as the length"),
    ],
)
def test_a_number_of_matroska_that_cannot_be_is_named(
    made: Path, number: bytes, value: bytes, message: str, tmp_path: Path
) -> None:
    data = (made / "a.mkv").read_bytes()
    at = data.index(number) + len(number)
    path = tmp_path / "a.mkv"
    path.write_bytes(data[:at] + value + data[at + len(value) :])
    assert not read(made / "a.mkv", "matroska").losses
    found = [loss for loss in read(path, "matroska").losses if loss.code == "header-number"]
    assert [message in loss.text for loss in found] == [True]
