"""Measures of finish alone: batches, revisions, joints, and whom crops keep."""

from __future__ import annotations

import json
import subprocess
import sys

from bench import composites, joints
from bench import revision as change
from bench import subjects as judge
from bench.clip import CENTRED, SECTIONS, Footage, make_batch
from bench.ground import ONE, THREE, Ground
from bench.measure import ROOT, in_turn
from bench.table import HEADER, Pair, Section, Target, table
from finish.planning.piece_spans import PIECE

CLIPS = 20
# The bounds: "flat" means at most 5 % growth, of a heap that is never given back.
OVERHEAD_MS, GROWTH = (150, 1.05)


def twenty(ground: Ground) -> list[Section]:
    """One job of twenty clips, in one process."""
    kinds = (Footage("320x180", 30, 1), Footage("1280x720", 30, min(2, ground.seconds)))
    text = (
        f"{CLIPS} different clips, one deliverable each (tiktok, centre crop, look, captions, loudness, "
        "checks), in one process. *Overhead* is the wall time beyond all FFmpeg commands run again with "
        "nobody around them, in the same order and as many at once; *idle* is the time in which no FFmpeg "
        "ran. Means over the batch, its start included. Memory is the most that our process has ever held, "
        "after clip 2 and clip 20."
    )
    return [Section("Twenty clips", text, (table(_TWENTY, [_twenty(ground, kind) for kind in kinds]),))]


_TWENTY = (
    "clips",
    "a clip takes ms",
    "FFmpeg alone ms",
    "overhead ms",
    "idle ms",
    "target",
    "",
    "MiB after 2",
    "after 10",
    "after 20",
    "flat",
)


def _twenty(ground: Ground, what: Footage) -> list[str]:
    job = make_batch(ground.root / f"batch-{what.size}", what, "tiktok", CLIPS)
    command = [sys.executable, "-m", "bench.twenty", str(job)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(f"the batch ended with {done.returncode}: {done.stderr[-2000:]}")
    measured = json.loads(done.stdout)
    took, alone, idle = (1000 * measured[name] / measured["clips"] for name in ("took", "alone", "idle"))
    over = took - alone
    early, half, late = (measured["peaks"][at - 1] / 1024 for at in (2, CLIPS // 2, CLIPS))
    met = ["met" if held else "**not met**" for held in (over <= OVERHEAD_MS, late <= GROWTH * early)]
    return [
        f"{what.seconds} s of {what.size}",
        f"{took:.0f}",
        f"{alone:.0f}",
        f"{over:.0f}",
        f"{idle:.0f}",
        f"≤ {OVERHEAD_MS}",
        met[0],
        f"{early:.0f}",
        f"{half:.0f}",
        f"{late:.0f}",
        met[1],
    ]


def revision(ground: Ground) -> list[Section]:
    """What pieces cost, and what a revision saves."""
    seconds = min(60, ground.seconds)
    bed = ground.bed("revision", THREE, SECTIONS, Footage("1920x1080", 30, seconds))
    revised = change.revised(bed, seconds)
    rounds = in_turn([change.in_one(bed), change.in_pieces(bed)], 1)
    change.one_keyframe(bed.clip)
    long = in_turn([change.in_one(bed), change.in_pieces(bed)], 1)
    pairs = [
        (
            Pair(
                "pictures in pieces : whole, keyframes every 2 s",
                "pieces",
                "one",
                Target(("CPU",), most=1.07),
            ),
            rounds,
        ),
        (
            Pair(
                "pictures in pieces : whole, one keyframe in all",
                "pieces",
                "one",
                Target(("CPU",), most=1.15),
            ),
            long,
        ),
    ]
    text = (
        f"{seconds} s of 1080p30, {len(THREE)} deliverables, in pieces of {float(PIECE):g} s; one round. "
        "Each revision is a whole `finish run` after the change, checks included, beside the first run of "
        "the job; its bound is (touched seconds + one piece) ÷ duration + 5 % of that run's wall."
    )
    lines = [
        [
            step.name,
            f"{step.cost.cpu:.1f}",
            f"{step.cost.wall:.1f}",
            f"{step.full.wall:.1f}",
            f"{100 * step.share:.0f} %",
            f"≤ {100 * step.bound:.0f} %",
            "met" if step.share <= step.bound else "**not met**",
        ]
        for step in revised
    ]
    costs = table(HEADER, [pair.cells(ratios) for pair, ratios in pairs])
    return [Section("Pieces and revisions", text, (costs, table(_REVISED, lines)))]


_REVISED = ("change", "CPU s", "wall s", "first run's wall s", "share", "bound", "")


def seams(ground: Ground) -> list[Section]:
    """What joints cost in quality."""
    seconds = min(14, ground.seconds)
    bed = ground.bed("joints", ONE, CENTRED + SECTIONS, Footage("1920x1080", 30, seconds))
    curve = joints.measured(bed)
    lines = [
        [
            f"crf {point.crf:g}",
            f"{point.whole.rate:.0f}",
            f"{point.pieces.rate:.0f}",
            f"{point.growth:+.1f} %",
            f"{point.whole.mean:.2f}",
            f"{point.pieces.mean:.2f}",
            f"{point.worst:+.2f}",
        ]
        for point in curve
    ]
    rate = joints.bd_rate(curve)
    text = (
        f"{seconds} s of 1080p30 to tiktok, whole and in pieces of {float(PIECE):g} s. BD-rate by VMAF: "
        f"**{rate:+.1f} %** (bound 3 %, {'met' if rate <= 3 else '**not met**'}). The last column is the "
        f"most that VMAF around a joint ({float(joints.NEAR):g} s on either side) lies below the whole "
        "encode's there (bound 1)."
    )
    return [Section("Joints", text, (table(_JOINTS, lines),))]


_JOINTS = ("", "whole kbit/s", "pieces", "size", "whole VMAF", "pieces", "worst joint")


def subjects(ground: Ground) -> list[Section]:
    """Whether the crop keeps who is in front, shot by shot."""
    crop = judge.judged_all(ground.root / "subjects")
    auto = judge.judged_all(ground.root / "layouts", "{layout: auto}")
    text = (
        "Vertical crops of real clips (tiktok, `follow: subject`), judged every quarter of a second on the "
        "source by SSDLite MobileNet v2, a detector of people that the planner doesn't use: how often the "
        "middle of the largest person is inside the crop, and how much of that person's width; the same "
        "with `layout: auto`; and for a crop of the middle. Shots in which the judge sees nobody are left "
        "out. The largest is not always whom a shot is about: in film-dialogue it is, at times, a dark back."
    )
    lines = [
        [
            shot.name,
            str(shot.frames),
            *(
                f"{100 * share:.0f} %"
                for share in (
                    shot.inside,
                    shot.width,
                    other.inside,
                    other.width,
                    shot.centre_inside,
                    shot.centre_width,
                )
            ),
        ]
        for shot, other in zip([*crop, judge.mean(crop)], [*auto, judge.mean(auto)], strict=True)
    ]
    return [Section("Subjects kept", text, (table(_SUBJECTS, lines),)), _composites()]


_SUBJECTS = (
    "shot",
    "judged frames",
    "middle inside",
    "width inside",
    "auto: middle",
    "width",
    "centre crop: middle",
    "width",
)


def _composites() -> Section:
    """Scenes of which it is known where everybody is."""
    folder = judge.FOOTAGE
    if not folder.is_dir():
        raise RuntimeError(f"no footage in {folder}")
    results = {way: composites.measured(folder, settings) for way, settings in composites.WAYS.items()}
    names = [scene.name for scene in next(iter(results.values()))[0]]
    lines = [
        [
            name,
            *(f"{100 * rows[number].covered:.0f} %" for rows, _, _ in results.values()),
            *(str(rows[number].cut) for rows, _, _ in results.values()),
        ]
        for number, name in enumerate(names)
    ]
    means = [f"{100 * sum(row.covered for row in rows) / len(rows):.1f} %" for rows, _, _ in results.values()]
    scores = sorted({f"{score:.2f}" for _, score, _ in results.values()})
    text = (
        "`python -m bench.composites FOOTAGE`: heads cut out of interviews, and a silhouette, over stills, "
        "so that it is known to the pixel where everybody is: how much of whom a scene is about shows, on "
        "the mean of its frames, and in how many a title is cut. F1 of the cuts, on their very frames: "
        f"{', '.join(scores)}."
    )
    return Section(
        "Scenes with exact truth",
        text,
        (
            table(
                ("scene", *results, *(f"cut letters: {way}" for way in results)),
                [*lines, ["mean", *means, *("" for _ in results)]],
            ),
        ),
    )
