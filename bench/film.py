"""The same film of four clips by finish, editly, MoviePy, and kinocut: cost, and pictures side by side."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.clip import Bed, rendering, wheel_clip, whole
from bench.expert import as_ours
from bench.ground import Ground
from bench.measure import ROOT, Side, in_turn, quiet
from bench.rivals import KINOCUT, tools
from bench.subjects import FOOTAGE
from bench.table import HEADER, Pair, Section, table
from finish.media.ffmpeg import ffmpeg_runner

EDITLY = ROOT / ".venv-bench" / "editly" / "node_modules" / ".bin" / "editly"
SIZE, RATE = (1280, 720), 30
SECONDS, DISSOLVE, HANDLE = 3.0, 0.4, 0.5
# A dissolve, a cut, and a dissolve.
DISSOLVED = (True, False, True)
SETTINGS = "sound: {target: none}\nreframe: {follow: centre}\n"
PRESET = "youtube"


@dataclass(frozen=True)
class Take:
    """What of a clip is read by tools whose transitions overlap: its range, and its halves of dissolves."""

    clip: Path
    begin: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.begin


def bed_of_film(root: Path) -> Bed:
    """Four clips of one size and rate, and the job with their timeline."""
    folder, work = root / "job", root / "theirs"
    for place in (folder / "media", work):
        place.mkdir(parents=True)
    clips = [_made(folder / f"media/{number}.mp4", source) for number, source in enumerate(_sources(), 1)]
    joints = ("", *(f", transition: {{dissolve: {DISSOLVE}}}" if mixed else "" for mixed in DISSOLVED))
    lines = [
        f"  - {{clip: media/{clip.name}, in: {HANDLE}, out: {HANDLE + SECONDS}{joint}}}\n"
        for clip, joint in zip(clips, joints, strict=True)
    ]
    size = "x".join(map(str, SIZE))
    (folder / "job.yaml").write_text(
        f"timeline:\n{''.join(lines)}{SETTINGS}deliverables:\n"
        f"  - {{name: {PRESET}, preset: {PRESET}, encode: {{size: {size}}}}}\n"
    )
    return Bed(folder, clips[0], work, (PRESET,))


def _sources() -> list[Path]:
    """Real footage; clips of the wheel stand in for what isn't there."""
    names = ("street-crowd", "talk-with-pauses")
    real = [path for name in names if (path := FOOTAGE / f"{name}.mp4").exists()]
    return [
        wheel_clip("bigbuckbunny"),
        *real,
        wheel_clip("bikes"),
        *map(wheel_clip, ("bigbuckbunny", "bikes")),
    ][:4]


def _made(path: Path, source: Path) -> Path:
    width, height = SIZE
    picture = (
        f"fps={RATE},scale={width}:{height}:force_original_aspect_ratio=decrease,"
        f"pad={width}:{height}:-1:-1,format=yuv420p,"
        "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    )
    command = [ffmpeg_runner.binary(), "-v", "error", "-y", "-i", str(source), "-f", "lavfi"]
    command += ["-i", "anoisesrc=a=0.02:r=48000", "-filter_complex"]
    sound = "0:a" if _has_sound(source) else "1:a"
    command += [f"[0:v]{picture}[v];[{sound}]aresample=48000,aformat=channel_layouts=stereo[a]"]
    command += ["-map", "[v]", "-map", "[a]", "-t", f"{SECONDS + 2 * HANDLE:g}", "-c:v", "libx264"]
    quiet([*command, "-preset", "veryfast", "-crf", "14", "-g", "60", "-c:a", "aac", str(path)])
    return path


def _has_sound(path: Path) -> bool:
    import av

    with av.open(str(path)) as container:
        return bool(container.streams.audio)


def takes(bed: Bed) -> list[Take]:
    clips = sorted((bed.folder / "media").iterdir())
    mixed = (False, *DISSOLVED, False)
    half = DISSOLVE / 2
    return [
        Take(clip, HANDLE - half * mixed[number], HANDLE + SECONDS + half * mixed[number + 1])
        for number, clip in enumerate(clips)
    ]


# -- the other tools --------------------------------------------------------------------------------


def editly(bed: Bed) -> Side:
    """editly's own specification, with the encoder's options of finish; it draws in OpenGL, under Xvfb."""
    if not EDITLY.exists():
        raise RuntimeError(f"{EDITLY.relative_to(ROOT)} is missing: `make editly` installs it")
    (one,) = bed.renderings()
    target, spec = bed.work / "editly.mp4", bed.work / "editly.json"
    mixed = (*DISSOLVED, False)
    clips = [
        {
            "duration": take.length,
            "transition": {"name": "fade", "duration": DISSOLVE} if mixed[number] else None,
            "layers": [{"type": "video", "path": str(take.clip), "cutFrom": take.begin, "cutTo": take.end}],
        }
        for number, take in enumerate(takes(bed))
    ]
    options = [word for name, value in as_ours(one) for word in (f"-{name}", value)]
    spec.write_text(
        json.dumps(
            {
                "outPath": str(target),
                "width": SIZE[0],
                "height": SIZE[1],
                "fps": RATE,
                "keepSourceAudio": True,
                "clips": clips,
                "customOutputArgs": options,
            }
        )
    )
    command = ["xvfb-run", "-a", str(EDITLY), str(spec)]
    env = {**os.environ, "PATH": f"{tools(bed)}:/usr/bin:/bin"}
    return Side("editly", lambda: quiet(command, env), commands=(shlex.join(command), spec.read_text()))


def moviepy(bed: Bed) -> Side:
    """MoviePy's script, with the encoder's options of finish."""
    (one,) = bed.renderings()
    plan = {
        "file": str(bed.work / "moviepy.mp4"),
        "rate": RATE,
        "dissolve": DISSOLVE,
        "dissolved": [False, *DISSOLVED],
        "takes": [[str(take.clip), take.begin, take.end] for take in takes(bed)],
        "options": [word for name, value in as_ours(one) for word in (f"-{name}", value)],
    }
    path = bed.work / "moviepy.json"
    path.write_text(json.dumps(plan))
    command = [sys.executable, "-m", "bench.film_by_moviepy", str(path)]
    return Side("moviepy", lambda: quiet(command), commands=(shlex.join(command),))


def kinocut(bed: Bed) -> Side:
    """`kinocut trim` for each clip, `merge` with a dissolve for each pair, and `merge` of both.

    The encoder's settings are its own. Its `dissolve` is a noise that grows over the picture; `fade` mixes.
    """
    if not KINOCUT.exists():
        raise RuntimeError(f"{KINOCUT.relative_to(ROOT)} is missing: `make bench` installs it")
    folder = bed.work / "kinocut"
    parts = [folder / f"{number}.mp4" for number in range(4)]
    pairs = [folder / f"pair-{number}.mp4" for number in range(2)]
    kino = [str(KINOCUT), "--overwrite"]
    commands = [
        [
            *kino,
            "trim",
            str(take.clip),
            "-s",
            f"{take.begin:g}",
            "-e",
            f"{take.end:g}",
            "--accurate",
            "-o",
            str(part),
        ]
        for take, part in zip(takes(bed), parts, strict=True)
    ]
    merge = [*kino, "merge", "-t", "fade", "-td", f"{DISSOLVE:g}"]
    commands += [
        [*merge, *map(str, parts[2 * number : 2 * number + 2]), "-o", str(pair)]
        for number, pair in enumerate(pairs)
    ]
    commands.append([*kino, "merge", *map(str, pairs), "-o", str(bed.work / "kinocut.mp4")])
    env = {**os.environ, "PATH": f"{tools(bed)}:/usr/bin:/bin"}

    def clear() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()

    def run() -> None:
        for command in commands:
            quiet(command, env)

    return Side("kinocut", run, clear, tuple(map(shlex.join, commands)))


# -- results ----------------------------------------------------------------------------------------


def film(ground: Ground) -> list[Section]:
    """A film of four clips with two dissolves and a cut."""
    bed = bed_of_film(ground.root / "film")
    sides = [whole(bed), rendering(bed)]
    sides[0].run()
    absent = []
    for maker in (editly, moviepy, kinocut):
        try:
            sides.append(maker(bed))
        except RuntimeError as wrong:
            absent.append(str(wrong))
    rounds = in_turn(sides, ground.runs)
    pairs = [
        Pair(f"{side.name} : {what}", ours, side.name, faster=True)
        for side in sides[2:]
        for ours, what in (("ours", "rendering"), ("whole", "whole run"))
    ]
    text = (
        f"Four clips of {SECONDS:g} s of {SIZE[0]}x{SIZE[1]} at {RATE} Hz: a dissolve of {DISSOLVE} s, a cut "
        "and a dissolve. editly and MoviePy encode with our options, kinocut with its own. Their transitions "
        "shorten a film, so their clips are longer by the dissolves, and all films have the same length. "
        "The whole run includes finish's analysis and checks. Ratios are theirs ÷ ours."
        f"{''.join(f' Left out: {reason}.' for reason in absent)}"
    )
    made = {"finish": bed.folder / f"out/{PRESET}.mp4"}
    made |= {side.name: bed.work / f"{side.name}.mp4" for side in sides[2:]}
    if place := os.environ.get("FINISH_BENCH_PICTURES"):
        sheet(made, Path(place))
    rows = [pair.cells(rounds) for pair in pairs]
    return [
        Section("A film of four clips", text, (table(HEADER, rows),), tuple(side.commands for side in sides))
    ]


def sheet(films: dict[str, Path], target: Path) -> None:
    """A picture with a row a film: inside shots, in the middle of both dissolves, and beside the cut."""
    times = (1.5, 2.9, 3.0, 3.1, 5.95, 6.02, 8.9, 9.0, 9.1, 11.5)
    rows = []
    for number, path in enumerate(films.values()):
        row = target.with_suffix(f".{number}.png")
        chosen = "+".join(f"eq(n,{round(time * RATE)})" for time in times)
        graph = f"select='{chosen}',scale=320:-2,tile={len(times)}x1"
        quiet(
            [
                ffmpeg_runner.binary(),
                "-v",
                "error",
                "-y",
                "-i",
                str(path),
                "-vf",
                graph,
                "-frames:v",
                "1",
                str(row),
            ]
        )
        rows.append(row)
    inputs = [word for row in rows for word in ("-i", str(row))]
    stack = ["-filter_complex", f"vstack=inputs={len(rows)}"] if len(rows) > 1 else []
    quiet([ffmpeg_runner.binary(), "-v", "error", "-y", *inputs, *stack, "-frames:v", "1", str(target)])
    for row in rows:
        row.unlink()
