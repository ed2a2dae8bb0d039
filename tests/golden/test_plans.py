"""Plans, compared exactly as text.

`pytest --write-golden` rewrites them: read the difference before you commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from golden_world import CASES, TIKTOK, Case, job, planned, source, video
from timing import Stopwatch

from finish import graph
from finish.errors import FinishError
from finish.graph import Stream
from finish.media import doctor
from finish.model import Frames
from finish.planning import plan_text

HERE = Path(__file__).parent
# FFmpeg's readers and writers are part of a plan too, but aren't filters.
NO_FILTERS = {"source", "image", "waveform", "generate", "cut", "sequence", "encode"}
# What the compiler inserts where a stream is used twice, and where a value changes from frame to frame.
LOWERED = {"split", "asplit", "sendcmd", "settb"}
# What it makes of transitions.
LOWERED |= {"avgblur", "extractplanes", "lutyuv", "mergeplanes", "mix", "xfade"}
# What it makes of a changed speed of sound.
LOWERED |= {"rubberband"}


@pytest.mark.parametrize("name", CASES)
def test_the_plan_is_the_golden_one(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = plan_text.text(planned(job(tmp_path, CASES[name]), CASES[name]))
    golden = HERE / f"{name}.txt"
    if request.config.getoption("--write-golden"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8"), "if the new plan is right: make golden"


def test_every_golden_plan_has_its_case() -> None:
    assert {path.stem for path in HERE.glob("*.txt")} == set(CASES)


@pytest.mark.parametrize(
    ("sections", "clip"),
    [
        ("colour: {looks: [cool]}\ncaptions: {file: clip.en.srt}", source()),
        ("colour: {looks: [warm]}\ncaptions: {file: clip.en.srt, size: 1.1}", source()),
        ("colour: {looks: [warm]}\ncaptions: {file: clip.en.srt}\nencode: {picture: {crf: 20}}", source()),
        ("colour: {looks: [warm]}\ncaptions: {file: clip.en.srt}", source(video(frames=251))),
        ("colour: {looks: [warm]}\ncaptions: {file: clip.en.srt}", source(video(full_range=True))),
    ],
)
def test_a_plan_that_differs_is_another_text(sections: str, clip: object, tmp_path: Path) -> None:
    other = Case(TIKTOK, sections, clip, CASES["tiktok"].answers)  # type: ignore[arg-type]
    assert plan_text.text(planned(job(tmp_path, other), other)) != (HERE / "tiktok.txt").read_text(
        encoding="utf-8"
    )


def lines(name: str) -> list[str]:
    return (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def test_one_vertical_is_cropped_before_it_is_graded_and_two_frames_share_one_grade() -> None:
    alone, both = lines("tiktok"), lines("tiktok-and-youtube")
    first = {
        word: next(at for at, line in enumerate(alone) if f"| {word} " in line) for word in ("crop", "lut3d")
    }
    assert first["crop"] < first["lut3d"]
    assert sum("| lut3d " in line for line in both) == 1 and sum("→ mp4" in line for line in both) == 2
    graded = next(line.split()[0] for line in both if "| lut3d " in line)
    assert sum(f" {graded} | " in line for line in both) == 2


@pytest.mark.parametrize(
    ("preset", "frames", "says"),
    [
        ("tiktok", 15_001, "clip-tiktok: length is 600.04 s, but tiktok needs at most 600 s"),
        ("x", 3_501, "clip-x: length is 140.04 s, but x needs 0.5 to 140 s"),
    ],
)
def test_what_the_destination_refuses_is_told_before_anything_is_rendered(
    preset: str, frames: int, says: str, tmp_path: Path
) -> None:
    centre = "reframe: {follow: centre}"
    deliverable = TIKTOK.replace("tiktok", preset)
    just, over = (Case(deliverable, centre, source(video(frames=count))) for count in (frames - 1, frames))
    assert planned(job(tmp_path, just), just)
    with pytest.raises(FinishError) as raised:
        planned(job(tmp_path, over), over)
    assert (
        raised.value.code == "limit"
        and raised.value.message == says
        and raised.value.where.startswith("job.yaml:")
    )


def test_a_split_screen_has_only_the_frames_that_all_of_its_clips_have(tmp_path: Path) -> None:
    """The wipe needs 5 frames before its range; the first cell has them, and the second begins its clip."""
    film = CASES["film"]
    later = "{clip: run.mp4, in: 1, out: 4}"
    assert film.sections.count(later) == 1
    case = replace(film, sections=film.sections.replace(later, "{clip: run.mp4, out: 3}"))
    with pytest.raises(
        FinishError, match=r"the wipe into segment 3 .* needs 5 frames before its `in`, and the clip has 0"
    ):
        planned(job(tmp_path, case), case)


def written(tmp_path: Path) -> Iterator[Stream]:
    """Everything that FFmpeg is given when the cases are planned, rendered, checked, and previewed."""
    for case in CASES.values():
        renderings = planned(job(tmp_path, case), case)
        yield from (each for one in renderings for each in (one.picture, one.sound))
        yield from (
            each for one in renderings for piece in one.pieces for each in (piece.picture, *piece.captures)
        )
        promised = [promise for one in renderings for promise in one.planned.promises if promise.analyser]
        expected = [
            question.analyser.wants for question in (*promised, *case.answers.questions) if question.analyser
        ]
        yield from (
            wants.of(renderings[0].picture) if isinstance(wants, Frames) else renderings[0].sound
            for wants in expected
        )


def test_doctor_knows_every_filter_of_every_plan_and_no_other(tmp_path: Path) -> None:
    streams = list(written(tmp_path))
    used = {node.name for node in graph.history(streams)} - NO_FILTERS
    used |= {str(node.arg("filter")) for node in graph.history(streams) if node.name == "generate"}
    used |= LOWERED
    assert used - set(doctor.FILTERS) == set(), "a machine without these is refused only in mid-render"
    assert set(doctor.FILTERS) - used == set(), "no plan needs these"


def test_planning_without_media_takes_under_50_ms(tmp_path: Path, stopwatch: Stopwatch) -> None:
    case = CASES["tiktok-and-youtube"]
    loaded = job(tmp_path, case)
    planned(loaded, case)
    with stopwatch(5 * 0.050):
        for _ in range(5):
            assert plan_text.text(planned(loaded, case))
