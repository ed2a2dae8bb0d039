"""What a file really holds, without `finish`: FFmpeg decodes it frame by frame."""

from __future__ import annotations

import re
import resource
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from finish.media.ffmpeg import ffmpeg_runner

_LINE: Final = re.compile(r"(\d+),\s*(-?\d+),\s*(-?\d+),\s*(-?\d+),\s*(\d+),\s*([0-9a-f]+)")
_BASE: Final = re.compile(r"#tb (\d+): (\d+)/(\d+)")
_SHAPE: Final = re.compile(r"#(media_type|dimensions|sar|sample_rate|channel_layout_name) (\d+): (.*)")
_MEMORY, _CPU, _WALL = 3 * 2**30, 30, 90  # bytes, s, s: what a damaged file may cost the witness
# Tolerated differences: half a millisecond of sound, and the rounding of clocks to whole milliseconds.
SOUND_SLACK: Final = 0.0005
CLOCK_SLACK: Final = 2.0
_APART: Final = 0.25  # s by which picture and sound end apart although they didn't in the clean clip


@dataclass(frozen=True)
class Track:
    """A decoded stream: (time, length, hash) of each frame, and its shape in FFmpeg's words."""

    frames: tuple[tuple[float, float, str], ...] = ()
    shape: tuple[str, ...] = ()

    @property
    def start(self) -> float:
        return self.frames[0][0] if self.frames else 0.0

    @property
    def end(self) -> float:
        return max((time + length for time, length, _ in self.frames), default=0.0)

    @property
    def hole(self) -> float:
        """The longest time (s) between the end of one frame and the start of the next."""
        pairs = zip(self.frames, self.frames[1:], strict=False)
        return max((after[0] - before[0] - before[1] for before, after in pairs), default=0.0)


@dataclass(frozen=True)
class Held:
    """What a file holds: picture, sound, and FFmpeg's log (its lines without numbers)."""

    picture: Track
    sound: Track
    log: frozenset[str]


@dataclass(frozen=True)
class Loss:
    """What a mutant lacks of its clean clip.

    `frames` that are missing or changed, `sound` in s likewise, `more` frames and s that aren't in the clean
    clip, `moved` in ms (the largest shift of any part against the rest), and `shape` if size or layout
    differs. `evidence` is what reveals it in the file: FFmpeg's own words, a hole in the stamps, or ends
    apart.
    """

    frames: int
    sound: float
    more: float
    moved: float
    shape: bool
    evidence: tuple[str, ...]

    @property
    def harmless(self) -> bool:
        return (
            not self.frames
            and self.sound <= SOUND_SLACK
            and self.more <= SOUND_SLACK
            and self.moved <= CLOCK_SLACK
            and not self.shape
        )

    def __str__(self) -> str:
        parts = [f"{self.frames} frames"] if self.frames else []
        parts += [f"{self.sound:.3f} s of sound"] if self.sound > SOUND_SLACK else []
        parts += [f"{self.more:.3f} more"] if self.more > SOUND_SLACK else []
        parts += [f"moved by {self.moved:.0f} ms"] if self.moved > CLOCK_SLACK else []
        parts += ["another shape"] if self.shape else []
        return ", ".join(parts) or "nothing"


def held(path: Path) -> Held:
    """Decode the first picture and the first sound of a file."""
    command = [
        ffmpeg_runner.binary(),
        "-hide_banner",
        "-nostdin",
        "-nostats",
        "-v",
        "level+warning",
        "-threads",
        "1",
        "-copyts",
        "-i",
        f"file:{path}",
        "-map",
        "0:V:0?",
        "-map",
        "0:a:0?",
        "-fps_mode",
        "passthrough",
        "-enc_time_base:v",
        "demux",
        "-max_error_rate",
        "1",
        "-f",
        "framehash",
        "-hash",
        "md5",
        "-",
    ]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_WALL, preexec_fn=_bounded)
        out, log = done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        out, log = late.stdout or b"", (late.stderr or b"") + b"\n[error] endless"
    return _read(out.decode("ascii", "replace"), log.decode("utf-8", "replace"))


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU))


def _read(table: str, log: str) -> Held:
    bases: dict[int, float] = {}
    shapes: dict[int, list[str]] = {}
    frames: dict[int, list[tuple[float, float, str]]] = {}
    for line in table.splitlines():
        if base := _BASE.match(line):
            bases[int(base[1])] = int(base[2]) / int(base[3])
        elif shape := _SHAPE.match(line):
            shapes.setdefault(int(shape[2]), []).append(shape[3])
        elif frame := _LINE.match(line):
            number = int(frame[1])
            tick = bases.get(number, 1.0)
            frames.setdefault(number, []).append((int(frame[3]) * tick, int(frame[4]) * tick, frame[6]))
    tracks = {
        shape[0]: Track(tuple(frames.get(number, ())), tuple(shape)) for number, shape in shapes.items()
    }
    lines = {
        re.sub(r"\[[^\]]*@[^\]]*\]|0x[0-9a-f]+|-?\d+(\.\d+)?", "", line).strip() for line in log.splitlines()
    }
    return Held(tracks.get("video", Track()), tracks.get("audio", Track()), frozenset(lines - {""}))


def loss(clean: Held, mutant: Held) -> Loss:
    """What a mutant lacks, and the evidence for it in the file."""
    picture, sound = _tracks(clean.picture, mutant.picture), _tracks(clean.sound, mutant.sound)
    apart = abs(picture["offset"] - sound["offset"]) * 1000 if picture["shared"] and sound["shared"] else 0.0
    evidence = [
        line
        for line in sorted(mutant.log - clean.log)
        if "[error]" in line or "[fatal]" in line or "[warning]" in line
    ][:3]
    for name, one, other in (
        ("picture", clean.picture, mutant.picture),
        ("sound", clean.sound, mutant.sound),
    ):
        if other.hole > max(one.hole, 0.0) + 0.03:
            evidence.append(f"hole in the {name}")
        if one.frames and not other.frames:
            evidence.append(f"no {name}")
    if mutant.picture.frames and mutant.sound.frames and clean.sound.frames:
        for name in ("start", "end"):
            before, now = (
                getattr(held.picture, name) - getattr(held.sound, name) for held in (clean, mutant)
            )
            evidence += [f"the {name}s lie apart"] if abs(now - before) > _APART else []
    return Loss(
        picture["lost"],
        sound["seconds"],
        picture["more"] / 25 + sound["more_seconds"],
        max(picture["moved"], sound["moved"], apart),
        any(
            one.shape != other.shape
            for one, other in ((clean.picture, mutant.picture), (clean.sound, mutant.sound))
            if other.frames
        ),
        tuple(evidence),
    )


def _tracks(clean: Track, mutant: Track) -> dict[str, Any]:
    there = {frame: (time, length) for time, length, frame in mutant.frames}
    known = {frame for _, _, frame in clean.frames}
    lost = [(time, length) for time, length, frame in clean.frames if frame not in there]
    gaps = [there[frame][0] - time for time, _, frame in clean.frames if frame in there]
    offset = statistics.median(gaps) if gaps else 0.0
    strangers = [length for _, length, frame in mutant.frames if frame not in known]
    doubles = len(mutant.frames) - len(there)
    more = max(0.0, sum(strangers) - sum(length for _, length in lost))
    each_lasts = clean.frames[0][1] if clean.frames else 0.0
    return {
        "lost": len(lost),
        "seconds": sum(length for _, length in lost),
        "shared": len(gaps),
        "offset": offset,
        "moved": max((abs(gap - offset) * 1000 for gap in gaps), default=0.0),
        "more": max(0, len(strangers) - len(lost)) + doubles,
        "more_seconds": more + doubles * each_lasts,
    }
