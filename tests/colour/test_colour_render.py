"""What the colour stage's filters do to pixels: flat patches of known colours, through FFmpeg."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from finish import graph, resources
from finish.graph import Output, Stream, compile_outputs
from finish.media.ffmpeg import ffmpeg_runner
from finish.model import ClipProgramme, Document, Source
from finish.stages import colour
from finish.stages.colour import cube
from finish.stages.colour.grading import PictureGrade
from finish.stages.colour.lut_bake import bake, compose
from finish.stages.colour.table import Floats, Table
from finish.units import Size

pytestmark = pytest.mark.render

SIDE, COLUMNS, LINES = 32, 40, 22
SIZE = Size(SIDE * COLUMNS, SIDE * LINES)
# Luma weights of red and blue: ITU-R BT.709-6 item 3.2, BT.601-7 item 2.5.1.
WEIGHTS = {"bt709": (0.2126, 0.0722), "smpte170m": (0.299, 0.114)}


def to_yuv(rgb: Floats, matrix: str = "bt709") -> Floats:
    """R'G'B' of 0 to 1 as 8-bit limited-range codes, not rounded."""
    red, blue = WEIGHTS[matrix]
    luma = rgb @ [red, 1 - red - blue, blue]
    cb, cr = (rgb[..., 2] - luma) / (2 - 2 * blue), (rgb[..., 0] - luma) / (2 - 2 * red)
    return np.stack([16 + 219 * luma, 128 + 224 * cb, 128 + 224 * cr], axis=-1)


def to_rgb(yuv: Floats, matrix: str = "bt709") -> Floats:
    red, blue = WEIGHTS[matrix]
    luma, cb, cr = (yuv[..., 0] - 16) / 219, (yuv[..., 1] - 128) / 224, (yuv[..., 2] - 128) / 224
    r, b = luma + (2 - 2 * red) * cr, luma + (2 - 2 * blue) * cb
    return np.stack([r, (luma - red * r - blue * b) / (1 - red - blue), b], axis=-1)


def difference(one: Floats, other: Floats) -> Floats:
    """ΔE2000 between colours shown on a BT.1886 display with BT.709 primaries."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour as science

        lab = [
            science.XYZ_to_Lab(science.RGB_to_XYZ(each.clip(0, 1) ** 2.4, "ITU-R BT.709"))
            for each in (one, other)
        ]
        return np.asarray(science.delta_E(*lab, method="CIE 2000"))


@dataclass(frozen=True)
class Patches:
    """A 4:2:0 clip of one frame: flat patches of `codes` (n, 3), all over the cube and along grey."""

    path: Path
    codes: Floats
    matrix: str

    @property
    def rgb(self) -> Floats:
        return to_rgb(self.codes, self.matrix)


def patches(folder: Path, matrix: str = "bt709") -> Patches:
    colours = np.random.default_rng(8).uniform(0, 1, (LINES * COLUMNS, 3))
    colours[:COLUMNS] = np.linspace(0, 1, COLUMNS)[:, None]
    codes = to_yuv(colours, matrix).round()
    planes = [
        np.kron(codes[:, each].reshape(LINES, COLUMNS), np.ones((SIDE // step,) * 2))
        for each, step in enumerate((1, 2, 2))
    ]
    path = folder / "patches.y4m"
    head = f"YUV4MPEG2 W{SIZE.width} H{SIZE.height} F25:1 Ip A1:1 C420mpeg2\nFRAME\n"
    path.write_bytes(head.encode() + b"".join(plane.astype(np.uint8).tobytes() for plane in planes))
    return Patches(path, codes, matrix)


def tagged(clip: Patches) -> Stream:
    """The clip as conform leaves it."""
    stream = graph.source("video", "patches", str(clip.path), index=0, demuxer="yuv4mpegpipe", size=SIZE)
    return stream.filter(
        "setparams", colorspace=clip.matrix, range="limited", color_primaries="bt709", color_trc="bt709"
    )


def graded(clip: Patches, *looks: Document, strength: float = 1.0) -> Stream:
    picture = tagged(clip)
    source = Source(clip.path, "patches", 1, "yuv4mpegpipe", Fraction(0), None)
    programme = ClipProgramme(
        source=source,
        conformed=picture,
        picture=picture,
        sound=picture,
        frame=SIZE,
        rate=Fraction(25),
        frames=1,
    )
    unused = cast(Any, None)
    return colour.plan(
        colour.ColourSettings(looks=looks, strength=strength), programme, unused, unused
    ).picture


def cubed(picture: Stream, *looks: Document) -> Stream:
    return PictureGrade(((Fraction(0), bake(looks, 1.0)),), Fraction(1, 50)).of(picture)


def delivered(picture: Stream, dither: str = "ordered") -> Stream:
    """The delivery's format, rounded once, as the reframe stage does it."""
    final = picture.filter(
        "zscale",
        filter="spline36",
        matrix="709",
        primaries="709",
        transfer="709",
        range="limited",
        chromal="left",
        dither=dither,
        threads=1,
    )
    return final.filter("format", pix_fmts="yuv420p")


def run(picture: Stream, folder: Path, options: Sequence[str] = ()) -> tuple[bytes, str]:
    """The stream's raw pixels and FFmpeg's log."""
    target = folder / "out.raw"

    def place(payload: graph.Payload) -> str:
        path = folder / f"{payload.digest[:16]}{payload.suffix}"
        path.write_bytes(payload.content())
        return str(path)

    lowered = compile_outputs([Output((picture,), str(target), "rawvideo")], place)
    command = [
        ffmpeg_runner.binary(),
        "-hide_banner",
        "-nostdin",
        "-y",
        "-loglevel",
        "verbose",
        *lowered.inputs,
        *options,
        "-filter_complex",
        lowered.graphs[0],
        *lowered.outputs,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return target.read_bytes(), done.stderr


def means(raw: bytes) -> Floats:
    """The mean code of every patch of an 8-bit 4:2:0 frame.

    Measured away from the patch's edge, over whole periods of the ordered dither (8 pixels).
    """
    found = []
    at = 0
    for step in (1, 2, 2):
        side, count = SIDE // step, SIZE.pixels // step**2
        plane = (
            np.frombuffer(raw[at : at + count], np.uint8)
            .reshape(LINES, side, COLUMNS, side)
            .transpose(0, 2, 1, 3)
        )
        edge = side // 4
        found.append(plane[:, :, edge:-edge, edge:-edge].mean(axis=(2, 3)).ravel())
        at += count
    return np.stack(found, axis=1)


def ours(name: str) -> Document:
    path = resources.entry("luts", name)
    return Document(path, path.read_bytes())


def meant(clip: Patches, *looks: Document, strength: float = 1.0) -> Floats:
    return compose([table(look) for look in looks], strength, clip.rgb.clip(0, 1))


def table(look: Document) -> Table:
    return cube.read(look.data, look.path.name)


def ideal(truth: Floats) -> float:
    """The cost of rounding to 8-bit codes alone: 0.21 all over the cube, 0.09 to 0.25 after a look."""
    return float(difference(to_rgb(to_yuv(truth).round()), truth).mean())


@pytest.mark.parametrize(
    ("look", "matrix"),
    [("punch", "bt709"), ("punch", "smpte170m"), ("warm", "bt709"), ("matte", "smpte170m")],
)
def test_a_look_costs_no_more_than_8_bit_rounding(look: str, matrix: str, tmp_path: Path) -> None:
    clip = patches(tmp_path, matrix)
    truth = meant(clip, ours(look))
    raw, _ = run(delivered(graded(clip, ours(look)), "none"), tmp_path)
    measured = difference(to_rgb(means(raw)), truth).mean()
    assert measured <= ideal(truth) + 0.005
    assert measured <= 0.22 or look != "punch"


def test_dithering_gives_the_exact_colour_on_average(tmp_path: Path) -> None:
    clip = patches(tmp_path)
    raw, _ = run(delivered(graded(clip, ours("film"), strength=0.7)), tmp_path)
    off = difference(to_rgb(means(raw)), meant(clip, ours("film"), strength=0.7))
    assert off.mean() <= 0.05
    assert off.max() <= 0.1


def test_the_measure_finds_an_8_bit_lut_and_a_wrong_matrix(tmp_path: Path) -> None:
    clip = patches(tmp_path)
    truth = meant(clip, ours("punch"))
    rgb = (
        tagged(clip)
        .filter("scale", in_color_matrix="bt709", in_range="tv", out_range="pc")
        .filter("format", pix_fmts="gbrp")
    )
    rough = rgb.filter("lut3d", file=str(resources.entry("luts", "punch"))).filter(
        "scale", out_color_matrix="bt709", out_range="tv"
    )
    raw, _ = run(rough.filter("format", pix_fmts="yuv420p"), tmp_path)
    assert difference(to_rgb(means(raw)), truth).mean() > ideal(truth) + 0.2
    other = patches(tmp_path, "smpte170m")
    wrong = delivered(graded(Patches(other.path, other.codes, "bt709"), ours("punch")))
    assert difference(to_rgb(means(run(wrong, tmp_path)[0])), meant(other, ours("punch"))).mean() > 1


@pytest.mark.parametrize("looks", [("warm",), ("film", "cool"), ("noir",)])
def test_ffmpeg_and_numpy_apply_the_same_cube(looks: tuple[str, ...], tmp_path: Path) -> None:
    clip = patches(tmp_path)
    documents = tuple(map(ours, looks))
    raw, _ = run(graded(clip, *documents), tmp_path)
    green, blue, red = (
        np.frombuffer(raw, np.float32)
        .reshape(3, LINES, SIDE, COLUMNS, SIDE)[:, :, SIDE // 2, :, SIDE // 2]
        .reshape(3, -1)
    )
    baked = cube.read(bake(documents, 1.0).content(), "baked.cube")
    assert np.abs(np.stack([red, green, blue], axis=1) - baked.apply(clip.rgb)).max() <= 1e-5


@pytest.mark.parametrize("look", [(), ("warm",)])
def test_the_bytes_do_not_depend_on_the_number_of_threads(look: tuple[str, ...], tmp_path: Path) -> None:
    clip = patches(tmp_path, "smpte170m")
    picture = delivered(graded(clip, *map(ours, look)))
    assert (
        len(
            {run(picture, tmp_path, ("-filter_complex_threads", str(threads)))[0] for threads in (1, 2, 4, 7)}
        )
        == 1
    )


@pytest.mark.parametrize(
    "pix_fmt", ["yuv420p", "yuvj420p", "yuv422p10le", "yuv444p12le", "yuva420p", "gray", "gbrp", "gbrp10le"]
)
@pytest.mark.parametrize("look", [(), ("warm",)])
def test_ffmpeg_inserts_no_scaler_of_its_own(look: tuple[str, ...], pix_fmt: str, tmp_path: Path) -> None:
    clip = patches(tmp_path)
    converted = (
        tagged(clip).filter("scale", w=320, h=176, size=Size(320, 176)).filter("format", pix_fmts=pix_fmt)
    )
    picture = converted if not look else cubed(converted, *map(ours, look))
    assert "auto-inserting" not in run(delivered(picture), tmp_path)[1]
    packed = converted.filter("format", pix_fmts="nv12")
    assert "auto-inserting" in run(delivered(packed), tmp_path)[1]


def test_an_untagged_picture_is_refused_not_guessed(tmp_path: Path) -> None:
    clip = patches(tmp_path)
    bare = tagged(clip).inputs[0]
    with pytest.raises(AssertionError, match="no path between colorspaces"):
        run(delivered(cubed(bare, ours("warm"))), tmp_path)


def test_without_a_look_the_same_colours_come_out_unrounded_again(tmp_path: Path) -> None:
    clip = patches(tmp_path)
    raw, _ = run(delivered(graded(clip)), tmp_path)
    assert raw == clip.path.read_bytes()[-SIZE.pixels * 3 // 2 :]
    other = patches(tmp_path, "smpte170m")
    assert difference(to_rgb(means(run(delivered(graded(other)), tmp_path)[0])), other.rgb).mean() <= 0.05
