"""A sheet of a plan, and its errors: clips on paper, no process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from golden import golden_world
from golden.golden_world import TIKTOK, YOUTUBE, Case
from timeline_plans import film

from finish import graph
from finish.errors import Interrupted, MediaError
from finish.model import PlannedDeliverable, RefusedDeliverable
from finish.planning.render_plan import Rendering
from finish.planning.stage_pipeline import StagePipeline
from finish.review import look_sheet, planned_sheet
from finish.review.planned_sheet import PlannedClip
from finish.review.small_frames import FrameRequest, Pixels
from finish.stages import STAGES

BOTH = Case(f"{TIKTOK}\n{YOUTUBE}", "captions: {file: clip.en.srt}")


def reel(tmp_path: Path) -> PlannedClip:
    return PlannedClip(
        "golden",
        "clip.mp4",
        golden_world.planned(golden_world.job(tmp_path, BOTH), BOTH),
        cuts=(Fraction(4),),
    )


def flat(films: Sequence[FrameRequest], times: Sequence[Fraction]) -> dict[tuple[int, Fraction], Pixels]:
    """Black frames, each of its clip's size."""
    black = [np.zeros((film.size.height, film.size.width, 3), np.uint8) for film in films]
    return {(index, time): picture for index, picture in enumerate(black) for time in times}


def test_a_row_for_each_deliverable_with_the_same_moments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planned_sheet, "frames", flat)
    page, errors = planned_sheet.page([reel(tmp_path)], 24)
    (section,) = page.sections
    assert not errors and (page.title, section.title) == ("golden", "clip.mp4")
    assert section.facts == ("job golden", "1280x720", "25 fps", "0:10.00", "2 shots")
    assert [[(cell.head, cell.words[:8]) for cell in row.cells] for row in section.rows] == [
        [("0:02.00 · shot 1", "One clip"), ("0:05.24 · shot 2", "graded, ")]
    ] * 2
    assert [row.cells[0].picture.shape for row in section.rows] == [(480, 270, 3), (270, 480, 3)]
    assert all(row.zone for row in section.rows) and not any(
        "moments" in fact for fact in section.rows[0].facts
    )
    few, _ = planned_sheet.page([reel(tmp_path)], 1)
    assert [row.facts[-1] for row in few.rows] == ["1 of 2 moments"] * 2


@pytest.mark.parametrize("wrong", [MediaError("it breaks off", "export it again"), Interrupted()])
def test_a_clip_that_cannot_be_read_is_a_row_and_stopping_stops(
    wrong: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(films: Sequence[FrameRequest], times: Sequence[Fraction]) -> dict[tuple[int, Fraction], Pixels]:
        raise wrong

    monkeypatch.setattr(planned_sheet, "frames", fails)
    if isinstance(wrong, Interrupted):
        with pytest.raises(Interrupted):
            planned_sheet.page([reel(tmp_path)], 24)
        return
    page, errors = planned_sheet.page([reel(tmp_path)], 24)
    (row,) = page.rows
    assert (row.title, row.cells, row.trouble) == (
        "clip-tiktok, clip-youtube",
        (),
        "it breaks off — export it again",
    )
    assert [str(error) for error in errors] == ["clip.mp4: it breaks off — export it again"]


def test_a_look_is_put_on_a_small_picture(tmp_path: Path) -> None:
    case = Case(TIKTOK, "colour: {looks: [warm, mono]}", golden_world.source(golden_world.video("3840x2160")))
    alone = look_sheet.look_variants(golden_world.job(tmp_path, case).deliverables[0])
    assert [[look.path.stem for look in each.settings["colour"].looks] for each in alone] == [
        [],
        ["warm"],
        ["mono"],
    ]  # type: ignore[attr-defined]
    found = StagePipeline(STAGES[:3], case.answers).plan(case.clip, alone)
    films = [look_sheet._request(each.programme) for each in found if isinstance(each, PlannedDeliverable)]
    chains = [
        [node for node in graph.history([film.picture]) if node.name in ("zscale", "lut3d")] for film in films
    ]
    assert [
        [node.arg("width") for node in nodes if node.name == "lut3d" or node.arg("width")] for nodes in chains
    ] == [[480], [480, None], [480, None]], "made small, and only then graded"


def test_a_timeline_is_told_by_its_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planned_sheet, "frames", flat)
    planned = film(over=True)
    rendering = Rendering(planned, planned.programme.picture.filter("copy"), planned.programme.sound, ())
    page, errors = planned_sheet.page(
        [PlannedClip("job", "film", (rendering,), cuts=planned.programme.edges), reel_of_nothing()], 24
    )
    section, _ = page.sections
    assert page.facts == ("as planned", "1 clip", "1 timeline", "2 deliverables") and len(errors) == 1
    assert section.facts == ("job job", "4 segments", "1 over them", "3 clips", "0:05.80", "25 fps")
    assert [cell.head for cell in section.rows[0].cells] == [
        "0:01.10 · beach",
        "0:02.30 · walk",
        "0:02.80 · walk + hands",
        "0:03.40 · walk",
        "0:04.10 · Spring",
        "0:05.20 · again",
    ]


def reel_of_nothing() -> PlannedClip:
    """A clip whose one deliverable is refused."""
    plain = replace(film().deliverable, edit=None)
    return PlannedClip("job", "a.mp4", refused=(RefusedDeliverable(plain, MediaError("no picture")),))
