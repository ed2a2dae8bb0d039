"""The comparisons: what is compared with what, on which footage, and which ratio was promised."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.clip import CENTRED, SECTIONS, Footage, rendering, whole
from bench.expert import as_ours, expert
from bench.ground import ONE, THREE, Ground
from bench.limit import limit
from bench.measure import Side, in_turn
from bench.quality import Match, matched
from bench.rivals import PLATFORMS, kinocut, moviepy
from bench.steps import KIND, USUAL, steps
from bench.table import HEADER, Pair, Section, Target, table


def by_hand(ground: Ground, names: frozenset[str]) -> list[Section]:
    """(a) and the limit, in the same rounds: they share finish's own side."""
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
    "Centre crop, look, captions, loudness. *Rendering* is all that `finish run` does but analysis "
    "(recalled from the store) and checks, its start included; the *whole run* begins with an empty store "
    "and does everything. (a) is one FFmpeg process with our filters, cube, captions and encoder options "
    "that knows the gain already; ours renders in pieces and keeps the planned frames that its checks "
    "compare with. The limit decodes the clip once and encodes raw finished frames, and does nothing else. "
    "Ratios are ours ÷ theirs."
)


def one_file_a_step(ground: Ground) -> list[Section]:
    """(b), with at most 5 s and one round: it takes long, and the factor is far from the bound."""
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
        f"{seconds} s of 1080p30, one round. (b) is one process and one file a step, with the "
        "intermediates' settings as named: medium at crf 18 is near what most scripts that we read say, "
        "veryfast at crf 12 is the kindest choice. Ratios are theirs ÷ ours."
    )
    return Section(
        f"One file a step, {_count(presets)}",
        text,
        (table(HEADER, [pair.cells(rounds) for pair in pairs]),),
        tuple(side.commands for side in sides if side.name != "kind"),
    )


def equal_quality(ground: Ground) -> list[Section]:
    """The shipped presets against x264 medium with an expert's settings, at equal VMAF."""
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
        "faces are analysed), start, analysis, encode and checks included, against one command with x264 "
        "medium and its own defaults, whose crf was searched until VMAF agrees within 0.3. Ratios are ours "
        "÷ theirs."
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
    """(c), with at most 5 s and one round: it takes long, and the factor is far from the bound."""
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
        "centre crop first, a `TextClip` a cue, the gain known, our encoder's settings; the look as most "
        "write it, one NumPy lookup a pixel, and again by Pillow's own table, which is the kindest choice. "
        "Ratios are theirs ÷ ours."
    )
    return Section(
        f"MoviePy 2, {_count(presets)}",
        text,
        (table(HEADER, [pair.cells(rounds) for pair in pairs]),),
        tuple(side.commands for side in sides),
    )


def beside_kinocut(ground: Ground) -> list[Section]:
    """(d): 20 s of 720p24 to three vertical deliverables.

    finish also grades, burns captions in, follows faces, and checks.
    """
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
        "checkpoint (scores, thumbnails) is skipped; it neither grades nor burns captions. Ours is the "
        "whole run with all its checks: graded, captioned, faces followed. Each has its own encoder "
        "settings. Ratios are theirs ÷ ours."
    )
    return [
        Section(
            "kinocut", text, (table(HEADER, [pair.cells(rounds)]),), tuple(side.commands for side in sides)
        )
    ]


def _count(presets: tuple[str, ...]) -> str:
    return (
        f"one deliverable ({presets[0]})"
        if len(presets) == 1
        else f"{len(presets)} deliverables ({', '.join(presets)})"
    )
