"""The effect of a look on colours, and its cost: `python -m bench.grade CLIP`.

Patches: 1,280 flat colours all over the cube, 1,280 of the clip's own, in 4:2:0; ΔE2000 (colour-science) on a
BT.1886 screen to the exact look, beyond the cost of rounding the exact look to whole codes. The same for
FFmpeg's plain `lut3d` and for MoviePy's frames. CPU: the clip decoded, graded, and dropped; OpenColorIO's CPU
processor on the same frames in float.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median

import av
import numpy as np
from numpy.typing import NDArray

from finish import graph, resources
from finish.graph import Output, Stream, compile_outputs
from finish.media.ffmpeg import ffmpeg_runner
from finish.model import Document
from finish.stages.colour import cube
from finish.stages.colour.grading import PictureGrade
from finish.stages.colour.lut_bake import IDENTITY, bake
from finish.stages.reframe.delivery_frame import DeliveryFrame
from finish.units import Size

LOOKS = ("identity", "punch", "teal-orange", "vintage", "bleach", "sepia")
SIDE, COLUMNS, LINES = 32, 40, 32
SIZE = Size(SIDE * COLUMNS, SIDE * LINES)
Floats = NDArray[np.float64]
_TAGS = {"colorspace": "bt709", "range": "limited", "color_primaries": "bt709", "color_trc": "bt709"}
# Y′C′bC′r of R′G′B′, BT.709-6 items 3.2 to 3.5.
_YUV = np.array(((0.2126, 0.7152, 0.0722), (-0.114572, -0.385428, 0.5), (0.5, -0.454153, -0.045847)))


@dataclass(frozen=True)
class Depth:
    """Codes of this many bits, and FFmpeg's name for them."""

    bits: int
    pix_fmt: str

    def codes(self, rgb: Floats) -> Floats:
        scale = 2.0 ** (self.bits - 8)
        return np.asarray((rgb @ _YUV.T * (219, 224, 224) + (16, 128, 128)) * scale)

    def rgb(self, codes: Floats) -> Floats:
        scale = 2.0 ** (self.bits - 8)
        return np.asarray((codes / scale - (16, 128, 128)) / (219, 224, 224) @ np.linalg.inv(_YUV).T)

    def means(self, raw: bytes) -> Iterator[tuple[Floats, Floats]]:
        """For each plane: every patch's mean away from its edge, and its pixels there."""
        data, at = np.frombuffer(raw, np.uint8 if self.bits == 8 else "<u2"), 0
        for step in (1, 2, 2):
            side, count = SIDE // step, SIZE.pixels // step**2
            plane = data[at : at + count].reshape(LINES, side, COLUMNS, side).transpose(0, 2, 1, 3)
            inner = (
                plane[:, :, side // 4 : -(side // 4), side // 4 : -(side // 4)]
                .reshape(LINES * COLUMNS, -1)
                .astype(float)
            )
            yield inner.mean(1), np.repeat(inner[:, :, None], step**2, 2).reshape(len(inner), -1)
            at += count


EIGHT, TEN = Depth(8, "yuv420p"), Depth(10, "yuv420p10le")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.grade", description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="finish-grade-") as folder:
        work = Path(folder)
        for chart, colours in (("cube", _cube()), ("natural", _natural(settings.clip))):
            _tell(
                f"| {chart}: mean ΔE2000 beyond rounding | ours 8 | ours 10 | dithered 8: patch, pixel | "
                "lut3d | MoviePy |"
            )
            for look in LOOKS:
                _tell(_row(work, look, _patches(work, colours), EIGHT.rgb(EIGHT.codes(colours).round())))
        _tell(_cost(settings.clip, settings.runs))
    return 0


def _row(work: Path, look: str, clip: Path, colours: Floats) -> str:
    exact = cube.read(_document(look).data, look).apply(colours.clip(0, 1))
    ours = []
    for depth in (EIGHT, TEN):
        truth = _difference(depth.rgb(depth.codes(exact).round()), exact).mean()
        means = np.stack(
            [mean for mean, _ in depth.means(_run(work, _ours(clip, look, depth, "none"), depth))], 1
        )
        ours.append(_difference(depth.rgb(means), exact).mean() - truth)
    planes = list(EIGHT.means(_run(work, _ours(clip, look, EIGHT, "ordered"), EIGHT)))
    patch = _difference(EIGHT.rgb(np.stack([mean for mean, _ in planes], 1)), exact).mean()
    pixels = np.stack([pixels[:, :256] for _, pixels in planes], -1)
    pixel = np.mean([_difference(EIGHT.rgb(pixels[:, at]), exact).mean() for at in range(0, 256, 17)])
    floor = _difference(EIGHT.rgb(EIGHT.codes(exact).round()), exact).mean()
    others = [
        np.stack([mean for mean, _ in EIGHT.means(raw)], 1)
        for raw in (_plain(work, clip, look), _moviepy(work, clip, look))
    ]
    plain, moviepy = (_difference(EIGHT.rgb(other), exact).mean() - floor for other in others)
    return (
        f"| {look} | {ours[0]:+.4f} | {ours[1]:+.4f} | {patch:.3f}, "
        f"{pixel - floor:+.3f} | {plain:+.2f} | {moviepy:+.2f} |"
    )


def _cost(clip: Path, runs: int) -> str:
    """CPU seconds beyond decoding, the sides in turn."""
    source = graph.source("video", "clip", str(clip), index=0, demuxer="mov").filter("setparams", **_TAGS)
    look = _document("teal-orange").path
    graded = DeliveryFrame(Size(1920, 1080), "yuv420p")
    sides = {
        "decode": source,
        "ours": graded.of(
            PictureGrade(((Fraction(0), bake((_document("teal-orange"),), 1.0)),), Fraction(0)).of(source)
        ),
        "lut3d": source.filter("lut3d", file=str(look)).filter("format", pix_fmts="yuv420p"),
    }
    seconds: dict[str, list[float]] = {}
    for _ in range(runs):
        for name, stream in sides.items():
            seconds.setdefault(name, []).append(_timed(stream))
        seconds.setdefault("MoviePy's reader and numpy, 8 bits", []).append(_in_python(clip, look, "moviepy"))
        seconds.setdefault("PyAV and OpenColorIO, float", []).append(_in_python(clip, look, "ocio"))
    decode = median(seconds.pop("decode"))
    medians = {name: median(cost) - decode for name, cost in seconds.items()}
    return "CPU beyond decoding: " + ", ".join(
        f"{name} {cost:.2f} s ({medians['ours'] / cost:.2f}×)" for name, cost in medians.items()
    )


def _in_python(clip: Path, look: Path, how: str) -> float:
    """CPU seconds of a process that reads and grades a clip's frames, at most all of them."""
    code = {
        "moviepy": "from moviepy import VideoFileClip as V; from finish.stages.colour import cube; "
        "from pathlib import Path;"
        "import numpy as np; t=cube.read(Path({look!r}).read_bytes(),'x'); c=V({clip!r},audio=False);"
        "[(t.apply(f.reshape(-1,3)/255)*255+.5).astype(np.uint8) for f in c.iter_frames()]",
        "ocio": "import av, numpy as np, PyOpenColorIO as o; "
        "p=o.Config.CreateRaw().getProcessor(o.FileTransform({look!r},"
        "interpolation=o.INTERP_TETRAHEDRAL)).getDefaultCPUProcessor();\n"
        "for f in av.open({clip!r}).decode(video=0):\n"
        "  a=f.to_ndarray(format='rgb24').astype(np.float32)/255; "
        "p.apply(o.PackedImageDesc(a,a.shape[1],a.shape[0],3))",
    }[how].format(look=str(look), clip=str(clip))
    before = _children()
    subprocess.run([sys.executable, "-c", code], check=True, stdin=subprocess.DEVNULL)
    return _children() - before


def _timed(stream: Stream) -> float:
    before = _children()
    ffmpeg_runner.write([Output((stream,), "-", "null")])
    return _children() - before


def _children() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system


def _ours(clip: Path, look: str, depth: Depth, dither: str) -> Stream:
    source = graph.source(
        "video", str(time.monotonic_ns()), str(clip), index=0, demuxer="yuv4mpegpipe", size=SIZE
    )
    baked = IDENTITY if look == "identity" else bake((_document(look),), 1.0)
    final = DeliveryFrame(SIZE, depth.pix_fmt).of(
        PictureGrade(((Fraction(0), baked),), Fraction(0)).of(source.filter("setparams", **_TAGS))
    )
    scaled = final.inputs[0].inputs[0]
    args = tuple((name, dither if name == "dither" else value) for name, value in scaled.args)
    return Stream("video", "zscale", args, scaled.inputs, SIZE).filter("format", pix_fmts=depth.pix_fmt)


def _plain(work: Path, clip: Path, look: str) -> bytes:
    """The usual way: one filter, with FFmpeg's own conversions."""
    source = graph.source("video", "plain", str(clip), index=0, demuxer="yuv4mpegpipe", size=SIZE).filter(
        "setparams", **_TAGS
    )
    return _run(
        work,
        source.filter("lut3d", file=str(_document(look).path)).filter("format", pix_fmts="yuv420p"),
        EIGHT,
    )


def _moviepy(work: Path, clip: Path, look: str) -> bytes:
    from moviepy import VideoFileClip

    known = cube.read(_document(look).data, look)
    made = work / "moviepy.mkv"
    with VideoFileClip(str(clip), audio=False) as film:
        done = film.image_transform(
            lambda frame: (
                (known.apply(frame.reshape(-1, 3) / 255) * 255 + 0.5).astype(np.uint8).reshape(frame.shape)
            )
        )
        done.write_videofile(
            str(made), codec="ffv1", fps=25, audio=False, logger=None, ffmpeg_params=["-pix_fmt", "yuv420p"]
        )
    source = graph.source("video", "made", str(made), index=0, demuxer="matroska", size=SIZE)
    return _run(work, source.filter("format", pix_fmts="yuv420p"), EIGHT)


def _run(work: Path, stream: Stream, depth: Depth) -> bytes:
    target = work / "out.raw"
    lowered = compile_outputs(
        [Output((stream,), str(target), "rawvideo")], lambda payload: _placed(work, payload)
    )
    subprocess.run(
        [
            ffmpeg_runner.binary(),
            "-v",
            "error",
            "-nostdin",
            "-y",
            *lowered.inputs,
            "-filter_complex",
            lowered.graphs[0],
            *lowered.outputs,
        ],
        check=True,
    )
    return target.read_bytes()[: SIZE.pixels * 3 // 2 * (1 if depth.bits == 8 else 2)]


def _placed(work: Path, payload: graph.Payload) -> str:
    path = work / f"{payload.digest[:16]}{payload.suffix}"
    path.write_bytes(payload.content())
    return str(path)


def _document(look: str) -> Document:
    if look == "identity":
        path = Path(tempfile.gettempdir()) / "finish-identity.cube"
        path.write_bytes(IDENTITY.content())
    else:
        path = resources.entry("luts", look)
    return Document(path, path.read_bytes())


def _cube() -> Floats:
    colours = np.random.default_rng(8).uniform(0, 1, (LINES * COLUMNS, 3))
    colours[:COLUMNS] = np.linspace(0, 1, COLUMNS)[:, None]
    return colours


def _natural(clip: Path) -> Floats:
    """Colours of the clip's frames, evenly over time and place."""
    with av.open(str(clip)) as container:
        frames = [
            image.to_ndarray(format="rgb24")
            for number, image in enumerate(container.decode(video=0))
            if number % 25 == 0
        ]
    every = np.concatenate([frame.reshape(-1, 3) for frame in frames])
    return every[np.linspace(0, len(every) - 1, LINES * COLUMNS).astype(int)] / 255


def _patches(work: Path, colours: Floats) -> Path:
    codes = EIGHT.codes(colours).round()
    planes = [
        np.kron(codes[:, column].reshape(LINES, COLUMNS), np.ones((SIDE // step,) * 2))
        for column, step in enumerate((1, 2, 2))
    ]
    head = f"YUV4MPEG2 W{SIZE.width} H{SIZE.height} F25:1 Ip A1:1 C420mpeg2\nFRAME\n"
    path = work / "patches.y4m"
    path.write_bytes(head.encode() + b"".join(plane.astype(np.uint8).tobytes() for plane in planes))
    return path


def _difference(one: Floats, other: Floats) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour as science

        lab = [
            science.XYZ_to_Lab(science.RGB_to_XYZ(colours.clip(0, 1) ** 2.4, "ITU-R BT.709"))
            for colours in (one, other)
        ]
        return np.asarray(science.delta_E(*lab, method="CIE 2000"))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
