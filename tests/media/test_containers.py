"""What containers state about themselves: whole files lack nothing; cut files and indexes are reported."""

from __future__ import annotations

import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from clip_files import ffmpeg_by_hand
from hypothesis import given
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.media import containers
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.probe import probe
from finish.model import Loss

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "10", "-c:a", "aac")


@dataclass(frozen=True)
class Kind:
    """A container family: suffix, FFmpeg demuxer, recipe, and whether a cut file is always detected."""

    name: str
    demuxer: str
    options: tuple[str, ...]
    certain: bool = True


KINDS = {
    each.name: each
    for each in (
        Kind("a.mp4", "mov", (*H264, "-movflags", "faststart")),
        Kind("fragments.mp4", "mov", (*H264, "-movflags", "frag_keyframe+empty_moov")),
        Kind("segments.mp4", "mov", (*H264, "-movflags", "dash+frag_keyframe+global_sidx")),
        Kind(
            "a.mov",
            "mov",
            ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le", "-movflags", "faststart"),
        ),
        Kind("a.mkv", "matroska", H264),
        Kind(
            "a.webm",
            "matroska",
            ("-c:v", "libvpx", "-cpu-used", "8", "-deadline", "realtime", "-c:a", "libopus"),
        ),
        Kind("a.avi", "avi", ("-c:v", "mpeg4", "-bf", "2", "-c:a", "libmp3lame")),
        Kind("a.ogv", "ogg", ("-c:v", "libtheora", "-c:a", "libvorbis")),
        Kind("a.flv", "flv", H264),
        Kind("a.wmv", "asf", ("-c:v", "wmv2", "-c:a", "wmav2")),
        Kind("a.mxf", "mxf", ("-c:v", "mpeg2video", "-c:a", "pcm_s16le")),
        Kind("a.ts", "mpegts", H264, certain=False),
        Kind("a.mpg", "mpeg", ("-c:v", "mpeg2video", "-c:a", "mp2"), certain=False),
        Kind("a.nut", "nut", H264, certain=False),
        Kind("a.wav", "wav", ("-vn", "-c:a", "pcm_s16le")),
        Kind("a.mp3", "mp3", ("-vn", "-c:a", "libmp3lame")),
        Kind("a.aac", "aac", ("-vn", "-c:a", "aac")),
        Kind("a.opus", "ogg", ("-vn", "-c:a", "libopus")),
    )
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of each family: 2 s of picture and sound."""
    folder = tmp_path_factory.mktemp("containers")
    inputs = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-f", "lavfi", "-i", "sine=440:r=48000:d=2")
    for kind in KINDS.values():
        ffmpeg_by_hand(*inputs, "-pix_fmt", "yuv420p", *kind.options, str(folder / kind.name))
    return folder


def losses(path: Path, demuxer: str) -> tuple[Loss, ...]:
    return containers.read(path, demuxer).losses


@pytest.mark.render
def test_whole_files_lack_nothing_and_cut_ones_say_so(made: Path, tmp_path: Path) -> None:
    for kind in KINDS.values():
        whole = (made / kind.name).read_bytes()
        assert not containers.read(made / kind.name, kind.demuxer).losses, kind.name
        for share in (0.5, 0.8):
            cut = tmp_path / kind.name
            cut.write_bytes(whole[: int(len(whole) * share) // 188 * 188 + 99])
            found = losses(cut, kind.demuxer)
            assert found and any(each.certain for each in found) == kind.certain, (kind.name, share, found)


@pytest.mark.render
def test_recordings_that_state_no_length_lack_nothing(made: Path, tmp_path: Path) -> None:
    """A writer to a pipe can't go back to fill in the length: browsers, network cameras."""
    for name, muxer in (
        ("a.mkv", "matroska"),
        ("a.webm", "webm"),
        ("a.avi", "avi"),
        ("a.flv", "flv"),
        ("a.wmv", "asf"),
        ("a.nut", "nut"),
        ("a.ogv", "ogg"),
        ("a.wav", "wav"),
    ):
        path = tmp_path / name
        piped(made / name, muxer, path)
        assert not losses(path, KINDS[name].demuxer), name


def piped(source: Path, muxer: str, target: Path) -> None:
    with target.open("wb") as file:
        command = [
            ffmpeg_runner.binary(),
            "-v",
            "error",
            "-nostdin",
            "-i",
            str(source),
            "-c",
            "copy",
            "-f",
            muxer,
            "pipe:1",
        ]
        subprocess.run(command, stdout=file, check=True)


@pytest.mark.render
def test_a_cut_is_placed_in_time(made: Path, tmp_path: Path) -> None:
    for name in ("a.mkv", "a.avi", "a.mp4"):
        cut = tmp_path / name
        whole = (made / name).read_bytes()
        cut.write_bytes(whole[: len(whole) * 2 // 3])
        found = probe(cut)
        loss = next(each for each in found.losses if each.code == "cut-off" and each.part != "sound")
        assert loss.start is not None and loss.seconds is not None and not found.whole
        assert float(loss.start + loss.seconds) == pytest.approx(2.0, abs=0.1) and 0.3 < loss.seconds < 1.4, (
            name
        )


@pytest.mark.render
def test_oddities_are_harmless(made: Path, tmp_path: Path) -> None:
    whole = (made / "a.mp4").read_bytes()
    for junk in (b"\0" * 1000, b"junk after the last box", b"\0\0\0\x10free12345678"):
        path = tmp_path / "odd.mp4"
        path.write_bytes(whole + junk)
        assert not losses(path, "mov"), junk


@pytest.mark.render
def test_what_lies_behind_the_segment_of_matroska_is_none_of_it(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.mkv"
    # Read as an element, it would be 500 MB long.
    path.write_bytes((made / "a.mkv").read_bytes() + b"\xa3\x08\xff\xff" + b"junk" * 300)
    assert not losses(path, "matroska")


def patched(path: Path, kind: bytes, change: dict[int, int], number: int = 0) -> bytes:
    """A file with changed 32-bit values in its `number`th box of a kind, by their offsets after the name."""
    data = bytearray(path.read_bytes())
    at = -1
    for _ in range(number + 1):
        at = data.index(kind, at + 1)
    for place, value in change.items():
        struct.pack_into(">I", data, at + 4 + place, value)
    return bytes(data)


@pytest.mark.render
@pytest.mark.parametrize(
    ("kind", "change", "number", "expected"),
    [
        (b"stsz", {8: 25}, 0, "index-short picture"),
        (b"stsz", {8: 40}, 1, "index-short sound"),
        (b"stts", {8: 25}, 0, "index-short picture"),
        (b"stts", {12: 1 << 31}, 0, "index-length picture"),
        (b"stsc", {12: 1}, 0, "index-short picture"),
        (b"stco", {4: 0}, 1, "index-short sound"),
        (b"mdhd", {12: 0}, 0, "clock-missing picture"),
    ],
)
def test_an_index_that_contradicts_itself(
    made: Path, kind: bytes, change: dict[int, int], number: int, expected: str
) -> None:
    path = made / "contradicts.mp4"
    path.write_bytes(patched(made / "a.mp4", kind, change, number))
    found = losses(path, "mov")
    assert [(f"{each.code} {each.part}", each.certain) for each in found] == [(expected, True)]


@pytest.mark.render
def test_what_a_header_counts_is_there(made: Path, tmp_path: Path) -> None:
    """AVI counts its pictures; Matroska's statistics give each stream's end, and its cues the clusters."""
    avi = tmp_path / "x.avi"
    data = bytearray((made / "a.avi").read_bytes())
    place = data.index(b"strh") + 8 + 32
    struct.pack_into("<I", data, place, struct.unpack_from("<I", data, place)[0] + 10)
    avi.write_bytes(data)
    assert [(loss.code, loss.certain) for loss in probe(avi).losses] == [("pictures-missing", True)]
    mkv = (made / "a.mkv").read_bytes()
    for old, new, code in (
        (b"00:00:02.000000000", b"00:00:02.200000000", "ends-early"),
        (b"\x1f\x43\xb6\x75", b"\x1f\x43\xb6\x76", ""),
    ):
        path = tmp_path / "x.mkv"
        path.write_bytes(mkv.replace(old, new, 1))
        found = probe(path).losses
        assert found and (not code or [note.code for note in found] == [code]), (old, found)


@pytest.mark.render
def test_an_mxf_whose_packets_break_off(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.mxf"
    data = (made / "a.mxf").read_bytes()
    path.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))
    assert [(loss.code, loss.certain) for loss in losses(path, "mxf")] == [("structure-broken", True)]


@pytest.mark.render
def test_a_fragment_that_an_index_names_is_there(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    data = (made / "fragments.mp4").read_bytes()
    at = data.rindex(b"moof")
    path.write_bytes(data[:at] + b"skip" + data[at + 4 :])
    assert {loss.code for loss in losses(path, "mov")} == {"fragments-missing", "media-unclaimed"}


@pytest.mark.render
def test_an_edit_list_shows_what_is_there(made: Path) -> None:
    path = made / "edited.mp4"
    whole = (made / "a.mp4").read_bytes()
    at = whole.index(b"elst") + 12  # after version, flags, and count: the duration and the start
    shown = struct.unpack_from(">I", whole, at)[0]
    for change, code, certain in (
        ({at: shown // 2}, "index-length", True),
        ({at + 4: 1 << 14}, "index-length", True),
    ):
        data = bytearray(whole)
        for place, value in change.items():
            struct.pack_into(">I", data, place, value)
        path.write_bytes(data)
        assert (code, certain) in [(loss.code, loss.certain) for loss in losses(path, "mov")]


@pytest.mark.render
def test_an_index_that_claims_more_than_the_file_holds_is_refused_before_it_is_read(
    made: Path, tmp_path: Path
) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(patched(made / "a.mp4", b"stsz", {4: 1, 8: 2**31}))
    with pytest.raises(FinishError, match=r"x\.mp4 is damaged: its index states 2,147,483,648"):
        probe(path)


@pytest.mark.render
def test_a_picture_that_is_too_large_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "x.mov"
    ffmpeg_by_hand("-f", "lavfi", "-i", "color=s=9000x5000:d=0.2:r=5", "-c:v", "png", str(path))
    with pytest.raises(FinishError, match=r"x\.mov: the picture is 9000x5000, and the maximum is"):
        probe(path)
    path.write_text("no film")
    with pytest.raises(FinishError, match="its format is unknown"):
        probe(path)


@pytest.mark.render
def test_packets_of_asf_that_hold_nothing(made: Path, tmp_path: Path) -> None:
    whole = (made / "a.wmv").read_bytes()
    (length,) = struct.unpack_from(
        "<I", whole, whole.index(bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")) + 92
    )
    at = whole.index(bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")) + 50 + 3 * length
    path = tmp_path / "a.wmv"
    path.write_bytes(whole[:at] + bytes(length) + whole[at + length :])
    (found,) = losses(path, "asf")
    assert found.text.startswith("1 of its ") and not found.certain


@pytest.mark.render
def test_a_wave_of_which_the_head_counts_half(made: Path, tmp_path: Path) -> None:
    whole = (made / "a.wav").read_bytes()
    at = whole.index(b"data") + 4
    (size,) = struct.unpack_from("<I", whole, at)
    path = tmp_path / "a.wav"
    path.write_bytes(whole[:at] + struct.pack("<I", size // 2) + whole[at + 4 :])
    assert [(loss.code, loss.certain) for loss in losses(path, "wav")] == [("sound-longer", False)]
    path.write_bytes(whole + b"LIST\x04\0\0\0INFO")
    assert not losses(path, "wav"), "a chunk that follows"
    path.write_bytes(whole + bytes(100))
    assert not losses(path, "wav"), "junk after the end"


HEADS = {
    "mov": b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x60moov",
    "matroska": bytes.fromhex("1a45dfa38018538067ff1549a966"),
    "ogg": b"OggS\0",
    "avi": b"RIFF\xff\0\0\0AVI LIST",
    "flv": b"FLV\x01\x05\0\0\0\x09\0\0\0\0",
    "mp3": b"ID3",
    "asf": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),
    "mxf": bytes.fromhex("060e2b34020501010d010201"),
    "mpeg": b"\0\0\1\xba",
    "mpegts": b"G" * 60,
    "wav": b"RIFF\0\0\0\0WAVE",
}


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=400), st.integers(0, 60))
def test_any_bytes_are_read_without_a_fault(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes, at: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(HEADS.get(KINDS[name].demuxer, b"")[:at] + data)
    stated = containers.read(path, KINDS[name].demuxer)
    assert stated.seconds is None or stated.seconds > 0


@pytest.mark.parametrize("name", ["a.opus", "a.ogv", "a.aac"])
def test_a_file_without_its_last_byte_is_cut_off(name: str, made: Path, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes((made / name).read_bytes()[:-1])
    assert [loss.code for loss in containers.read(file, KINDS[name].demuxer).losses] == ["cut-off"]


def test_a_packet_of_aac_that_claims_another_kind_of_sound(made: Path, tmp_path: Path) -> None:
    """Two bits of the first header: FFmpeg decodes all packets as that kind, and reports nothing."""
    data = bytearray((made / "a.aac").read_bytes())
    data[2] ^= 0x04  # the rate
    (tmp_path / "a.aac").write_bytes(data)
    (loss,) = containers.read(tmp_path / "a.aac", "aac").losses
    assert loss.code == "headers-differ" and loss.certain and loss.text.startswith("1 of ")
