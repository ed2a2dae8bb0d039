"""Matching of drifted shots: `python -m bench.drift CLIP…`.

FFmpeg drifts clips by ±0.3 stop and ±600 K, and finish matches them to the original.Both sides are deliveries
by finish; ΔE2000 is colour-science's, of every pixel of a quarter of the frames at a width of 320. Then a
series: one clip in five parts that drifted in five ways, matched to one still of it; the result is the jump
of the mean colour from part to part.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import av
import colour as science
import cv2
import numpy as np
from numpy.typing import NDArray

from finish import api
from finish.media.ffmpeg import ffmpeg_runner

STOPS, KELVIN = (0.3, -0.3), (5900, 7100)
SERIES = ((0.3, 5900), (-0.3, 7100), (0.15, 7100), (-0.3, 5900), (0.3, 7100))
_TAGS = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"]
_STATED = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One drifted clip: the mean ΔE2000 to the original before and after matching, and the worst frame's."""

    clip: str
    stops: float
    kelvin: int
    before: float
    after: float
    worst: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.drift", description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=6)
    settings = parser.parse_args()
    science.utilities.filter_warnings()
    rows: list[Row] = []
    for clip in settings.clips:
        with tempfile.TemporaryDirectory(prefix="finish-drift-") as folder:
            rows += _clip(Path(folder), clip, settings.seconds)
            before, after = _series(Path(folder), settings.seconds)
        _tell(
            f"{clip.name}: a series of {len(SERIES)}: jumps of the mean colour at its cuts beyond the "
            f"original's: ΔE {before:.2f} → {after:.2f}"
        )
    _tell(f"all: {np.mean([row.before for row in rows]):.2f} → {np.mean([row.after for row in rows]):.2f}")
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _clip(folder: Path, clip: Path, seconds: float) -> Iterator[Row]:
    original = _cut(clip, folder / "original.mp4", "0", seconds, f"{_STATED},setpts=PTS-STARTPTS")
    truth = _frames(_finished(folder, original, None))
    for stops, kelvin in product(STOPS, KELVIN):
        drifted = _cut(original, folder / "drifted.mp4", "0", seconds, drift(stops, kelvin))
        sides = [_apart(_frames(_finished(folder, drifted, match)), truth) for match in (None, original)]
        row = Row(
            clip.name, stops, kelvin, float(sides[0].mean()), float(sides[1].mean()), float(sides[1].max())
        )
        _tell(
            f"{row.clip} {stops:+.1f} stop, {kelvin} K: ΔE {row.before:.2f} → {row.after:.2f} (worst frame "
            f"{row.worst:.2f})"
        )
        yield row


def _series(folder: Path, seconds: float) -> tuple[float, float]:
    """The mean jump at the cuts of a series beyond that of the original, before and after."""
    still, length = folder / "still.png", seconds / len(SERIES)
    _run("-i", str(folder / "original.mp4"), "-frames:v", "1", str(still))
    parts = [
        (
            _cut(
                folder / "original.mp4", folder / f"part{number}.mp4", f"{number * length}", length, _STATED
            ),
            amounts,
        )
        for number, amounts in enumerate(SERIES)
    ]
    drifted = [
        _cut(part, folder / f"drifted{number}.mp4", "0", length, drift(*amounts))
        for number, (part, amounts) in enumerate(parts)
    ]
    means = []
    for match, clips in ((None, [part for part, _ in parts]), (None, drifted), (still, drifted)):
        delivered = [_frames(_finished(folder, clip, match)) for clip in clips]
        means.append(
            [(_lab(amounts[0]).mean((0, 1)), _lab(amounts[-1]).mean((0, 1))) for amounts in delivered]
        )
    jumps = [np.array([later[0] - one[1] for one, later in pairwise(mean)]) for mean in means]
    before, after = (float(np.linalg.norm(jump - jumps[0], axis=1).mean()) for jump in jumps[1:])
    return before, after


def drift(stops: float, kelvin: int) -> str:
    """FFmpeg filters that make a picture brighter in linear light, and warmer or colder."""
    return ",".join(
        (
            _STATED,
            "zscale=matrix=gbr:transfer=linear:range=full",
            "format=gbrpf32le",
            f"exposure=exposure={stops}",
            "zscale=transfer=709",
            "format=gbrp16le",
            f"colortemperature=temperature={kelvin}",
            "zscale=matrix=709:range=limited:transfer=709:primaries=709:dither=error_diffusion",
            "format=yuv420p",
        )
    )


def _cut(clip: Path, target: Path, start: str, seconds: float, filters: str) -> Path:
    _run(
        "-ss",
        start,
        "-i",
        str(clip),
        "-t",
        str(seconds),
        "-an",
        "-vf",
        filters,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "8",
        "-pix_fmt",
        "yuv420p",
        *_TAGS,
        str(target),
    )
    return target


def _run(*options: str) -> None:
    subprocess.run([ffmpeg_runner.binary(), "-v", "error", "-nostdin", "-y", *options], check=True)


def _finished(folder: Path, clip: Path, match: Path | None) -> Path:
    chain = api.open(clip).reframe(follow="pad").sound(target="none")
    chain = chain.colour(match={"to": str(match)}) if match else chain
    return chain.render(folder / "out.mp4", "youtube", store=folder / "store").path


def _frames(path: Path) -> list[Floats]:
    """R'G'B' of 0 to 1 of every fourth frame, and of the last, 320 pixels wide."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    chosen = sorted({*range(0, len(frames), 4), len(frames) - 1})
    return [cv2.resize(frames[place], (320, 180), interpolation=cv2.INTER_AREA) / 255.0 for place in chosen]


def _apart(one: list[Floats], other: list[Floats]) -> Floats:
    return np.array(
        [science.delta_E(_lab(a), _lab(b), method="CIE 2000").mean() for a, b in zip(one, other, strict=True)]
    )


def _lab(rgb: Floats) -> Floats:
    space = science.RGB_COLOURSPACES["ITU-R BT.709"]
    return np.asarray(science.XYZ_to_Lab(rgb**2.4 @ space.matrix_RGB_to_XYZ.T, space.whitepoint))


if __name__ == "__main__":
    sys.exit(main())
