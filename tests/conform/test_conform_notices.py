"""What a clip carries and a delivery doesn't: detected in a built clip, and noted."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from clip_files import shared
from known import Clip, conformed, numbered, ran

from finish.media.containers.mp4_boxes import read_boxes
from finish.media.probe import probe
from finish.model.media_extras import Extras

pytestmark = pytest.mark.render

C2PA = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")
CC_DATA = b"\xb5\x00\x31GA94\x03\x41\xff\xfc\x94\x20\xff"  # one pair of CEA-608: resume caption loading


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Clip().write(tmp_path_factory.mktemp("plain") / "x.mp4", numbered(5))


def said(path: Path, word: str) -> list[str]:
    return [note for note in conformed(path).notes if note.startswith(word)]


def test_a_plain_clip_loses_nothing_and_nothing_is_said(plain: Path) -> None:
    assert probe(plain).extras == Extras() and conformed(plain).notes == ("no sound track",)


@pytest.mark.parametrize("long", [False, True])
def test_a_c2pa_manifest_is_noticed_in_either_kind_of_header(long: bool, plain: Path, tmp_path: Path) -> None:
    content = C2PA + b"\0\0\0\0manifest\0" + b"\0" * 64
    head = (
        struct.pack(">I4sQ", 1, b"uuid", len(content) + 16)
        if long
        else struct.pack(">I4s", len(content) + 8, b"uuid")
    )
    path = tmp_path / "signed.mp4"
    path.write_bytes(plain.read_bytes() + head + content)
    extras = probe(path).extras
    assert extras.provenance and extras.credentials and extras.credentials.state == "damaged"
    path.write_bytes(plain.read_bytes() + head + content.replace(C2PA, C2PA[::-1]))
    assert not read_boxes(path).provenance


@pytest.mark.media
def test_a_really_signed_clip_is_noticed() -> None:
    assert probe(shared("provenance/signed.mp4")).extras.provenance


def test_chapters_are_noticed(plain: Path, tmp_path: Path) -> None:
    (tmp_path / "chapters.txt").write_text(
        ";FFMETADATA1\n"
        + "".join(
            f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={at}\nEND={at + 100}\ntitle=a\\\nb\n" for at in (0, 100)
        )
    )
    for name in ("x.mp4", "x.mkv"):
        ran(
            [
                "-i",
                str(plain),
                "-i",
                str(tmp_path / "chapters.txt"),
                "-map_metadata",
                "1",
                "-c",
                "copy",
                str(tmp_path / name),
            ]
        )
        assert said(tmp_path / name, "chapters") == ["chapters: the clip's 2 chapters aren't delivered"]


@pytest.mark.parametrize("name", ["x.mov", "x.mxf"])
def test_timecode_is_noticed(name: str, plain: Path, tmp_path: Path) -> None:
    codec = ("-c:v", "mpeg2video") if name == "x.mxf" else ("-c", "copy")
    ran(["-i", str(plain), *codec, "-timecode", "10:00:00:00", str(tmp_path / name)])
    assert said(tmp_path / name, "timecode") == [
        "timecode: the clip's start timecode 10:00:00:00 isn't delivered"
    ]


def test_a_timecode_that_is_none_is_not_repeated(plain: Path, tmp_path: Path) -> None:
    ran(["-i", str(plain), "-c", "copy", "-metadata", "timecode=\x1b[31mrm -rf\n", str(tmp_path / "x.mkv")])
    assert probe(tmp_path / "x.mkv").extras.timecode == ""


def test_captions_inside_the_picture_are_noticed(plain: Path, tmp_path: Path) -> None:
    """CEA-608 in SEI, as ANSI/SCTE 128-1 has it: registered user data before each picture."""
    raw = tmp_path / "x.h264"
    ran(["-i", str(plain), "-c", "copy", "-bsf:v", "h264_mp4toannexb,filter_units=remove_types=6", str(raw)])
    sei = b"\0\0\0\1\x06\x04" + bytes([len(CC_DATA)]) + CC_DATA + b"\x80"
    data = raw.read_bytes()
    for kind in (b"\x65", b"\x41"):
        data = data.replace(b"\0\0\0\1" + kind, b"\0\0\1" + kind)
        data = data.replace(b"\0\0\1" + kind, sei + b"\0\0\0\1" + kind)
    raw.write_bytes(data)
    path = tmp_path / "x.mp4"
    ran(["-framerate", "25", "-i", str(raw), "-c", "copy", str(path)])
    assert probe(path).extras.closed_captions and len(said(path, "closed captions")) == 1


def test_subtitle_tracks_are_noticed_with_their_languages(plain: Path, tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("1\n00:00:00,000 --> 00:00:00,150\nhello\n")
    inputs = [
        "-i",
        str(plain),
        "-i",
        str(tmp_path / "a.srt"),
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "1",
        "-c:v",
        "copy",
    ]
    for name, codec in (("x.mp4", "mov_text"), ("x.mkv", "srt")):
        ran([*inputs, "-c:s", codec, "-metadata:s:s:0", "language=eng", str(tmp_path / name)])
        (line,) = said(tmp_path / name, "subtitles")
        assert line.startswith("subtitles: the clip's tracks (eng, no language) aren't delivered")


def test_a_caption_track_of_its_own_is_closed_captions(plain: Path, tmp_path: Path) -> None:
    """A QuickTime c608 track: a text track under another name."""
    (tmp_path / "a.srt").write_text("1\n00:00:00,000 --> 00:00:00,150\nhello\n")
    path = tmp_path / "x.mov"
    ran(
        [
            "-i",
            str(plain),
            "-i",
            str(tmp_path / "a.srt"),
            "-map",
            "0",
            "-map",
            "1",
            "-c:v",
            "copy",
            "-c:s",
            "mov_text",
            str(path),
        ]
    )
    data = path.read_bytes()
    at = data.rindex(b"text", 0, data.rindex(b"stts"))
    path.write_bytes((data[:at] + b"c608" + data[at + 4 :]).replace(b"mhlrtext", b"mhlrclcp"))
    extras = probe(path).extras
    assert (extras.closed_captions, extras.subtitles) == (True, ())
