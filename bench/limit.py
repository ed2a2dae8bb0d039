"""The floor: decode the clip once, and encode every deliverable from finished frames.

No delivery can cost less.
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from bench.clip import Bed
from bench.expert import as_ours, by_hand
from bench.measure import Side, quiet
from finish.graph import Output
from finish.media.ffmpeg import ffmpeg_runner, process
from finish.planning.render_plan import Rendering


def limit(bed: Bed) -> Side:
    """One process that decodes the clip to nothing, and encodes each deliverable from raw frames on disk.

    With the encoder options of finish.
    """
    renderings = bed.renderings()
    folder = bed.work / "finished"
    folder.mkdir()
    _refuse_a_full_disk(renderings, folder)
    raw = [_finished(one, folder) for one in renderings]
    command = [
        ffmpeg_runner.binary(),
        "-hide_banner",
        "-nostdin",
        "-nostats",
        "-y",
        "-v",
        "error",
        "-i",
        str(bed.clip),
    ]
    for one, path in zip(renderings, raw, strict=True):
        size, rate = one.planned.programme.frame, one.planned.programme.rate
        pix_fmt = one.planned.deliverable.delivery.picture.pix_fmt
        command += [
            "-f",
            "rawvideo",
            "-pix_fmt",
            pix_fmt,
            "-s",
            f"{size.width}x{size.height}",
            "-r",
            str(rate),
            "-i",
            str(path),
        ]
    command += ["-map", "0:v", "-c:v", "wrapped_avframe", "-f", "null", "-"]
    for index, one in enumerate(renderings, 1):
        options = [word for name, value in as_ours(one) for word in (f"-{name}", value)]
        command += ["-map", f"{index}:v", "-map", "0:a", *options, str(folder / one.filename)]
    return Side("limit", lambda: quiet(command, process.environment()), commands=(shlex.join(command),))


def _finished(one: Rendering, folder: Path) -> Path:
    """The deliverable's planned frames as raw bytes."""
    path = folder / f"{one.name}.yuv"

    output = Output(
        (one.picture.inputs[0],), str(path), "rawvideo", (("c:v", "rawvideo"), ("fps_mode", "passthrough"))
    )
    quiet(by_hand([output], folder), process.environment())
    return path


def _refuse_a_full_disk(renderings: tuple[Rendering, ...], folder: Path) -> None:
    """4:2:0 in 8 bits is 1.5 bytes per pixel; twice that leaves room for the rest."""
    needed = sum(3 * one.planned.programme.frame.pixels * one.planned.programme.frames for one in renderings)
    if shutil.disk_usage(folder).free < needed:
        raise RuntimeError(
            f"finished frames need {needed / 1e9:.0f} GB below {folder}: set TMPDIR to a larger disk"
        )
