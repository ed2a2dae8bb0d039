"""Loudness against ffmpeg-normalize: `python -m bench.normalise SOUND… --rival ffmpeg-normalize`.

On real and built sounds. Both deliver AAC at 192 kbit/s for -14 LUFS and -1.5 dBTP; both files are judged by
FFmpeg's ebur128, which belongs to neither.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from finish import api
from finish.media.ffmpeg import ffmpeg_runner

RATE = 48_000
TARGET, CEILING = -14.0, -1.5
Floats = NDArray[np.float64]
_TAGS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
_JOB = """source: "*.mov"
encode: {size: 320x180, picture: {speed: ultrafast}}
sound: {target: social, accept: achievable}
deliverables: [{name: "{clip}", preset: youtube}]
"""


@dataclass(frozen=True)
class Reading:
    """The reading of FFmpeg's ebur128: LUFS, LU, dBTP; `lufs` is None if it measures silence."""

    lufs: float | None
    range: float
    peak: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.normalise", description=__doc__.splitlines()[0])
    parser.add_argument("sounds", nargs="+", type=Path)
    parser.add_argument("--rival", default="ffmpeg-normalize")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="finish-normalise-") as folder:
        ours, theirs = Path(folder) / "ours", Path(folder) / "theirs"
        ours.mkdir()
        theirs.mkdir()
        clips = [_clip(ours, name, sound) for name, sound in (*_variants(settings.sounds), *_built())]
        taken, notes = _ours(ours), {}
        rival, refused = _theirs(clips, theirs, settings.rival)
        for line in (ours / "said.txt").read_text().splitlines():
            name, _, note = line.partition("\t")
            notes.setdefault(name, []).append(note)
        _table(clips, ours / "out", theirs, notes, refused)
        _tell(
            f"wall time of all {len(clips)}: finish {taken:.1f} s, {Path(settings.rival).name} {rival:.1f} "
            f"s, ratio {rival / taken:.2f}"
        )
    return 0


def _variants(paths: Sequence[Path]) -> Iterator[tuple[str, Floats]]:
    for path in paths:
        raw = subprocess.run(
            [
                ffmpeg_runner.binary(),
                "-v",
                "error",
                "-i",
                str(path),
                "-t",
                "20",
                "-vn",
                "-ac",
                "2",
                "-ar",
                str(RATE),
                "-f",
                "f32le",
                "-",
            ],
            capture_output=True,
            check=True,
        ).stdout
        sound = np.frombuffer(raw, "<f4").reshape(-1, 2).astype(float)
        top = np.abs(sound).max()
        yield f"{path.stem}-as-is", sound
        yield f"{path.stem}-hot", np.clip(sound / top * 4, -1.1, 1.1)  # +0.8 dBFS, clipped by 12 dB
        yield f"{path.stem}-quiet", sound / top * 0.02
        loud = int(np.abs(sound[:, 0]).argmax())
        yield f"{path.stem}-sting", sound[max(0, loud - RATE // 4) : loud + RATE // 3]


def _built() -> Iterator[tuple[str, Floats]]:
    rng, at = np.random.default_rng(1), np.arange(10 * RATE) / RATE
    noise = rng.normal(0, 0.02, 10 * RATE)
    impulses = noise + 0.5 * (np.arange(10 * RATE) % RATE == 0)
    yield "built-tone", _both(0.3 * np.sin(2 * np.pi * 440 * at))
    yield "built-impulses", _both(impulses)
    yield "built-stop-start", _both(5 * noise * (at % 2 < 1))
    yield "built-square", _both(0.9 * np.sign(np.sin(2 * np.pi * 100 * at)))
    yield "built-click", _both(0.5 * np.sin(2 * np.pi * 1000 * at[: RATE // 5]))
    yield "built-low", _both(0.5 * np.sin(2 * np.pi * 50 * at))
    yield "built-wide", np.stack([noise, rng.normal(0, 0.02, 10 * RATE)], 1)


def _both(mono: Floats) -> Floats:
    return np.repeat(mono[:, None], 2, axis=1)


def _clip(folder: Path, name: str, sound: Floats) -> Path:
    path, seconds = folder / f"{name}.mov", len(sound) / RATE
    picture = f"testsrc2=size=320x180:rate=25:duration={seconds},format=yuv420p,{_TAGS}"
    subprocess.run(
        [
            ffmpeg_runner.binary(),
            "-v",
            "error",
            "-y",
            "-f",
            "f32le",
            "-ar",
            str(RATE),
            "-ac",
            "2",
            "-i",
            "-",
            "-f",
            "lavfi",
            "-i",
            picture,
            "-map",
            "1:v",
            "-map",
            "0:a",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-c:a",
            "pcm_f32le",
            str(path),
        ],
        input=sound.astype("<f4").tobytes(),
        check=True,
    )
    return path


def _ours(folder: Path) -> float:
    (folder / "job.yaml").write_text(_JOB)
    begun = time.monotonic()
    outcomes = api.run(api.load(folder).job)
    taken = time.monotonic() - begun
    lines = [
        f"{outcome.name}\t{note}"
        for outcome in outcomes
        for note in (*outcome.notes, str(outcome.error or ""))
        if "sound:" in note or outcome.error
    ]
    (folder / "said.txt").write_text("\n".join(lines))
    return taken


def _theirs(clips: Sequence[Path], folder: Path, program: str) -> tuple[float, set[str]]:
    begun, refused = time.monotonic(), set[str]()
    for clip in clips:
        target = str(folder / f"{clip.stem}.mp4")
        done = subprocess.run(
            [
                program,
                str(clip),
                "-o",
                target,
                "-t",
                str(TARGET),
                "-tp",
                str(CEILING),
                "-c:a",
                "aac",
                "-b:a",
                "192k",
                "-c:v",
                "copy",
                "-f",
            ],
            capture_output=True,
            check=False,
            env={"FFMPEG_PATH": str(ffmpeg_runner.binary()), "PATH": "/usr/bin:/bin"},
        )
        if done.returncode:
            refused.add(clip.stem)
    return time.monotonic() - begun, refused


def _reading(path: Path) -> Reading:
    log = subprocess.run(
        [
            ffmpeg_runner.binary(),
            "-hide_banner",
            "-nostats",
            "-i",
            str(path),
            "-vn",
            "-af",
            "ebur128=peak=true:framelog=quiet",
            "-f",
            "null",
            "-",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    values = {
        key: float(re.findall(rf"{key}:\s+(-?[\d.]+|-?inf|nan)", log)[-1]) for key in ("I", "LRA", "Peak")
    }
    return Reading(None if values["I"] <= -70 else values["I"], values["LRA"], values["Peak"])


def _table(
    clips: Sequence[Path], ours: Path, theirs: Path, notes: dict[str, list[str]], refused: set[str]
) -> None:
    _tell(
        f"{'clip':<34}{'source I / LRA / TP':>24}   {'finish I   LRA    TP':>22}   "
        f"{'rival I   LRA    TP':>22}"
    )
    sums: dict[str, list[tuple[float, float, float]]] = {"finish": [], "rival": []}
    for clip in clips:
        raw, lines = _reading(clip), []
        for who, path in (("finish", ours / f"{clip.stem}.mp4"), ("rival", theirs / f"{clip.stem}.mp4")):
            if not path.exists():
                lines.append(f"{'refused':>22}")
                continue
            got = _reading(path)
            lines.append(f"{got.lufs if got.lufs is not None else -70:8.1f}{got.range:6.1f}{got.peak:8.1f}")
            reachable = not any("achievable" in note for note in notes.get(clip.stem, ()))
            if reachable and got.lufs is not None:
                sums[who].append(
                    (abs(got.lufs - TARGET), max(0.0, got.peak - CEILING), abs(got.range - raw.range))
                )
        far = " *" if any("achievable" in note for note in notes.get(clip.stem, ())) else ""
        own = f"{raw.lufs if raw.lufs is not None else -70:8.1f}{raw.range:8.1f}{raw.peak:8.1f}"
        _tell(f"{clip.stem:<34}{own}   {lines[0]}   {lines[1]}{far}")
    for who, rows in sums.items():
        errors, overs, ranges = (list(column) for column in zip(*rows, strict=True))
        _tell(
            f"{who}: of {len(rows)} within reach: off by {mean(errors):.2f} LU, {max(errors):.1f} at most; "
            f"{sum(over > 0.05 for over in overs)} above the ceiling, by {max(overs):.1f} dB at most; "
            f"LRA moved by {mean(ranges):.2f}, {max(ranges):.1f} at most"
        )
    _tell(f"* out of reach as finish says, and so not counted; refused by the rival: {len(refused)}")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
