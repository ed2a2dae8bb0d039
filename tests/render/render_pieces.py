"""Jobs of several pieces, and their runs, for the tests of pieces."""

from __future__ import annotations

from pathlib import Path

import av
from clip_files import ffmpeg_by_hand

import finish


def srt(cues: list[tuple[float, float, str]]) -> str:
    def clock(seconds: float) -> str:
        return f"00:00:{seconds:06.3f}".replace(".", ",")

    return "\n".join(
        f"{number}\n{clock(start)} --> {clock(end)}\n{text}\n"
        for number, (start, end, text) in enumerate(cues, 1)
    )


def logo(path: Path) -> None:
    ffmpeg_by_hand("-f", "lavfi", "-i", "color=red:s=40x20,format=rgba", "-frames:v", "1", str(path))


ONE = """\
source: hero.mp4
captions: {file: hero.en.srt}
encode: {picture: {speed: ultrafast}, size: 320x180}
deliverables: [{name: done, preset: youtube}]
"""


CAPTIONED = "captions: {file: hero.en.srt}\n"


LINES = [(0.5, 1.5, "one"), (5.0, 6.0, "two"), (9.0, 9.9, "three")]


def decoded(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def run_all(place: Path) -> tuple[finish.Outcome, ...]:
    return finish.run(finish.load(place).job)


def run(place: Path) -> finish.Outcome:
    (outcome,) = finish.run(finish.load(place).job)
    return outcome
