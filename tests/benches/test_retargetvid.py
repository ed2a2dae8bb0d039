"""Crops compared with human crops: RetargetVid's files, and the overlap of windows."""

from __future__ import annotations

import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clip_files import clip
from paper_media import video_track

from bench.retargetvid import drawn_windows, main, overlap
from finish import graph
from finish.errors import FinishError
from finish.model import ClipProgramme, FramePane, Framing, Programme, Source
from finish.units import Box, Size

RATE = Fraction(30)


def packed(folder: Path, number: int, rows: dict[str, list[str]]) -> None:
    with zipfile.ZipFile(folder / f"annotator_{number}.zip", "w") as archive:
        for name, lines in rows.items():
            archive.writestr(f"annotator_{number}/{name}.txt", "\n".join(lines) + "\n")


def programme(*boxes: Box) -> Programme:
    """A programme with one crop window per frame."""
    size = Size(640, 360)
    picture = graph.source("video", "clip", "clip.mp4", index=0, demuxer="mov", size=size)
    framing = Framing(
        size, tuple((number, (FramePane(box, Box(0, 0, 360, 1080)),)) for number, box in enumerate(boxes))
    )
    source = Source(Path("clip.mp4"), "clip", 1, "mov", Fraction(0), video_track(size, RATE))
    return ClipProgramme(
        source=source,
        conformed=picture,
        picture=picture,
        sound=picture,
        frame=Size(360, 1080),
        rate=RATE,
        frames=100,
        framing=framing,
    )


def test_files_are_read_by_video_and_ratio(tmp_path: Path) -> None:
    packed(tmp_path, 1, {"001_1-3": ["0,0,120,360"] * 3, "001_3-1": ["0,10,640,223"], "notes": ["x"]})
    packed(tmp_path, 2, {"001_1-3": ["20,0,140,360"] * 2})
    found = drawn_windows(tmp_path)
    assert {key: [rows.shape for rows in several] for key, several in found.items()} == {
        (1, "1-3"): [(3, 4), (2, 4)],
        (1, "3-1"): [(1, 4)],
    }


@pytest.mark.parametrize("lines", [["1,2,3"], ["a,b,c,d"], ["0,0,120,360", "0,0,120"]])
def test_other_files_are_refused(tmp_path: Path, lines: list[str]) -> None:
    packed(tmp_path, 1, {"001_1-3": lines})
    with pytest.raises(FinishError, match=r"annotator_1\.zip isn't a RetargetVid annotation file"):
        drawn_windows(tmp_path)


def test_no_files_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "annotator_1.zip").write_bytes(b"none")
    with pytest.raises(FinishError, match="isn't a RetargetVid annotation file"):
        drawn_windows(tmp_path)
    with pytest.raises(FinishError, match=r"has no annotator_\*.zip"):
        drawn_windows(tmp_path / "nothing")


def test_the_overlap_is_that_of_both_over_all() -> None:
    """Half of a window against the same window moved by half: 60 px of 180 overlap."""
    people = [np.array([[60.0, 0, 180, 360]] * 2), np.array([[0.0, 0, 120, 360]] * 3)]
    found = overlap(programme(Box(0, 0, 120, 360), Box(60, 0, 180, 360)), 7, "1-3", people)
    assert found.ours == pytest.approx((1 / 3 + 1 + 1 + 1 / 3) / 4) and found.middle == 0
    middle = overlap(programme(Box(0, 0, 120, 360)), 7, "1-3", [np.array([[260.0, 0, 380, 360]])])
    assert middle.middle == 1 and middle.ours == 0


@pytest.mark.render
def test_the_command_prints_each_video_and_the_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    clip(videos / "601.avi", seconds=2, size="640x360", extra=("-vf", "drawbox=t=fill:c=gray"))
    packed(tmp_path, 1, {"601_1-3": ["260,0,380,360"] * 50, "601_3-1": ["0,73,640,286"] * 50})
    arguments = ["--videos", str(videos), "--windows", str(tmp_path)]
    assert main(arguments) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["601", "1:3", "100.0", "100.0"] in lines
    assert ["601–700", "(1)", "1:3", "100.0", "100.0"] in lines
    assert any(line[:2] == ["601", "3:1"] and float(line[2]) > 98 for line in lines), lines
    (videos / "601.avi").rename(videos / "602.avi")
    assert main(arguments) != 0
    assert "has no annotated video" in capsys.readouterr().err
