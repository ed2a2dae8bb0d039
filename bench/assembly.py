"""A programme of many clips: its cost beside the best single FFmpeg command, and its memory."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from bench.clip import Bed, Footage, make_clip, rendering, whole
from bench.expert import as_ours, expert
from bench.ground import Ground
from bench.measure import ROOT, Side, in_turn, quiet, ratio
from bench.table import HEADER, Pair, Section, table
from finish.media.ffmpeg import ffmpeg_runner, process

CLIPS, SECONDS, DISSOLVE = 12, 5, 0.4  # the dissolve in s, centred on each joint
NEARNESS = 0.05  # the bound: how much more than for one clip the ratio may be
COUNTS, FLAT = (5, 15, 50), 1.05  # clips, and the growth of memory that is still "flat"
PRESET, SIZE = "youtube", "1280x720"
_HANDLE = 0.5  # s of a clip before its range and after it
_SETTINGS = "sound: {target: none}\nreframe: {follow: centre}\n"


@dataclass(frozen=True)
class Cut:
    """A rough cut of `count` clips of `seconds`, with a dissolve at each joint."""

    count: int
    seconds: float
    size: str

    @property
    def footage(self) -> Footage:
        return Footage(self.size, 30, round(self.seconds + 2 * _HANDLE))

    def bed(self, root: Path) -> Bed:
        """A job folder with the clips and the timeline; without joints if there is one clip."""
        folder, work = root / "job", root / "theirs"
        work.mkdir(parents=True)
        (folder / "media").mkdir(parents=True)
        clips = [
            make_clip(folder / f"media/{number:02d}.mp4", replace(self.footage, seed=number))
            for number in range(self.count)
        ]
        (folder / "job.yaml").write_text(
            f"{self.timeline(clips)}{_SETTINGS}deliverables:\n"
            f"  - {{name: {PRESET}, preset: {PRESET}, encode: {{size: {self.size}}}}}\n"
        )
        return Bed(folder, clips[0], work, (PRESET,))

    def timeline(self, clips: Sequence[Path]) -> str:
        if self.count == 1:
            return f"source: media/{clips[0].name}\n"
        lines = [
            f"  - {{clip: media/{clip.name}, in: {_HANDLE}, out: {_HANDLE + self.seconds}"
            f"{f', transition: {{dissolve: {DISSOLVE}}}' if number else ''}}}\n"
            for number, clip in enumerate(clips)
        ]
        return f"timeline:\n{''.join(lines)}"


# -- the best single command ------------------------------------------------------------------------


def by_hand(bed: Bed, cut: Cut) -> Side:
    """One FFmpeg process: seeks, `xfade` and `acrossfade`, and the encoder's options of finish."""
    (one,) = bed.renderings()
    target = bed.work / "by-hand.mp4"
    clips = sorted((bed.folder / "media").iterdir())
    command = [ffmpeg_runner.binary(), "-hide_banner", "-nostdin", "-nostats", "-v", "error", "-y"]
    for number, clip in enumerate(clips):
        command += [*_range(number, cut), "-i", str(clip)]
    command += ["-filter_complex", graph_text(cut)] if cut.count > 1 else []
    maps = ("[picture]", "[sound]") if cut.count > 1 else ("0:v", "0:a")
    command += [word for name in maps for word in ("-map", name)]
    command += [word for name, value in as_ours(one) for word in (f"-{name}", value)]
    command.append(str(target))
    return Side("hand", lambda: quiet(command, process.environment()), commands=(shlex.join(command),))


def _range(number: int, cut: Cut) -> list[str]:
    """FFmpeg's options for what of a clip is read: its range, and its halves of dissolves."""
    if cut.count == 1:
        return []
    before = DISSOLVE / 2 if number else 0
    after = DISSOLVE / 2 if number < cut.count - 1 else 0
    return ["-ss", f"{_HANDLE - before:g}", "-t", f"{cut.seconds + before + after:g}"]


def graph_text(cut: Cut) -> str:
    """The filter graph of the command: a chain of cross-fades."""
    numbers = range(1, cut.count)
    joints = list(accumulate([cut.seconds] * (cut.count - 1)))
    tags = "settb=1/30,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    parts = [f"[{number}:v]{tags}[v{number}]" for number in range(cut.count)]
    pictures, sounds = "[v0]", "[0:a]"
    for number, joint in zip(numbers, joints, strict=True):
        last = number == cut.count - 1
        names = ("[picture]", "[sound]") if last else (f"[p{number}]", f"[s{number}]")
        offset = joint - DISSOLVE / 2
        parts.append(
            f"{pictures}[v{number}]xfade=transition=fade:duration={DISSOLVE}:offset={offset:g}{names[0]}"
        )
        parts.append(f"{sounds}[{number}:a]acrossfade=d={DISSOLVE}:c1=qsin:c2=qsin{names[1]}")
        pictures, sounds = names
    return ";".join(parts)


# -- memory -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Peak:
    """The most memory (MiB): of all processes together, and of the largest FFmpeg process."""

    whole: float
    ffmpeg: float


def peak(command: Sequence[str]) -> Peak:
    """Run a program and watch it and what it starts, fifty times a second."""
    running = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    sums, largest = [0.0], [0.0]

    def watch() -> None:
        while running.poll() is None:
            sizes = _resident(running.pid)
            sums.append(sum(size for _, size in sizes))
            largest.extend(size for name, size in sizes if "ffmpeg" in name)
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, log = running.communicate()
    watcher.join()
    if running.returncode:
        raise RuntimeError(f"{command[-1]} ended with {running.returncode}: {log.decode()[-2000:]}")
    return Peak(max(sums), max(largest))


def _resident(root: int) -> list[tuple[str, float]]:
    """The name and the resident memory (MiB) of a process and of all that it started."""
    parents: dict[int, int] = {}
    sizes: dict[int, tuple[str, float]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        name, rest = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
        parents[int(folder.name)] = int(rest[1])
        sizes[int(folder.name)] = (name, int(rest[21]) * 4096 / 2**20)
    return [size for number, size in sizes.items() if _is_below(number, root, parents)]


def _is_below(number: int, root: int, parents: dict[int, int]) -> bool:
    while number and number != root:
        number = parents.get(number, 0)
    return number == root


# -- sections ---------------------------------------------------------------------------------------


def rough_cut(ground: Ground) -> list[Section]:
    """Twelve clips with eleven dissolves beside one command, and one clip beside one command."""
    size = SIZE
    many, one = Cut(CLIPS, SECONDS, size), Cut(1, CLIPS * SECONDS - 2 * _HANDLE, size)
    beds = {cut: cut.bed(ground.root / f"assembly-{cut.count}") for cut in (many, one)}
    for bed in beds.values():
        whole(bed).run()  # so that the store has what analysis finds
    sides = [
        replace(side, name=f"{side.name} {cut.count}")
        for cut, bed in beds.items()
        for side in (rendering(bed), by_hand(bed, cut), expert(bed, as_ours))
    ]
    measured = in_turn(sides, ground.runs)
    pairs = [
        Pair(f"{what} rendering : {theirs}", f"ours {count}", f"{side} {count}")
        for count, what in ((CLIPS, f"{CLIPS} clips,"), (1, "one clip,"))
        for side, theirs in (("hand", "hand-written command"), ("expert", "our graph in one command"))
    ]
    best = [
        max(ratio(measured, f"ours {count}", f"{side} {count}").cpu for side in ("hand", "expert"))
        for count in (CLIPS, 1)
    ]
    more = best[0] - best[1]
    met = "met" if more <= NEARNESS else "**not met**"
    text = (
        f"{CLIPS} clips of {SECONDS} s of {size} at 30 Hz with {CLIPS - 1} dissolves of {DISSOLVE} s, and "
        f"one clip of {CLIPS * SECONDS} s, as they are: no look, no captions, no loudness. The hand-written "
        "command is one FFmpeg process with `xfade` and `acrossfade`; the other one is our own graph in one "
        "process. All encode with the same options. Beside the cheaper of the two, CPU is "
        f"{best[0]:.2f}× for {CLIPS} clips and {best[1]:.2f}× for one: {more:+.2f} "
        f"(bound {NEARNESS:+g}, {met})."
    )
    rows = [pair.cells(measured) for pair in pairs]
    return [
        Section(
            "A rough cut beside one command",
            text,
            (table(HEADER, rows),),
            tuple(side.commands for side in sides),
        ),
        memory(ground),
    ]


def memory(ground: Ground) -> Section:
    """How much memory the programme of 5, 15 and 50 clips takes."""
    peaks = {}
    for count in COUNTS:
        bed = Cut(count, 2, SIZE).bed(ground.root / f"memory-{count}")
        peaks[count] = peak([sys.executable, "-m", "finish", "run", str(bed.folder)])
    growth = peaks[COUNTS[-1]].whole / peaks[COUNTS[0]].whole
    met = "met" if growth <= FLAT else "**not met**"
    rows = [[str(count), f"{most.whole:.0f}", f"{most.ffmpeg:.0f}"] for count, most in peaks.items()]
    text = (
        f"Clips of 2 s of {SIZE} at 30 Hz, with dissolves of {DISSOLVE} s; `finish run` from "
        "nothing. The resident memory of all processes together, watched fifty times a second. "
        f"{COUNTS[-1]} clips take {growth:.2f} times what {COUNTS[0]} take (bound {FLAT:g}, {met})."
    )
    return Section("Memory of a rough cut", text, (table(("clips", "MiB", "largest FFmpeg MiB"), rows),))
