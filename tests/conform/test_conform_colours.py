"""A clip's colour tags: converted where possible, otherwise refused by name, and never ignored."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from known import LARGE, Clip, Codes, conformed, drawn, framed, ran, read
from paper_media import video_track

from finish.errors import FinishError
from finish.media.probe import probe
from finish.model import Source, VideoTrack
from finish.model.colour_codes import ColourOverrides
from finish.model.picture_input import conformed as picture_of
from finish.units import Size

FLAT = Size(64, 36)


def flat(path: Path, codes: tuple[int, int, int], *, tags: str) -> Path:
    """Two frames of one triple of codes, with these tags."""
    raw = b"".join(bytes([code]) * FLAT.pixels for code in codes) * 2
    source = ["-f", "rawvideo", "-pix_fmt", "yuv444p", "-s", str(FLAT), "-r", "25", "-i", "-"]
    ran([*source, "-vf", f"setparams={tags}", *Clip().after, str(path)], raw)
    return path


def delivered(path: Path, **settings: object) -> tuple[float, float, float]:
    (_, planes), *_ = read(framed(conformed(path, **settings)).picture)
    luma, cb, cr = (float(plane.mean()) for plane in planes)
    return luma, cb, cr


def expected(*rgb: float) -> list[float]:
    """BT.709 codes of R'G'B' from 0 to 255."""
    return [float(each.mean()) for each in Codes().of(np.full((4, 4, 3), np.array(rgb) / 255))]


@pytest.mark.render
@pytest.mark.parametrize("full", [False, True])
def test_ycgco_is_converted(full: bool, tmp_path: Path) -> None:
    """ITU-T H.273 equations 46 to 48: Y = (R + 2G + B) / 4, Cg = (2G − R − B) / 4, Co = (R − B) / 2."""
    red, green, blue = 30, 200, 60
    y, cg, co = (red + 2 * green + blue) / 4, (2 * green - red - blue) / 4, (red - blue) / 2
    codes = (
        (y, 128 + cg, 128 + co) if full else (16 + 219 * y / 255, 128 + 224 * cg / 255, 128 + 224 * co / 255)
    )
    one, two, three = (round(code) for code in codes)
    path = flat(
        tmp_path / "x.mkv", (one, two, three), tags=f"colorspace=ycgco:range={'pc' if full else 'tv'}"
    )
    assert delivered(path) == pytest.approx(expected(red, green, blue), abs=1.5)
    assert not any("no colour tags" in note for note in conformed(path).notes)
    wrong = delivered(path, matrix="bt709")
    assert abs(wrong[1] - expected(red, green, blue)[1]) > 20, "what the job says outranks the tag"


@pytest.mark.render
def test_linear_light_gets_its_curve(tmp_path: Path) -> None:
    """A display of BT.1886 shows 18 % of its light for 0.18 ** (1 / 2.4) of the signal."""
    tags = "colorspace=bt709:range=tv:color_trc=linear:color_primaries=bt709"
    path = flat(tmp_path / "x.mkv", (round(16 + 219 * 0.18), 128, 128), tags=tags)
    assert delivered(path)[0] == pytest.approx(16 + 219 * 0.18 ** (1 / 2.4), abs=1.5)
    assert delivered(path, colour="bt709")[0] == pytest.approx(16 + 219 * 0.18, abs=1)


def track(**facts: object) -> VideoTrack:
    tags = {"primaries": "bt709", "transfer": "bt709", "matrix": "bt709"}
    return video_track(FLAT, frames=50, **{**tags, **facts})


def shown(video: VideoTrack, reading: ColourOverrides) -> str:
    source = Source(Path("x.mp4"), "0" * 64, 1, "mov", Fraction(0), video)
    return " ".join(str(each) for each in picture_of(reading, video, source.picture)[1])


AUTO = ColourOverrides("auto", "auto")
TAGGED = ColourOverrides("auto", "auto", colour="bt709")


@pytest.mark.parametrize(
    "matrix", ["smpte2085", "chroma-derived-nc", "ictcp", "ipt-c2", "ycgco-re", "code 77 of H.273"]
)
def test_a_matrix_that_is_not_converted_is_refused_by_name_unless_the_job_overrules_it(matrix: str) -> None:
    with pytest.raises(
        FinishError, match=f"the picture's colour matrix is {matrix}, which can't be converted"
    ) as refused:
        shown(track(matrix=matrix), AUTO)
    assert "conform: {matrix: bt709}" in refused.value.hint
    assert "no colour tags" not in shown(track(matrix=matrix), ColourOverrides("bt601", "auto"))


@pytest.mark.parametrize(
    "facts",
    [
        {"transfer": "smpte428"},
        {"primaries": "smpte428"},
        {"transfer": "code 40 of H.273"},
        {"dolby": (5, 0)},
        {"dolby": (10, 0)},
    ],
)
def test_colours_that_are_not_converted_are_refused_by_name_unless_the_job_overrules_them(
    facts: dict[str, object],
) -> None:
    with pytest.raises(
        FinishError,
        match=r"smpte428|code 40|Dolby Vision profile (5|10), which only Dolby Vision displays can show",
    ):
        shown(track(**facts), AUTO)
    assert shown(track(**facts), TAGGED) == ""


@pytest.mark.parametrize(
    "facts",
    [
        {"dolby": (8, 4)},
        {"dolby": (8, 1)},
        {"transfer": "iec61966-2-4"},
        {"transfer": "bt1361e"},
        {"matrix": "fcc"},
    ],
)
def test_what_ordinary_players_show_is_read_as_ever(facts: dict[str, object]) -> None:
    assert shown(track(**facts), AUTO) == ""


def test_a_picture_that_says_rgb_and_is_none_is_not_called_untagged() -> None:
    assert shown(track(matrix="gbr"), AUTO).startswith(
        "the matrix tag says RGB, but the picture isn't RGB: a picture of 36 lines is read as BT.601"
    )


def boxed(path: Path, box: bytes, inside: bytes) -> None:
    """Append a box to the sample entry, and correct the lengths of all boxes around it."""
    data = bytearray(path.read_bytes())
    moov = data.index(b"moov")
    at = data.index(inside, moov) - 4
    end = at + int.from_bytes(data[at : at + 4], "big")
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", inside):
        place = data.index(name, moov) - 4
        data[place : place + 4] = struct.pack(">I", int.from_bytes(data[place : place + 4], "big") + len(box))
    data[end:end] = box
    path.write_bytes(data)


@pytest.mark.render
def test_dolby_vision_is_known_by_its_configuration(tmp_path: Path) -> None:
    """The box `dvcC` (Dolby Vision Streams within ISO base media, §3.2).

    Version 1.0, profile 5, level 1, an RPU and a base layer, nothing else.
    """
    path = Clip(size=LARGE, after=("-c:v", "libx264", "-preset", "ultrafast")).write(
        tmp_path / "x.mp4", [drawn(1, LARGE)] * 3
    )
    boxed(path, struct.pack(">I4sBBHB19x", 32, b"dvcC", 1, 0, 5 << 9 | 1 << 3 | 0b101, 0), b"avc1")
    video = probe(path).video
    assert video is not None and video.dolby == (5, 0)
    with pytest.raises(FinishError, match=r"^x\.mp4: the picture is Dolby Vision profile 5"):
        conformed(path)


@pytest.mark.render
@pytest.mark.parametrize("turn", ["0", "90"])
def test_container_cropping_is_what_the_plan_believes(turn: str, tmp_path: Path) -> None:
    """A clean aperture of 64x48 in the middle of 128x72 (ISO/IEC 14496-12 §12.1.4), with a round circle."""
    picture = np.full((72, 128, 3), 0.8)
    picture[12:60, 32:96] = 0.2
    plain = Clip().write(tmp_path / "plain.mp4", [picture] * 2)
    path = tmp_path / "x.mp4"
    ran(["-display_rotation", turn, "-i", str(plain), "-c", "copy", str(path)])
    boxed(path, struct.pack(">I4s8I", 40, b"clap", 64, 1, 48, 1, 0, 1, 0, 1), b"avc1")
    upright = Size(64, 48) if turn == "0" else Size(48, 64)
    done = conformed(path)
    assert done.source.video is not None and (done.source.video.size, done.frame) == (upright, upright)
    (_, (luma, *_)), *_ = read(framed(done).picture)
    assert (
        luma.shape == (upright.height, upright.width)
        and np.abs(luma[2:-2, 2:-2] - (16 + 219 * 0.2)).max() <= 2
    )
