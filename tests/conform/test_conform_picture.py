"""One built clip per picture defect: every delivered frame against the frame that was drawn."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from known import (
    LARGE,
    WIDE,
    Clip,
    Codes,
    Floats,
    Frames,
    conformed,
    drawn,
    error,
    framed,
    numbered,
    numbers,
    ran,
    read,
    shown,
)

from finish.errors import FinishError
from finish.media.probe import probe
from finish.model.colour_codes import ColourOverrides
from finish.model.picture_input import conformed as picture_of
from finish.units import Size

pytestmark = pytest.mark.render

# The delivery rounds once, and its dither stays within half a code; the truth is the value of the clip's own
# rounded codes.
CLOSE = 1.001
FFV1 = ("-c:v", "ffv1")


def every_frame(path: Path, expected: list[Floats], margin: int = 3, **settings: object) -> None:
    """As many frames as drawn, each at its time and with its drawing."""
    found = shown(path, **settings)
    assert len(found) == len(expected)
    worst = [error(planes, truth, margin) for (_, planes), truth in zip(found, expected, strict=True)]
    assert max(worst) <= CLOSE, f"frame {int(np.argmax(worst))} is off by {max(worst):.1f} codes"


# The matrix in `tkhd` (ISO/IEC 14496-12 §6.2.2): (x, y) is shown at (ax + cy, bx + dy).
TURNS = {
    "as it is": (1, 0, 0, 1),
    "90": (0, 1, -1, 0),
    "180": (-1, 0, 0, -1),
    "270": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "upside down": (1, 0, 0, -1),
    "90 mirrored": (0, 1, 1, 0),
    "270 mirrored": (0, -1, -1, 0),
}


def turned(path: Path, matrix: tuple[int, int, int, int]) -> None:
    """Write a display matrix into the first track of an MP4 file."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # a version 0 header is 40 bytes before its matrix
    a, b, c, d = (each << 16 for each in matrix)
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


def displayed(picture: Floats, matrix: tuple[int, int, int, int]) -> Floats:
    """The picture under the matrix, pixel by pixel from its definition."""
    a, b, c, d = matrix
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    across, down = a * x + c * y, b * x + d * y
    across, down = across - across.min(), down - down.min()
    out = np.empty((down.max() + 1, across.max() + 1, 3))
    out[down, across] = picture
    return out


@pytest.mark.parametrize("turn", TURNS)
def test_turned_and_mirrored_pictures_are_shown_upright(turn: str, tmp_path: Path) -> None:
    path = Clip().write(tmp_path / "a b'[1]%d.mp4", numbered(3))
    turned(path, TURNS[turn])
    every_frame(path, [displayed(each, TURNS[turn]) for each in numbered(3)])


def test_a_matrix_that_is_no_quarter_turn_keeps_the_size_and_says_so(tmp_path: Path) -> None:
    path = Clip().write(tmp_path / "x.mp4", numbered(2))
    turned(path, (1, 1, -1, 1))
    done = conformed(path)
    assert done.frame == WIDE and any("not a multiple of 90°" in note for note in done.notes)
    assert len(read(framed(done).picture)) == 2


@pytest.mark.parametrize("size", ["127x71", "127x72", "128x71", "33x17"])
def test_odd_sizes_lose_their_last_row_or_column_and_nothing_else(size: str, tmp_path: Path) -> None:
    odd = Size.parse(size)
    for codes in (CODES["4:4:4"], CODES["4:2:0"]):
        path = Clip(codes, odd, after=FFV1).write(tmp_path / f"{codes.pix_fmt}.mkv", [drawn(5, odd)])
        every_frame(path, [codes.rounded(drawn(5, odd))[: odd.height & ~1, : odd.width & ~1]])


CODES = {
    "4:2:0": Codes(),
    "4:2:2": Codes("yuv422p", shared=(2, 1)),
    "4:4:4": Codes("yuv444p", shared=(1, 1)),
    "4:1:1": Codes("yuv411p", shared=(4, 1)),
    "full range": Codes("yuv420p", full=True),
    "full range, J": Codes("yuvj422p", full=True, shared=(2, 1)),
    "601": Codes(matrix="smpte170m"),
    "601, full range, 4:4:4": Codes("yuv444p", "smpte170m", full=True, shared=(1, 1)),
    "10 bit": Codes("yuv420p10le", bits=10),
    "10 bit, 4:2:2": Codes("yuv422p10le", bits=10, shared=(2, 1)),
    "10 bit, 4:4:4, full range": Codes("yuv444p10le", full=True, bits=10, shared=(1, 1)),
    "12 bit, 4:2:2": Codes("yuv422p12le", bits=12, shared=(2, 1)),
}


@pytest.mark.parametrize("codes", CODES)
def test_any_coding_of_a_picture_has_the_same_colours(codes: str, tmp_path: Path) -> None:
    clip = Clip(CODES[codes], LARGE)
    path = (clip.but(after=FFV1) if codes in ("4:1:1", "12 bit, 4:2:2") else clip).write(
        tmp_path / "x.mkv", numbered(2, LARGE)
    )
    video = probe(path).video
    assert video is not None and (video.full_range, video.bits, video.matrix) == (
        CODES[codes].full,
        CODES[codes].bits,
        CODES[codes].matrix,
    )
    every_frame(path, [CODES[codes].rounded(each) for each in numbered(2, LARGE)], 12)


@pytest.mark.parametrize(
    ("packed", "codec"), [("uyvy422", "rawvideo"), ("yuyv422", "rawvideo"), ("yuv422p10le", "v210")]
)
def test_packed_pictures_keep_their_codes(packed: str, codec: str, tmp_path: Path) -> None:
    codes = CODES["10 bit, 4:2:2"] if codec == "v210" else CODES["4:2:2"]
    path = Clip(codes, filters=f"format={packed}", after=("-c:v", codec)).write(
        tmp_path / "x.mov", numbered(2)
    )
    every_frame(path, [codes.rounded(each) for each in numbered(2)])


PLANES = {
    "nv12": "yuv420p",
    "yuv420p10le": "yuv420p10le",
    "p010le": "yuv420p10le",
    "p210le": "yuv422p10le",
    "y210le": "yuv422p10le",
    "xv30le": "yuv444p10le",
    "xv36le": "yuv444p12le",
    "p016le": "yuv420p16le",
}


@pytest.mark.parametrize("packed", PLANES)
def test_no_bit_is_lost_before_delivery(packed: str, tmp_path: Path) -> None:
    """A ramp over all limited codes, as a decoder could output it: the conformed stream keeps every code."""
    codes = CODES["4:2:0"] if packed == "nv12" else CODES["10 bit"]
    top = 2 ** (codes.bits - 8)
    ramp = np.tile(np.arange(16 * top, 236 * top), (16, 1))
    grey = np.full((8, ramp.shape[1] // 2), 128 * top)
    raw = b"".join(each.astype(np.uint8 if top == 1 else "<u2").tobytes() for each in (ramp, grey, grey))
    path = tmp_path / "x.mkv"
    source_of = ["-f", "rawvideo", "-pix_fmt", codes.pix_fmt, "-s", f"{ramp.shape[1]}x16", "-i", "-"]
    ran([*source_of, "-vf", codes.tags, *Clip().after, str(path)], raw)
    source = probe(path)
    assert source.video is not None and source.video.bits == codes.bits
    stated, given = replace(source.video, pix_fmt=packed), source.picture.filter("format", pix_fmts=packed)
    (picture, _) = picture_of(ColourOverrides("auto", "auto"), stated, given)
    ((_, (luma, *_)),) = read(picture, PLANES[packed])
    assert np.array_equal(luma, ramp * {"xv36le": 4, "p016le": 64}.get(packed, 1))


@pytest.mark.parametrize(
    ("pix_fmt", "top"), [("rgb24", 255), ("bgr0", 255), ("gbrp", 255), ("gbrp10le", 1023), ("rgb48le", 65535)]
)
def test_rgb_is_full_range_unless_it_says_otherwise(pix_fmt: str, top: int, tmp_path: Path) -> None:
    codes = (drawn(9, LARGE) * top).round()
    order = {"rgb24": [0, 1, 2], "rgb48le": [0, 1, 2], "bgr0": [2, 1, 0, 0]}.get(pix_fmt, [1, 2, 0])
    laid = codes[..., order].astype("<u2" if top > 255 else np.uint8)
    raw = (laid.transpose(2, 0, 1) if pix_fmt.startswith("gbr") else laid).tobytes()
    path = tmp_path / "x.nut"
    ran(
        ["-f", "rawvideo", "-pix_fmt", pix_fmt, "-s", str(LARGE), "-r", "25", "-i", "-", *FFV1, str(path)],
        raw,
    )
    video = probe(path).video
    assert video is not None and video.full_range in (None, True) and (video.bits > 8) == (top > 255)
    every_frame(path, [codes / top], 12)


@pytest.mark.parametrize("lines", ["tff", "bff"])
def test_interlaced_frames_show_no_combs(lines: str, tmp_path: Path) -> None:
    """A bar that moves 8 pixels per field, interlaced from 50 moments.

    Each frame shows one moment, the first of its two fields.
    """
    moments = [bar(field) for field in range(12)]
    upper = 0 if lines == "tff" else 1
    woven = []
    for first, second in zip(moments[::2], moments[1::2], strict=True):
        frame = first.copy()
        frame[1 - upper :: 2] = second[1 - upper :: 2]
        woven.append(frame)
    codec = ("-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", "-x264-params", f"{lines}=1")
    path = Clip(filters=f"setfield={lines}", after=codec).write(tmp_path / "x.mp4", woven)
    found = shown(path)
    assert len(found) == 6
    for number, (_, (luma, *_)) in enumerate(found):
        middle = luma[8:-8]
        assert np.abs(np.diff(middle, axis=0)).max() <= 4, "no line differs from its neighbour"
        assert edge(middle) == pytest.approx(edge(Codes().of(moments[2 * number])[0]), abs=0.5)


def bar(moment: int) -> Floats:
    picture = np.full((WIDE.height, WIDE.width, 3), 0.2)
    picture[:, 8 + 8 * moment : 24 + 8 * moment] = 0.8
    return picture


def edge(luma: Floats) -> float:
    """The position of the bar's middle, in pixels."""
    row = np.maximum(luma.mean(axis=0) - 70, 0)
    return float((row * np.arange(row.size)).sum() / row.sum())


def on_grid(frames: Frames, rate: Fraction) -> bool:
    """Whether each frame is on the grid, within the microsecond to which a pipe's clock is written."""
    return all(abs(time - number / rate) <= Fraction(1, 1_000_000) for number, (time, _) in enumerate(frames))


@pytest.mark.parametrize("rate", ["16", "24", "25", "30000/1001", "60"])
def test_every_rate_is_kept_frame_by_frame(rate: str, tmp_path: Path) -> None:
    count = round(Fraction(rate))
    found = shown(Clip(rate=rate).write(tmp_path / "x.mp4", numbered(count)))
    assert on_grid(found, Fraction(rate))
    assert numbers(found) == list(range(count))


NTSC = "30000/1001"


@pytest.mark.parametrize(
    ("rate", "to"), [("16", "30"), ("24", "30"), ("25", NTSC), (NTSC, "25"), ("60", "25"), ("60", "30")]
)
def test_a_delivery_at_another_rate_shows_the_nearest_frame(rate: str, to: str, tmp_path: Path) -> None:
    """Each source frame goes to the nearest position of the new grid, and stays until the next one comes."""
    clip, grid = Fraction(rate), Fraction(to)
    count = round(clip)
    found = shown(Clip(rate=rate).write(tmp_path / "x.mp4", numbered(count)), to)
    placed = [int(number / clip * grid + Fraction(1, 2)) for number in range(count)]
    assert numbers(found) == [
        max(number for number, at in enumerate(placed) if at <= place) for place in range(len(found))
    ]
    assert len(found) == round(count / clip * grid)
    assert on_grid(found, grid)
    late = [abs(place / grid - number / clip) for place, number in enumerate(numbers(found))]
    assert max(late[:-1]) <= max(1 / clip, 1 / grid)


def test_a_variable_rate_becomes_constant_with_every_frame_at_its_time(tmp_path: Path) -> None:
    """30 fps with some frames missing: the last frame is shown until the next one comes."""
    kept = [number for number in range(30) if number % 7 not in (2, 3)]
    chosen = "+".join(f"eq(n\\,{number})" for number in kept)
    codec = ("-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", "-fps_mode", "vfr")
    path = Clip(rate="30", filters=f"select='{chosen}'", after=codec).write(tmp_path / "x.mp4", numbered(30))
    done = conformed(path)
    assert done.rate == 30 and any("variable frame rate" in note for note in done.notes)
    found = numbers(read(framed(done).picture))
    assert found == [max(each for each in kept if each <= number) for number in range(30)]


def test_oblong_pixels_become_square(tmp_path: Path) -> None:
    """PAL's 64:45 in small: 90x72 is shown as 128x72."""
    small = Size(90, 72)
    picture = np.full((72, 90, 3), 0.3)
    picture[:, 45:] = 0.7
    path = Clip(size=small, filters="setsar=64/45").write(tmp_path / "x.mp4", [picture])
    ((_, (luma, *_)),) = shown(path)
    assert luma.shape == (72, 128)
    assert luma[36, 59] == pytest.approx(16 + 219 * 0.3, abs=1.5) and luma[36, 68] == pytest.approx(
        16 + 219 * 0.7, abs=1.5
    )


@pytest.mark.parametrize(("size", "matrix"), [("384x576", "smpte170m"), ("384x578", "bt709")])
def test_untagged_pictures_are_read_by_their_lines(size: str, matrix: str, tmp_path: Path) -> None:
    tall = Size.parse(size)
    path = Clip(Codes(matrix=matrix), tall, tagged=False, after=FFV1).write(
        tmp_path / "x.nut", [drawn(3, tall)]
    )
    every_frame(path, [Codes(matrix=matrix).rounded(drawn(3, tall))], 12)
    assert any("no colour tags" in note for note in conformed(path).notes)


def test_what_the_job_says_of_matrix_and_range_outranks_the_tags(tmp_path: Path) -> None:
    codes = Codes(matrix="smpte170m", full=True)
    lied = Clip(codes, LARGE, filters="setparams=colorspace=bt709:range=tv", after=FFV1).write(
        tmp_path / "x.mkv", [drawn(3, LARGE)]
    )
    every_frame(lied, [codes.rounded(drawn(3, LARGE))], 12, matrix="bt601", range="full")


def test_wide_colours_become_bt709(tmp_path: Path) -> None:
    """Display P3 as phones tag it, through XYZ to a BT.1886 display.

    By SMPTE EG 432-1 and the BT.709 primaries.
    """
    import warnings

    codes = Codes("yuv444p10le", bits=10, shared=(1, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour as science

        shown_there = codes.rounded(drawn(3, LARGE)).clip(0, 1)
        linear = science.RGB_to_RGB(
            shown_there**2.4, "P3-D65", "ITU-R BT.709", chromatic_adaptation_transform=None
        )
    expected = np.asarray(linear).clip(0, 1) ** (1 / 2.4)
    path = Clip(codes, LARGE, filters="setparams=color_primaries=smpte432", after=FFV1).write(
        tmp_path / "x.mkv", [drawn(3, LARGE)]
    )
    every_frame(path, [expected], 12)


def test_another_picture_of_the_clip_can_be_chosen(tmp_path: Path) -> None:
    small = Size(64, 36)
    one, two = (
        Clip().write(tmp_path / "1.mp4", numbered(5)),
        Clip(size=small, rate="50").write(tmp_path / "2.mp4", numbered(20, small)),
    )
    path = tmp_path / "both.mkv"
    ran(["-i", str(one), "-i", str(two), "-map", "0:v", "-map", "1:v", "-c", "copy", str(path)])
    first, second = conformed(path), conformed(path, picture=1)
    assert (first.frame, first.rate, first.frames) == (WIDE, 25, 5) and (
        second.frame,
        second.rate,
        second.frames,
    ) == (small, 50, 20)
    assert second.source.seconds == pytest.approx(0.4) and first.source.seconds == pytest.approx(0.2)
    assert numbers(read(framed(second).picture), small) == list(range(20))
    assert "picture 1 of 2 is delivered — set conform: {picture: …} to choose" in second.notes
    with pytest.raises(FinishError, match="has no picture 2") as raised:
        conformed(path, picture=2)
    assert (raised.value.code, raised.value.hint) == ("spec", "choose one of: 0 (128x72), 1 (64x36)")
