"""The quality cost of joints: pieces against the whole encode at several crf.

As BD-rate by VMAF, and frame by frame around the joints.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from bench.clip import Bed
from bench.expert import by_hand
from bench.measure import quiet
from finish import graph
from finish.graph import Output
from finish.media.ffmpeg import piece_joining, process
from finish.planning.piece_spans import PIECE
from finish.planning.render_plan import Rendering

CRFS = (13.0, 16.0, 19.0, 22.0)
NEAR = Fraction(1, 2)  # s on either side of a joint that belong to it


@dataclass(frozen=True)
class Encoded:
    """One encode of a picture: kbit/s, and the VMAF of every frame."""

    rate: float
    vmaf: tuple[float, ...]

    @property
    def mean(self) -> float:
        return float(np.mean(self.vmaf))


@dataclass(frozen=True)
class Joints:
    """Whole and pieces at one crf."""

    crf: float
    whole: Encoded
    pieces: Encoded
    joints: tuple[int, ...]
    near: int

    @property
    def growth(self) -> float:
        """How much larger the pieces are, in percent."""
        return 100 * (self.pieces.rate / self.whole.rate - 1)

    @property
    def worst(self) -> float:
        """The largest drop of the mean VMAF around a joint below the whole encode's there."""
        return max(
            float(
                np.mean(self.whole.vmaf[at - self.near : at + self.near])
                - np.mean(self.pieces.vmaf[at - self.near : at + self.near])
            )
            for at in self.joints
        )


def measured(bed: Bed) -> list[Joints]:
    """The job's first deliverable at every crf."""
    one, curve = bed.renderings()[0], []
    for crf in CRFS:
        other = _at(one, crf)
        folder = bed.work / f"crf-{crf:g}"
        folder.mkdir()
        rate = one.planned.programme.rate
        joints = tuple(round(piece.span.start * rate) for piece in other.pieces[1:])
        curve.append(
            Joints(
                crf,
                _encoded(other, [other.picture], folder / "whole"),
                _encoded(other, [piece.picture for piece in other.pieces], folder / "pieces"),
                joints,
                round(NEAR * rate),
            )
        )
    return curve


def bd_rate(curve: Sequence[Joints]) -> float:
    """The additional rate of pieces at equal VMAF, in percent (Bjøntegaard, cubic in the log of the rate)."""
    curves = [
        (
            np.log([getattr(point, side).rate for point in curve]),
            np.array([getattr(point, side).mean for point in curve]),
        )
        for side in ("whole", "pieces")
    ]
    low = max(scores.min() for _, scores in curves)
    high = min(scores.max() for _, scores in curves)
    areas = []
    for rates, scores in curves:
        line = np.polyint(np.polyfit(scores, rates, 3))
        areas.append(np.polyval(line, high) - np.polyval(line, low))
    return float(100 * (np.exp((areas[1] - areas[0]) / (high - low)) - 1))


def _at(one: Rendering, crf: float) -> Rendering:
    """The same at another crf."""
    delivery = one.planned.deliverable.delivery
    picture = delivery.picture.model_copy(update={"crf": crf})
    rate = one.planned.programme.rate
    whole = one.picture.inputs[0].encoded(picture.encoding(rate))
    encoding = picture.piece(rate, PIECE, PIECE)
    assert encoding is not None
    return replace(
        one,
        picture=whole,
        pieces=tuple(
            replace(piece, picture=piece.picture.inputs[0].encoded(encoding)) for piece in one.pieces
        ),
    )


def _encoded(one: Rendering, pieces: Sequence[graph.Stream], folder: Path) -> Encoded:
    folder.mkdir()
    programme, files = one.planned.programme, []
    for number, piece in enumerate(pieces):
        files.append(folder / f"{number}.mp4")
        quiet(
            by_hand([Output((piece.inputs[0],), str(files[-1]), "mp4", piece.encoding.options)], folder),
            process.environment(),
        )
    target = folder / "all.mp4"
    piece_joining.join(
        files, [piece_joining.frame_count(piece_file) for piece_file in files], programme.rate, target
    )
    log = folder / "vmaf.json"
    file = graph.source("video", "delivered", str(target), index=0, demuxer="mov", size=one.picture.size)
    scored = file.filter("setpts", expr="PTS-STARTPTS").filter(
        "libvmaf", one.picture.inputs[0], n_threads=2, log_fmt="json", log_path=str(log)
    )
    quiet(by_hand([Output((scored,), "-", "null")], folder), process.environment())
    frames = json.loads(log.read_text())["frames"]
    size = sum(piece_file.stat().st_size for piece_file in files)
    return Encoded(
        size * 8 / 1000 / float(programme.duration), tuple(frame["metrics"]["vmaf"] for frame in frames)
    )
