"""Crops compared with human crops: `python -m bench.retargetvid --videos DIR --windows DIR`.

RetargetVid (Apostolidis and Mezaris 2021) publishes the crop windows that annotators drew, with a
width-to-height ratio of 1:3 and 3:1, for videos of DHF1K. The score is the overlap of finish's window and an
annotator's.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.api.job_api import require_all_planned, scratch
from finish.api.loading import Sections, quick
from finish.engine.engine import Engine
from finish.errors import FinishError, MediaError
from finish.model import Programme
from finish.review.limits import without_limits
from finish.stages import STAGES
from finish.units import Size, first_frame

# The frames that the annotators' windows fill, by ratio.
RATIOS: Final[Mapping[str, Size]] = {"1-3": Size(360, 1080), "3-1": Size(1080, 360)}
UNSEEN: Final = range(601, 701)  # videos that UNISAL wasn't trained on
MOTIONS: Final = ("calm", "responsive", "locked")
_LARGEST: Final = 1 << 20  # bytes of one annotation file: the real ones have 20,000
_SOURCE: Final = "download it from github.com/bmezaris/RetargetVid (folder `annotations`)"
Windows = NDArray[np.float64]  # (annotators, frames, 4): left, top, right, bottom in pixels of the video


@dataclass(frozen=True)
class Overlap:
    """Mean IoU (0 to 1) with the annotators' windows: of the planned crop, and of a centre crop."""

    video: int
    ratio: str
    ours: float
    middle: float


def drawn_windows(folder: Path) -> dict[tuple[int, str], list[Windows]]:
    """The windows of each annotator by video and ratio, from RetargetVid's `annotator_*.zip`; MediaError
    without any."""
    windows: dict[tuple[int, str], list[Windows]] = {}
    for path in sorted(folder.glob("annotator_*.zip")):
        try:
            for key, rows in _annotations(path):
                windows.setdefault(key, []).append(rows)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise MediaError(f"{path} isn't a RetargetVid annotation file: {error}", _SOURCE) from error
    if not windows:
        raise MediaError(f"{folder} has no annotator_*.zip", _SOURCE)
    return windows


def _annotations(path: Path) -> Iterator[tuple[tuple[int, str], Windows]]:
    """The windows of one annotator by video and ratio."""
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            number, _, ratio = Path(entry.filename).stem.partition("_")
            if number.isdigit() and ratio in RATIOS and entry.file_size <= _LARGEST:
                yield (int(number), ratio), _windows(archive.read(entry).decode("ascii"))


def _windows(text: str) -> Windows:
    rows = np.array([[float(value) for value in line.split(",")] for line in text.split()])
    if rows.ndim != 2 or rows.shape[1] != 4:
        raise ValueError("a line must be left,top,right,bottom")
    return rows


def overlap(programme: Programme, video: int, ratio: str, annotators: Iterable[Windows]) -> Overlap:
    """A plan's windows against the annotators'; frames that only some annotators have are skipped."""
    assert programme.framing is not None and programme.source.video is not None
    rate, picture = programme.source.video.rate, programme.framing.picture
    drawn = list(annotators)
    frames = min(len(rows) for rows in drawn)
    ours = np.array([_pane(programme, first_frame(n / rate, programme.rate)) for n in range(frames)], float)
    middle = _middle(picture, float(RATIOS[ratio].aspect))
    means = (fmean(_iou(crop, rows[:frames]) for rows in drawn) for crop in (ours, middle))
    return Overlap(video, ratio, *means)


def _middle(picture: Size, aspect: float) -> Windows:
    """The largest centred window of a shape, as one row."""
    width, height = picture.width, picture.height
    half = np.array((min(width, height * aspect), min(height, width / aspect))) / 2
    centre = np.array((width, height)) / 2
    return np.concatenate([centre - half, centre + half])[np.newaxis]


def _pane(programme: Programme, frame: int) -> tuple[int, int, int, int]:
    assert programme.framing is not None
    box = programme.framing.panes(frame)[0].crop_box
    return box.left, box.top, box.right, box.bottom


def _iou(one: Windows, other: Windows) -> float:
    sides = np.clip(np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2]), 0, None)
    common = sides.prod(axis=1)
    areas = [(window[:, 2:] - window[:, :2]).prod(axis=1) for window in (one, other)]
    return float((common / (areas[0] + areas[1] - common)).mean())


def scores(videos: Path, windows: Path, sections: Sections | None = None) -> Iterator[Overlap]:
    """The overlap of each annotated video in a folder (001.AVI …), one by one.

    `sections` are job settings, such as {"reframe": {"motion": "calm"}}.
    """
    annotators = drawn_windows(windows)
    clips = sorted(
        (int(path.stem), path) for path in videos.iterdir() if path.stem.isdigit() and path.is_file()
    )
    keys = [
        (number, ratio, path) for number, path in clips for ratio in RATIOS if (number, ratio) in annotators
    ]
    if not keys:
        raise MediaError(f"{videos} has no annotated video", "name the files as DHF1K does: 001.AVI …")
    for number, ratio, path in keys:
        yield overlap(_planned(path, RATIOS[ratio], sections or {}), number, ratio, annotators[number, ratio])


def _planned(path: Path, size: Size, sections: Sections) -> Programme:
    reframe = {"follow": "subject", "motion": "responsive", "inside": 0, **sections.get("reframe", {})}
    job = quick(path, ["tiktok"], {"encode": {"size": str(size)}, "reframe": reframe}).job
    with scratch(None) as place:
        plan = Engine(replace(job, folder=place), STAGES).plan(
            [without_limits(deliverable) for deliverable in job.deliverables],
            [stage for stage in STAGES if stage.name in ("conform", "reframe")],
        )
        require_all_planned(plan)
        return plan.renderings[0].planned.programme


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each video's overlap, then the means of each ratio."""
    settings = _settings(arguments)
    rows: list[Overlap] = []
    _print(f"{'video':<10}{'ratio':>6}{'ours':>8}{'middle':>8}")
    try:
        for row in scores(settings.videos, settings.windows, {"reframe": {"motion": settings.motion}}):
            rows.append(row)
            _print(_line(f"{row.video:03d}", row.ratio, [row]))
    except FinishError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    for ratio in RATIOS:
        of_ratio = [row for row in rows if row.ratio == ratio]
        unseen = [row for row in of_ratio if row.video in UNSEEN]
        for name, group in (("all", of_ratio), ("601–700", unseen)):
            if group:
                _print(_line(f"{name} ({len(group)})", ratio, group))
    return 0


def _settings(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.retargetvid", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--videos", type=Path, required=True, help="folder of DHF1K's videos, such as 001.AVI"
    )
    parser.add_argument("--windows", type=Path, required=True, help="folder of RetargetVid's annotator_*.zip")
    parser.add_argument("--motion", choices=MOTIONS, default="responsive")
    return parser.parse_args(arguments)


def _line(name: str, ratio: str, rows: Sequence[Overlap]) -> str:
    ours, middle = fmean(row.ours for row in rows), fmean(row.middle for row in rows)
    return f"{name:<10}{ratio.replace('-', ':'):>6}{100 * ours:8.1f}{100 * middle:8.1f}"


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
