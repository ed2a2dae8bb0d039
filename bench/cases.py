"""The comparisons: what is put beside what, on which footage, and what was promised of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import composites, joints
from bench import revision as change
from bench import subjects as judge
from bench.clip import CENTRED, SECTIONS, Bed, Footage, make_batch, make_bed, rendering, whole
from bench.expert import as_ours, expert
from bench.limit import limit
from bench.measure import ROOT, Side, in_turn
from bench.quality import Match, matched
from bench.rivals import PLATFORMS, kinocut, moviepy
from bench.steps import KIND, USUAL, steps
from bench.table import HEADER, Pair, Section, Target, table
from finish import resources
from finish.planning.piece_spans import PIECE

ONE, THREE = ("tiktok",), ("tiktok", "youtube", "instagram-reels")
CLIPS = 20
# The bounds: "flat" means at most 5 % growth, of a heap that is never given back.
OVERHEAD_MS, GROWTH = (150, 1.05)


@dataclass(frozen=True)
class Ground:
    """Where the bench works, for how long a clip, and how many rounds."""

    root: Path
    seconds: int
    runs: int

    def bed(self, name: str, presets: tuple[str, ...], sections: str, footage: Footage) -> Bed:
        missing = sorted(set(presets) - set(resources.names("presets")))
        if missing:
            raise RuntimeError(f"no preset {', '.join(missing)} in this checkout")
        return make_bed(self.root / f"{name}-{len(presets)}", footage, presets, sections)

    @property
    def footage(self) -> Footage:
        return Footage("1920x1080", 30, self.seconds)


def by_hand(ground: Ground, names: frozenset[str]) -> list[Section]:
    """(a) and the limit, in the same rounds: they share ours."""
    return [_by_hand(ground, presets, names) for presets in (ONE, THREE)]


def _by_hand(ground: Ground, presets: tuple[str, ...], names: frozenset[str]) -> Section:
    bed = ground.bed("hand", presets, CENTRED + SECTIONS, ground.footage)
    sides = [whole(bed), rendering(bed)]
    sides[0].run()
    makers: Mapping[str, Callable[[], Side]] = {
        "a": lambda: expert(bed, as_ours),
        "limit": lambda: limit(bed),
    }
    sides += [maker() for case, maker in makers.items() if case in names]
    rounds = in_turn(sides, ground.runs)
    # The main job's bound for one deliverable, this one's for several.
    target = Target(("CPU",), most=1.05 if len(presets) > 1 else 1.10)
    pairs = [
        Pair("(a) rendering : expert's command", "ours", "expert", target),
        Pair("whole run : expert's command", "whole", "expert"),
        Pair("rendering : the limit", "ours", "limit"),
        Pair("whole run : the limit", "whole", "limit"),
    ]
    title = f"By hand, {_count(presets)} at equal encoder settings"
    cells = [pair.cells(rounds) for pair in pairs if pair.theirs in rounds]
    return Section(title, _NEAR, (table(HEADER, cells),), tuple(side.commands for side in sides))


_NEAR = (
    "Centre crop, look, captions, loudness. *Rendering* is all that `finish run` does but analysis (recalled "
    "from the store) and checks, "
    "its start included; the *whole run* begins with an empty store and does everything. (a) is one FFmpeg "
    "process with our filters, cube, "
    "captions and encoder options that knows the gain already; ours renders in pieces and keeps the planned "
    "frames that its checks "
    "compare with. The limit decodes the clip once and encodes raw finished frames, and does "
    "nothing else. Ratios are ours ÷ theirs."
)


def one_file_a_step(ground: Ground) -> list[Section]:
    """(b), on at most 5 s and in one round: it takes its time, and the factor is far from the bound."""
    return [_one_file_a_step(ground, presets) for presets in (ONE, THREE)]


def _one_file_a_step(ground: Ground, presets: tuple[str, ...]) -> Section:
    seconds = min(5, ground.seconds)
    bed = ground.bed("steps", presets, CENTRED + SECTIONS, Footage("1920x1080", 30, seconds))
    sides = [whole(bed), rendering(bed)]
    sides[0].run()
    sides += [steps(bed, "usual", USUAL), steps(bed, "kind", KIND)]
    rounds = in_turn(sides, 1)
    three = Target(("CPU", "wall"), least=3.0) if len(presets) > 1 else None
    pairs = [
        Pair(f"(b) {how} : {what}", ours, theirs, bound, faster=True)
        for theirs, how, bound in (("usual", "medium crf 18", three), ("kind", "veryfast crf 12", None))
        for ours, what in (("ours", "rendering"), ("whole", "whole run"))
    ]
    text = (
        f"{seconds} s of 1080p30, one round. (b) is one process and one file a step, with the intermediates' "
        "settings as named: medium at "
        "crf 18 is near what most scripts that we read say, veryfast at crf 12 is the kindest choice. Ratios "
        "are theirs ÷ ours."
    )
    return Section(
        f"One file a step, {_count(presets)}",
        text,
        (table(HEADER, [pair.cells(rounds) for pair in pairs]),),
        tuple(side.commands for side in sides if side.name != "kind"),
    )


def equal_quality(ground: Ground) -> list[Section]:
    """Our shipped presets as they are, against x264 medium as an expert would ask for it, where VMAF says the
    same."""
    return [_equal_quality(ground, presets) for presets in (ONE, THREE)]


def _equal_quality(ground: Ground, presets: tuple[str, ...]) -> Section:
    seconds = min(8, ground.seconds)
    bed = ground.bed("quality", presets, SECTIONS, Footage("1920x1080", 30, seconds))
    ours = whole(bed)
    ours.run()
    theirs, matches = matched(bed)
    rounds = in_turn([ours, theirs], ground.runs)
    pair = Pair("whole run : expert at equal VMAF", "whole", "matched", Target(("wall",), most=1.35))
    text = (
        f"{seconds} s of 1080p30. The shipped presets as they are (the vertical follows faces, so shots and "
        "faces are analysed), start, "
        "analysis, encode and checks "
        "included, against one command with x264 medium and its own defaults, whose crf was searched until "
        "VMAF agrees within 0.3. "
        "Ratios are ours ÷ theirs."
    )
    tables = (table(HEADER, [pair.cells(rounds)]), table(_MATCHED, [_matched(match) for match in matches]))
    return Section(f"Equal quality, {_count(presets)}", text, tables, (ours.commands, theirs.commands))


_MATCHED = ("deliverable", "our VMAF", "theirs", "their crf", "our kbit/s", "theirs")


def _matched(match: Match) -> list[str]:
    return [
        match.name,
        f"{match.ours:.2f}",
        f"{match.theirs:.2f}",
        f"{match.crf:g}",
        f"{match.our_rate:.0f}",
        f"{match.their_rate:.0f}",
    ]


def beside_moviepy(ground: Ground) -> list[Section]:
    """(c), on at most 5 s and in one round: it takes its time, and the factor is far from the bound."""
    return [_beside_moviepy(ground, presets) for presets in (ONE, THREE)]


def _beside_moviepy(ground: Ground, presets: tuple[str, ...]) -> Section:
    seconds = min(5, ground.seconds)
    bed = ground.bed("moviepy", presets, CENTRED + SECTIONS, Footage("1920x1080", 30, seconds))
    sides = [whole(bed), rendering(bed)]
    sides[0].run()
    sides += [moviepy(bed, "numpy"), moviepy(bed, "pillow")]
    rounds = in_turn(sides, 1)
    pairs = [
        Pair(f"(c) look by {how} : {what}", ours, theirs, bound, faster=True)
        for theirs, how, bound in (
            ("numpy", "NumPy lookup", Target(("wall",), least=5.0)),
            ("pillow", "Pillow's Color3DLUT", None),
        )
        for ours, what in (("ours", "rendering"), ("whole", "whole run"))
    ]
    text = (
        f"{seconds} s of 1080p30, one round. `bench/with_moviepy.py` is what a user of MoviePy would write: "
        "centre crop first, a "
        "`TextClip` a cue, "
        "the gain known, our encoder's settings; the look as most write it, one NumPy lookup a pixel, and "
        "again by Pillow's own table, "
        "which is the kindest choice. Ratios are theirs ÷ ours."
    )
    return Section(
        f"MoviePy 2, {_count(presets)}",
        text,
        (table(HEADER, [pair.cells(rounds) for pair in pairs]),),
        tuple(side.commands for side in sides),
    )


def beside_kinocut(ground: Ground) -> list[Section]:
    """(d): 20 s of 720p24 to three verticals; ours grades, burns captions, follows faces and checks
    besides."""
    bed = ground.bed(
        "kinocut", tuple(PLATFORMS), SECTIONS, Footage("1280x720", 24, min(20, ground.seconds), grain=0)
    )
    sides = [whole(bed), kinocut(bed)]
    rounds = in_turn(sides, ground.runs)
    pair = Pair(
        "(d) kinocut : whole run", "whole", "kinocut", Target(("CPU", "wall"), least=2.5), faster=True
    )
    text = (
        f"kinocut 1.16.4, `repurpose`, {min(20, ground.seconds)} s of 720p24 in three 9:16. Its release "
        "checkpoint (scores, thumbnails) is "
        "skipped; it neither grades nor burns captions. Ours is the whole run with all its checks: graded, "
        "captioned, faces followed. "
        "Each has its own encoder settings. Ratios are theirs ÷ ours."
    )
    return [
        Section(
            "kinocut", text, (table(HEADER, [pair.cells(rounds)]),), tuple(side.commands for side in sides)
        )
    ]


def twenty(ground: Ground) -> list[Section]:
    """One job of twenty clips, in one process."""
    kinds = (Footage("320x180", 30, 1), Footage("1280x720", 30, min(2, ground.seconds)))
    text = (
        f"{CLIPS} different clips, one deliverable each (tiktok, centre crop, look, captions, loudness, "
        "checks), in one process. "
        "*Overhead* is the wall time beyond all FFmpeg commands run again with nobody around them, in the "
        "same order and as many at once; "
        "*idle* is the time in which no FFmpeg ran. Means over the batch, its start included. "
        "Memory is the most that our process has ever held, after clip 2 and clip 20."
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
        f"{seconds} s of 1080p30, {len(THREE)} deliverables, in pieces of {float(PIECE):g} s; "
        "one round. Each revision is a whole "
        "`finish run` after the change, checks included, beside the first run of the job; its bound is "
        "(touched seconds + one piece) ÷ "
        "duration + 5 % of that run's wall."
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
        f"{seconds} s of 1080p30 to tiktok, whole and in pieces of {float(PIECE):g} s. BD-rate "
        f"by VMAF: **{rate:+.1f} %** (bound "
        f"3 %, {'met' if rate <= 3 else '**not met**'}). The last column is the most that VMAF around a "
        "joint "
        f"({float(joints.NEAR):g} s on either side) lies below the whole encode's there (bound 1)."
    )
    return [Section("Joints", text, (table(_JOINTS, lines),))]


_JOINTS = ("", "whole kbit/s", "pieces", "size", "whole VMAF", "pieces", "worst joint")


def subjects(ground: Ground) -> list[Section]:
    """Whether the crop keeps who is in front, shot by shot."""
    crop = judge.judged_all(ground.root / "subjects")
    auto = judge.judged_all(ground.root / "layouts", "{layout: auto}")
    text = (
        "Vertical crops of real clips (tiktok, `follow: subject`), judged every quarter of a second on the "
        "source by SSDLite MobileNet v2, "
        "a detector of people that the planner doesn't use: how often the middle of the largest person is "
        "inside the crop, and how much "
        "of that person's width; the same with `layout: auto`; and for a crop of the middle. Shots in which "
        "the judge sees nobody are "
        "left out. The largest is not always whom a shot is about: in film-dialogue it is, at times, a dark "
        "back."
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
        "so that it is known to the "
        "pixel where everybody is: how much of whom a scene is about shows, on the mean of its frames, and "
        "in how many a title is cut. "
        f"F1 of the cuts, on their very frames: {', '.join(scores)}."
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


def _count(presets: tuple[str, ...]) -> str:
    return (
        f"one deliverable ({presets[0]})"
        if len(presets) == 1
        else f"{len(presets)} deliverables ({', '.join(presets)})"
    )
