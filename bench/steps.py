"""One file per step, as scripts do it, for each deliverable.

Grade, frame, captions, loudness in two passes, final encode.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bench.clip import Bed
from bench.expert import as_ours
from bench.measure import Side, quiet
from finish import graph
from finish.media.ffmpeg import ffmpeg_runner, process
from finish.model.deliverable import PlannedDeliverable
from finish.planning.render_plan import Rendering

# The most common choice of public scripts for such files: FFmpeg's default speed, at a crf where loss is hard
# to see.
USUAL = ("-c:v", "libx264", "-preset", "medium", "-crf", "18")
# The best choice for intermediates: fast to write, large, and nearly lossless.
KIND = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "12")
LOUDNORM = "loudnorm=I=-14:TP=-1.5:LRA=11"


@dataclass(frozen=True)
class Script:
    """The steps of one deliverable: `files` are written to `folder`, one after another."""

    clip: Path
    folder: Path
    look: str
    frame: str
    captions: str
    intermediate: tuple[str, ...]
    final: tuple[str, ...]
    suffix: str

    def commands(self) -> list[list[str]]:
        """The argv of every picture step and of the measuring pass; the last two need its result."""
        graded, framed, captioned = (
            str(self.folder / f"{step}.mp4") for step in ("1-graded", "2-framed", "3-captioned")
        )
        steps = [
            (str(self.clip), self.look, graded),
            (graded, self.frame, framed),
            (framed, self.captions, captioned),
        ]
        rendered = [
            _ffmpeg("-i", came, "-vf", filters, *self.intermediate, "-c:a", "copy", made)
            for came, filters, made in steps
        ]
        return [
            *rendered,
            _ffmpeg(
                "-i",
                captioned,
                "-vn",
                "-af",
                f"{LOUDNORM}:print_format=json",
                "-f",
                "null",
                "-",
                level="info",
            ),
        ]

    def closing(self, measured: str) -> list[list[str]]:
        """Loudness applied as measured, then the destination's own encode."""
        captioned, levelled = str(self.folder / "3-captioned.mp4"), str(self.folder / "4-levelled.mp4")
        level = ("-af", f"{LOUDNORM}:{measured}:linear=true", "-c:a", "aac", "-b:a", "192k", "-ar", "48000")
        return [
            _ffmpeg("-i", captioned, "-c:v", "copy", *level, levelled),
            _ffmpeg("-i", levelled, *self.final, "-c:a", "copy", str(self.folder / f"final{self.suffix}")),
        ]

    def run(self) -> None:
        logs = [quiet(command, process.environment()) for command in self.commands()]
        for command in self.closing(measured(logs[-1])):
            quiet(command, process.environment())


def steps(bed: Bed, name: str, intermediate: tuple[str, ...]) -> Side:
    """All deliverables of a job by scripts, one after another."""
    scripts = [script(bed, one, bed.work / name / one.name, intermediate) for one in bed.renderings()]
    first = scripts[0]
    commands = tuple(shlex.join(argv) for argv in (*first.commands(), *first.closing("measured_I=…")))
    return Side(name, lambda: [script.run() for script in scripts], commands=commands)


def script(bed: Bed, one: Rendering, folder: Path, intermediate: tuple[str, ...]) -> Script:
    """A deliverable's steps, with the cube, captions, and encoder options of finish, and a usual crop."""
    folder.mkdir(parents=True)
    look, captions = (str(payload(one.planned, suffix, folder)) for suffix in (".cube", ".ass"))
    encoding = dict(as_ours(one))
    final = [
        word
        for key, value in encoding.items()
        if not key.endswith(":a") and key not in ("ar", "ac")
        for word in (f"-{key}", value)
    ]
    return Script(
        bed.clip,
        folder,
        f"lut3d={look}",
        framing(one.planned),
        f"ass={captions}",
        intermediate,
        tuple(final),
        Path(one.filename).suffix,
    )


def framing(planned: PlannedDeliverable) -> str:
    """The middle of the picture in the destination's aspect, at its size."""
    frame = planned.programme.frame
    aspect = Fraction(frame.width, frame.height)
    return rf"crop=min(iw\,ih*{aspect}):min(ih\,iw/({aspect})),scale={frame.width}:{frame.height}"


def payload(planned: PlannedDeliverable, suffix: str, folder: Path) -> Path:
    """The cube or the captions of a plan, as a file."""
    values = (value for node in graph.history([planned.programme.picture]) for _, value in node.args)
    chosen = next(value for value in values if getattr(value, "suffix", "") == suffix)
    path = folder / f"payload{suffix}"
    path.write_bytes(chosen.content())
    return path


def measured(log: str) -> str:
    """The result of loudnorm's first pass, as options of its second."""
    result = json.loads(log[log.rindex("{") : log.rindex("}") + 1])
    names = {"I": "input_i", "TP": "input_tp", "LRA": "input_lra", "thresh": "input_thresh"}
    options = [f"measured_{name}={result[key]}" for name, key in names.items()]
    return ":".join([*options, f"offset={result['target_offset']}"])


def _ffmpeg(*arguments: str, level: str = "error") -> list[str]:
    return [ffmpeg_runner.binary(), "-hide_banner", "-nostdin", "-nostats", "-y", "-v", level, *arguments]
