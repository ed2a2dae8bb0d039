"""Results as Markdown: one section per case, a row per pair of sides, and the commands of each side."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bench.measure import Cost, Rounds, middle, ratio
from finish.media.ffmpeg import ffmpeg_runner


@dataclass(frozen=True)
class Target:
    """The target of a ratio of CPU, wall, or both: `most` of ours ÷ theirs, or `least` of theirs ÷ ours."""

    of: tuple[str, ...]
    most: float | None = None
    least: float | None = None

    def __str__(self) -> str:
        return f"{' and '.join(self.of)} " + (
            f"≤ {self.most:g}×" if self.most is not None else f"≥ {self.least:g}×"
        )

    def met(self, cost: Cost) -> bool:
        values = [{"CPU": cost.cpu, "wall": cost.wall}[resource] for resource in self.of]
        return all(
            value <= self.most if self.most is not None else value >= (self.least or 0) for value in values
        )


@dataclass(frozen=True)
class Pair:
    """One row: finish and the other side, by name.

    "Faster" rows show theirs ÷ ours, the others ours ÷ theirs.
    """

    what: str
    ours: str
    theirs: str
    target: Target | None = None
    faster: bool = False

    def cells(self, rounds: Rounds) -> list[str]:
        mine, others = middle(rounds[self.ours]), middle(rounds[self.theirs])
        cost = ratio(rounds, self.theirs, self.ours) if self.faster else ratio(rounds, self.ours, self.theirs)
        digits = 1 if self.faster else 2
        seconds = [f"{value:.1f}" for value in (mine.cpu, mine.wall, others.cpu, others.wall)]
        ratios = [f"{value:.{digits}f}×" for value in (cost.cpu, cost.wall)]
        return [self.what, *seconds, *ratios, *judged(self.target, cost)]


def judged(target: Target | None, ratio: Cost) -> list[str]:
    if target is None:
        return ["", ""]
    return [str(target), "met" if target.met(ratio) else "**not met**"]


HEADER = ("what", "ours CPU s", "wall s", "theirs CPU s", "wall s", "CPU", "wall", "target", "")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are right-aligned."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


@dataclass(frozen=True)
class Section:
    """One case: what was compared, the tables, and the commands of its sides."""

    title: str
    text: str
    tables: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...] = ()

    def markdown(self) -> str:
        commands = "\n\n".join("\n".join(command) for command in self.commands if command)
        how = (
            f"<details><summary>how each was run</summary>\n\n```text\n{commands}\n```\n\n</details>\n"
            if commands
            else ""
        )
        return "\n".join([f"## {self.title}\n", f"{self.text}\n", *self.tables, how])


def machine(settings: str) -> str:
    """Where and when it ran, for those who want to repeat it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
        platform.processor() or "unknown",
    )
    facts = (
        ("machine", f"{platform.machine()}, {os.cpu_count()} cores, {model}"),
        ("system", f"{platform.system()} {platform.release()}, Python {platform.python_version()}"),
        ("FFmpeg", f"{ffmpeg_runner.version()}, for every side"),
        ("finish", version("finish")),
        ("load before", f"{os.getloadavg()[0]:.1f}"),
        ("date", time.strftime("%Y-%m-%d")),
        ("settings", settings),
    )
    return table(("", ""), [list(fact) for fact in facts])


def plain(text: str, root: Path) -> str:
    """Commands without the paths of this machine."""
    import sys

    for long, short in (
        (f"{root}/", ""),
        (ffmpeg_runner.binary(), "ffmpeg"),
        (sys.executable, "python"),
        (f"{Path(__file__).parents[1]}/", ""),
    ):
        text = text.replace(long, short)
    return text
