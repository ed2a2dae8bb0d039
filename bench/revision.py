"""The cost of rendering in pieces, and the savings of a revision."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.clip import Bed, cues, whole
from bench.measure import Cost, Side, quiet, timed
from finish.execution.renderer import Renderer
from finish.media.ffmpeg import ffmpeg_runner
from finish.planning import piece_tasks
from finish.planning.piece_spans import PIECE
from finish.storage.store import Store


@dataclass(frozen=True)
class Change:
    """A revision: the change of the job folder, and how many seconds of picture it affects."""

    name: str
    do: Callable[[Path], object]
    touched: float


def in_one(bed: Bed) -> Side:
    """All pictures of the job, whole, by one process, as an engine without pieces would do it."""
    renderings = bed.renderings()
    return _pictures(
        bed, "one", lambda renderer: renderer.make([rendering.picture for rendering in renderings])
    )


def in_pieces(bed: Bed) -> Side:
    """The same in pieces, as `finish run` does it, without the cost of checks."""
    renderings = bed.renderings()

    def run(renderer: Renderer) -> None:
        for task in piece_tasks.tasks(renderings, lambda _: False):
            renderer.make(*([piece.picture for piece in group] for group in task.groups))

    return _pictures(bed, "pieces", run)


def _pictures(bed: Bed, name: str, run: Callable[[Renderer], object]) -> Side:
    place = bed.work / name
    return Side(name, lambda: run(Renderer(Store(place))), lambda: shutil.rmtree(place, ignore_errors=True))


def one_keyframe(clip: Path) -> None:
    """The same clip with a single keyframe, as some generators and screen recorders write them."""
    long = clip.with_name("long.mp4")
    quiet(
        [
            ffmpeg_runner.binary(),
            "-v",
            "error",
            "-y",
            "-i",
            str(clip),
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-b:v",
            "8000k",
            "-g",
            "100000",
            "-keyint_min",
            "100000",
            "-sc_threshold",
            "0",
            "-c:a",
            "copy",
            str(long),
        ]
    )
    long.replace(clip)


def changes(seconds: int) -> tuple[Change, ...]:
    """Each change applies to the job as the last one left it."""
    middle = seconds // 2 // 2 * 2

    def typo(folder: Path) -> None:
        (folder / "captions.srt").write_text(
            cues(seconds).replace(f"for second {middle}\n", f"for sekond {middle}\n")
        )

    def edit(old: str, new: str) -> Callable[[Path], object]:
        return lambda folder: (folder / "job.yaml").write_text(
            (folder / "job.yaml").read_text().replace(old, new)
        )

    logo = f"composite: {{logo: {{file: logo.png, from: {middle}, to: {middle + 2}}}}}\nsource:"
    return (
        Change("nothing", lambda _: None, 0),
        Change("a letter of a caption", typo, 1.7),
        Change("a logo for two seconds", edit("source:", logo), 2),
        Change(
            "that logo a second later",
            edit(f"from: {middle}, to: {middle + 2}", f"from: {middle + 1}, to: {middle + 3}"),
            3,
        ),
        Change("a second cut out near the start", edit("source:", "pacing: {cut: [2-3]}\nsource:"), 1),
        Change(
            "another loudness",
            edit("sound: {accept: achievable}", "sound: {accept: achievable, lufs: -16}"),
            0,
        ),
    )


@dataclass(frozen=True)
class Revised:
    """A revision's cost against the full run's, and its bound: (affected + one piece) ÷ duration + 5 %."""

    name: str
    cost: Cost
    full: Cost
    bound: float

    @property
    def share(self) -> float:
        return self.cost.wall / self.full.wall


def revised(bed: Bed, seconds: int) -> list[Revised]:
    """A full run, then every change and a run after it."""
    quiet(
        [
            ffmpeg_runner.binary(),
            "-v",
            "error",
            "-y",
            "-f",
            "lavfi",
            "-i",
            "color=red:s=200x100,format=rgba",
            "-frames:v",
            "1",
            str(bed.folder / "logo.png"),
        ]
    )
    run = whole(bed)
    run.clear()
    full = timed(run.run)
    revisions = []
    for change in changes(seconds):
        change.do(bed.folder)
        revisions.append(
            Revised(change.name, timed(run.run), full, (change.touched + float(PIECE)) / seconds + 0.05)
        )
    return revisions
