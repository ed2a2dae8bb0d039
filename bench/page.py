"""Graphics on delivered pixels, judged by another detector than finish plans with: `python -m bench.page`.

Each clip is finished in four aspects, with captions, a lower third and a logo, and again without graphics.
Ink is where a delivered frame differs from the plain one by more than 40 of 255 in a channel, without
specks of under 3 px. On two frames a second it's compared with the eyes and mouths that MediaPipe's face mesh
has in the plain frame (finish plans with YuNet), and with the destination's safe zone. Encoding noise of both
files is under that difference; ink in the colour of its ground isn't counted.

The mesh runs in a Python of its own, which `--judge` names: `pip install mediapipe==0.10.14`. Jobs are kept
in `--folder`: a second run finishes only what changed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from finish import resources

Picture = NDArray[np.uint8]
ASPECTS: Final = ("tiktok", "square", "instagram-feed-4x5", "youtube")
SECONDS: Final = 5
_DIFFERENCE, _SPECK = 40, 3
_KEPT: Final = 6  # worst frames
# Clip and start (s): a group, talking heads near and far, letters, film, a silhouette, a timecode, things.
CLIPS: Final = (
    ("footage/office-promo.mp4", 21),
    ("footage/street-crowd.mp4", 0),
    ("footage/film-dialogue.mp4", 0),
    ("generated/3.mp4", 0),
    ("footage/office-promo.mp4", 27),
    ("footage/office-promo.mp4", 18),
    ("footage/green-screen.mp4", 8),
    ("footage/talk-with-pauses.mp4", 0),
    ("generated/1.mp4", 0),
    ("footage/office-promo.mp4", 10),
    ("footage/office-promo.mp4", 30),
    ("footage/green-screen.mp4", 0),
)
# Start and end (s from the clip's start) of what is said.
_CUES: Final = (
    (0.2, 2.0, "So the first thing we did was ask people what they need"),
    (2.1, 3.6, "and honestly, nobody agreed"),
    (3.7, 4.9, "which turned out to be the answer."),
)
# Of the mesh: the rims of both eyes and of the lips.
_JUDGE: Final = """
import json, sys, cv2, mediapipe as mp
mesh = mp.solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=8)
rims = [(33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380), (61, 37, 267, 291, 314, 84)]
answers = []
for path in sys.argv[1:]:
    picture = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
    faces = mesh.process(picture).multi_face_landmarks or []
    points = [face.landmark for face in faces]
    answers.append([[[mark[i].x, mark[i].y] for i in rim] for mark in points for rim in rims])
print(json.dumps(answers))
"""


@dataclass
class Page:
    """What was measured of one delivered file, over its sampled frames.

    `features` is the number of px of eyes and mouths, `covered` of those under ink, `ink` and `outside` the
    px of ink and those outside the safe zone.
    """

    clip: str
    aspect: str
    frames: int = 0
    faces: int = 0
    features: int = 0
    covered: int = 0
    ink: int = 0
    outside: int = 0
    pictures: list[tuple[int, str, Picture]] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.page", description=__doc__.splitlines()[0])
    parser.add_argument("--media", type=Path, default=Path("../shared/media"))
    parser.add_argument("--judge", default=sys.executable, help="a Python with mediapipe")
    parser.add_argument("--folder", type=Path, default=Path("demo/page"), help="where jobs are kept")
    parser.add_argument("--clips", type=int, default=len(CLIPS), help="how many clips")
    parser.add_argument("--first", type=int, default=0, help="the number of the first clip, from 0")
    parser.add_argument("--aspects", nargs="*", default=list(ASPECTS))
    settings = parser.parse_args()
    pages: list[Page] = []
    for number in range(settings.first, min(settings.first + settings.clips, len(CLIPS))):
        job = _job(settings.folder.absolute(), settings.media, number, settings.aspects)
        command = [sys.executable, "-m", "finish", "run", str(job)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.stderr.write(
                f"{job.name}: exit code {done.returncode}\n{done.stdout[-600:]}{done.stderr[-600:]}\n"
            )
        for aspect in settings.aspects:
            page = _measured(job, aspect, settings.judge)
            if page is None:
                sys.stderr.write(f"{job.name} {aspect}: not delivered\n")
            else:
                pages.append(page)
    sys.stdout.write("".join(_table(pages)))
    worst = sorted((one for page in pages for one in page.pictures), key=lambda one: -one[0])[:_KEPT]
    for place, (_, name, picture) in enumerate(worst, 1):
        cv2.imwrite(str(settings.folder / f"worst-{place}-{name}.png"), picture)
    return 0 if pages else 1


def _job(folder: Path, media: Path, number: int, aspects: Sequence[str]) -> Path:
    """The job folder of a clip, without what an earlier version of the job delivered."""
    clip, start = CLIPS[number]
    job = folder / f"{number:02}-{Path(clip).stem}"
    job.mkdir(parents=True, exist_ok=True)
    if not (job / Path(clip).name).exists():
        shutil.copyfile(media / clip, job / Path(clip).name)
        cues = (f"00:{start + one:06.3f} --> 00:{start + end:06.3f}\n{text}\n" for one, end, text in _CUES)
        (job / "words.vtt").write_text("WEBVTT\n\n" + "\n".join(cues))
        for name, grey in (("light", 255), ("dark", 16)):
            cv2.imwrite(str(job / f"{name}.png"), _logo(grey))
    styles = resources.names("styles")
    lines = [f"source: {Path(clip).name}", f"pacing: {{trim: {start}-{start + SECONDS}}}"]
    lines += ["sound: {accept: achievable}", "deliverables:"]
    for place, aspect in enumerate(aspects):
        style = styles[(number * len(aspects) + place) % len(styles)]
        lines += [
            f"  - {{name: {aspect}_plain, preset: {aspect}}}",
            f"  - name: {aspect}_page",
            f"    preset: {aspect}",
            f"    captions: {{file: words.vtt, style: {style}, lang: en}}",
            f"    composite: {{logo: {{file: {'light' if number % 2 else 'dark'}.png}}, "
            "lower_third: {title: Ada Lovelace, subtitle: Mathematician, from: 1, to: 4}, "
            "end_card: {text: Visit us, seconds: 1}}",
        ]
    text = "\n".join(lines) + "\n"
    if not (job / "job.yaml").exists() or (job / "job.yaml").read_text() != text:
        shutil.rmtree(job / "out", ignore_errors=True)
        (job / "job.yaml").write_text(text)
    return job


def _logo(grey: int) -> Picture:
    """A disc and a word on transparency."""
    picture = np.zeros((200, 600, 4), np.uint8)
    cv2.circle(picture, (100, 100), 80, (grey, grey, grey, 255), 30)
    cv2.putText(picture, "ACME", (210, 145), cv2.FONT_HERSHEY_DUPLEX, 4, (grey, grey, grey, 255), 14)
    return picture


def _measured(job: Path, aspect: str, judge: str) -> Page | None:
    files = [next((job / "out").glob(f"{aspect}_{kind}.*"), None) for kind in ("plain", "page")]
    if files[0] is None or files[1] is None:
        return None
    plain, page = _frames(files[0]), _frames(files[1])
    count = min(len(plain), len(page), 2 * SECONDS)  # the end card follows the plain frames
    measured = Page(job.name, aspect, count)
    for number, rims in enumerate(_rims(plain[:count], job, judge)):
        ink = _ink(page[number], plain[number])
        features = np.zeros(ink.shape, np.uint8)
        height, width = ink.shape
        for rim in rims:
            points = np.round(np.array(rim) * (width, height)).astype(np.int32)
            cv2.fillPoly(features, [cv2.convexHull(points)], 1)
        covered, outside = int((ink & (features > 0)).sum()), int((ink & ~_safe(aspect, ink.shape)).sum())
        measured.faces += len(rims) // 3
        measured.features += int(features.sum())
        measured.covered += covered
        measured.ink += int(ink.sum())
        measured.outside += outside
        measured.pictures.append((covered * 100 + outside, f"{job.name}-{aspect}-{number}", page[number]))
    return measured


def _frames(file: Path) -> list[Picture]:
    """Two frames a second, BGR, at 0.25 s, 0.75 s and so on."""
    frames: list[Picture] = []
    with av.open(str(file)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= len(frames) / 2 + 0.25:
                frames.append(frame.to_ndarray(format="bgr24"))
    return frames


def _rims(frames: Sequence[Picture], job: Path, judge: str) -> list[list[list[list[float]]]]:
    """For every frame, the rims of eyes and mouths in shares of its sides."""
    paths = [job / f"judged-{number}.png" for number in range(len(frames))]
    for path, frame in zip(paths, frames, strict=True):
        cv2.imwrite(str(path), frame)
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    answer = subprocess.run([judge, "-c", _JUDGE, *paths], stdout=subprocess.PIPE, check=True, env=bare)
    for path in paths:
        path.unlink()
    rims: list[list[list[list[float]]]] = json.loads(answer.stdout)
    return rims


def _ink(page: Picture, plain: Picture) -> NDArray[np.bool_]:
    differs = (cv2.absdiff(page, plain).max(axis=2) > _DIFFERENCE).astype(np.uint8)
    return cv2.morphologyEx(differs, cv2.MORPH_OPEN, np.ones((_SPECK, _SPECK), np.uint8)) > 0


def _safe(aspect: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The safe zone that the preset states in px; all of the frame if it states none."""
    text = (resources.PACKAGE / "presets" / f"{aspect}.yaml").read_text()
    zone = yaml.safe_load(text)["delivery"].get("safe", {})
    inside = np.zeros(shape, np.bool_)
    bottom, right = shape[0] - int(zone.get("bottom", 0)), shape[1] - int(zone.get("right", 0))
    inside[int(zone.get("top", 0)) : bottom, int(zone.get("left", 0)) : right] = True
    return inside


def _table(pages: Sequence[Page]) -> Iterator[str]:
    yield "| clip | aspect | frames | faces | eyes and mouths, px | covered, px | ink, px | outside, px |\n"
    yield "|---|---|---|---|---|---|---|---|\n"
    total = Page("all", f"{len(pages)} files")
    for page in (*pages, total):
        numbers = (page.frames, page.faces, page.features, page.covered, page.ink, page.outside)
        yield f"| {page.clip} | {page.aspect} | {' | '.join(map(str, numbers))} |\n"
        total.frames += page.frames * (page is not total)
        total.faces += page.faces
        total.features += page.features
        total.covered += page.covered
        total.ink += page.ink
        total.outside += page.outside


if __name__ == "__main__":
    sys.exit(main())
