"""Crops beside those of people: the windows that RetargetVid's annotators drew, of width to height 1:3 and 3:1 (Apostolidis and Mezaris
2021; the annotations are public, the videos are DHF1K's), and how much ours share with them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.errors import MediaError
from finish.model import Programme
from finish.units import Size, first_frame

RATIOS: Final[Mapping[str, Size]] = {
    "1-3": Size(360, 1080),
    "3-1": Size(1080, 360),
}  # the frames that such windows fill
UNSEEN: Final = range(601, 701)  # videos that UNISAL was not trained on
_LARGEST: Final = 1 << 20  # bytes of one file of annotations: the real ones have 20,000
Windows = NDArray[np.float64]  # (annotators, frames, 4): left, top, right, bottom in pixels of the video


@dataclass(frozen=True)
class Overlap:
    """How much of both windows, ours or one in the middle and an annotator's, they share: mean IoU over frames and annotators (0 to 1)."""

    video: int
    ratio: str
    ours: float
    middle: float


def drawn_windows(folder: Path) -> dict[tuple[int, str], list[Windows]]:
    """The windows of each annotator for each video and ratio, from RetargetVid's `annotator_*.zip`; FinishError when there are none."""
    found: dict[tuple[int, str], list[Windows]] = {}
    for path in sorted(folder.glob("annotator_*.zip")):
        try:
            with zipfile.ZipFile(path) as packed:
                for entry in packed.infolist():
                    number, _, ratio = Path(entry.filename).stem.partition("_")
                    if number.isdigit() and ratio in RATIOS and entry.file_size <= _LARGEST:
                        found.setdefault((int(number), ratio), []).append(
                            _windows(packed.read(entry).decode("ascii"))
                        )
        except (zipfile.BadZipFile, ValueError, OSError) as wrong:
            message = f"{path} is no file of RetargetVid's annotations: {wrong}"
            raise MediaError(message, "github.com/bmezaris/RetargetVid has them") from wrong
    if not found:
        raise MediaError(
            f"{folder} has no annotator_*.zip", "github.com/bmezaris/RetargetVid has them, in `annotations`"
        )
    return found


def _windows(text: str) -> Windows:
    rows = np.array([[float(each) for each in line.split(",")] for line in text.split()])
    if rows.ndim != 2 or rows.shape[1] != 4:
        raise ValueError("a line is left,top,right,bottom")
    return rows


def overlap(programme: Programme, video: int, ratio: str, people: Iterable[Windows]) -> Overlap:
    """What a plan shows of a video beside what people chose; frames that only some have are left out."""
    assert programme.framing is not None and programme.source.video is not None
    rate, picture = programme.source.video.rate, programme.framing.picture
    several = list(people)
    frames = min(len(rows) for rows in several)
    ours = np.array(
        [_pane(programme, first_frame(number / rate, programme.rate)) for number in range(frames)], float
    )
    aspect = float(RATIOS[ratio].aspect)
    half = (
        np.array((min(picture.width, picture.height * aspect), min(picture.height, picture.width / aspect)))
        / 2
    )
    centre = np.array((picture.width, picture.height)) / 2
    middle = np.concatenate([centre - half, centre + half])[np.newaxis]
    return Overlap(
        video, ratio, *(fmean(_iou(windows, rows[:frames]) for rows in several) for windows in (ours, middle))
    )


def _pane(programme: Programme, frame: int) -> tuple[int, int, int, int]:
    assert programme.framing is not None
    shown = programme.framing.panes(frame)[0].shown
    return shown.left, shown.top, shown.right, shown.bottom


def _iou(one: Windows, other: Windows) -> float:
    sides = np.clip(np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2]), 0, None)
    common = sides.prod(axis=1)
    areas = [(each[:, 2:] - each[:, :2]).prod(axis=1) for each in (one, other)]
    return float((common / (areas[0] + areas[1] - common)).mean())
