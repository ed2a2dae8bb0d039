"""Equal quality: a file's VMAF against its planned frames, and the expert's crf that reaches it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.clip import Bed
from bench.expert import Options, by_hand, expert
from bench.measure import Side, quiet
from finish import graph
from finish.graph import Output
from finish.media.ffmpeg import process
from finish.planning.render_plan import Rendering

AGREE = 0.3  # VMAF; half a step of crf makes this difference
EVERY = 5  # frames: both sides are asked about the same ones
TRIES = 6
SLOPE = -0.7  # VMAF for one step of crf near 18, to guess the second try from the first
RANGE = (8.0, 34.0)  # crf


@dataclass(frozen=True)
class Match:
    """One deliverable at equal quality: VMAF and kbit/s of both sides, and the expert's crf."""

    name: str
    ours: float
    theirs: float
    crf: float
    our_rate: float
    their_rate: float


def vmaf(one: Rendering, delivered: Path, work: Path) -> float:
    """Mean VMAF (model v0.6.1) of a file against its planned frames, which are computed anew."""
    log = work / "vmaf.json"
    file = graph.source("video", "delivered", str(delivered), index=0, demuxer="mov", size=one.picture.size)
    scored = file.filter("setpts", expr="PTS-STARTPTS").filter(
        "libvmaf",
        one.picture.inputs[0],
        n_threads=os.cpu_count() or 1,
        n_subsample=EVERY,
        log_fmt="json",
        log_path=str(log),
    )
    quiet(by_hand([Output((scored,), "-", "null")], work), process.environment())
    return float(json.loads(log.read_text())["pooled_metrics"]["vmaf"]["mean"])


def an_experts(crf: Mapping[str, float]) -> Callable[[Rendering], Options]:
    """An expert's x264 and AAC settings, with x264's defaults for the rest; sound at the same rate."""

    def options(one: Rendering) -> Options:
        sound = one.planned.deliverable.delivery.sound
        return (
            ("c:v", "libx264"),
            ("preset", "medium"),
            ("crf", f"{crf[one.name]:g}"),
            ("pix_fmt", "yuv420p"),
            ("c:a", "aac"),
            ("b:a", f"{sound.bit_rate}k"),
            ("ar", str(sound.rate)),
            ("movflags", "+faststart"),
        )

    return options


def matched(bed: Bed) -> tuple[Side, tuple[Match, ...]]:
    """The expert's command whose files all match; RuntimeError if no crf does.

    The files of finish must be in `out/`.
    """
    renderings = bed.renderings()
    scores = bed.work / "vmaf"
    scores.mkdir()
    ours = {one.name: vmaf(one, bed.folder / "out" / one.filename, scores) for one in renderings}
    crf = {one.name: 18.0 for one in renderings}
    trials: dict[str, list[tuple[float, float]]] = {one.name: [] for one in renderings}
    for _ in range(TRIES):
        side = expert(bed, an_experts(crf), "matched")
        side.run()
        for one in renderings:
            trials[one.name].append((crf[one.name], vmaf(one, bed.work / "matched" / one.filename, scores)))
        if all(abs(trials[name][-1][1] - ours[name]) <= AGREE for name in ours):
            return side, tuple(_match(bed, one, ours[one.name], trials[one.name][-1]) for one in renderings)
        crf = {name: closer(trials[name], ours[name]) for name in ours}
    raise RuntimeError(f"no crf brings the expert's VMAF within {AGREE} of ours: {ours}, tried {trials}")


def closer(trials: list[tuple[float, float]], target: float) -> float:
    """The next crf to try, in tenths; the last two trials give the slope."""
    crf, score = trials[-1]
    if abs(score - target) <= AGREE:
        return crf
    slope = SLOPE
    if len(trials) > 1 and trials[-2][0] != crf:
        slope = min(-0.05, (score - trials[-2][1]) / (crf - trials[-2][0]))
    return round(min(max(crf + (target - score) / slope, RANGE[0]), RANGE[1]), 1)


def _match(bed: Bed, one: Rendering, ours: float, theirs: tuple[float, float]) -> Match:
    def kbits(path: Path) -> float:
        return path.stat().st_size * 8 / 1000 / float(one.planned.programme.duration)

    return Match(
        one.name,
        ours,
        theirs[1],
        theirs[0],
        kbits(bed.folder / "out" / one.filename),
        kbits(bed.work / "matched" / one.filename),
    )
