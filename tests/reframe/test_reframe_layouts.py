"""Layouts: what a crop can't keep is shown whole, in panels, or beside its text."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from reframe_plans import answers, lines, moves, text
from reframe_studio import FixedAnswers, face, looks, planned, programme

from finish.analysis.faces import FaceBox
from finish.analysis.text_detection import TextAtTime, TextBox
from finish.errors import FinishError
from finish.graph import history
from finish.stages.reframe.camera_path import still_path
from finish.stages.reframe.crop_keyframes import CropKeyframes
from finish.stages.reframe.crop_segments import CropSegment
from finish.units import Box

GROUP = [face(0.1), face(0.5), face(0.9)]


PAIR = [face(0.15), face(0.8)]


def test_whom_a_crop_would_lose_is_shown_with_all_of_the_picture() -> None:
    """Three faces all over the picture for five seconds, then one alone."""
    rows = looks(*[GROUP] * 25, *[[face(0.3)]] * 25)
    done = planned(programme(), answers(rows, [Fraction(5)]), follow="subject", layout="auto")
    overlay = next(node for node in history([done.picture]) if node.name == "overlay" and node.arg("enable"))
    assert str(overlay.arg("enable")) == "gte(t,-0.02)*lt(t,4.98)"
    assert "the whole picture is shown in 1 of 2 shots: a crop would cut off people or text" in done.notes
    assert done.framing is not None and done.framing.panes(10)[0].target == Box(0, 656, 1080, 1264)
    crop_only = planned(programme(), answers(rows, [Fraction(5)]), follow="subject")
    assert not [node for node in history([crop_only.picture]) if node.name == "overlay"]
    everybody = planned(programme(), answers(looks(*[GROUP] * 50)), follow="subject", layout="auto")
    assert text(everybody) == text(planned(programme(), follow="pad"))


def test_two_who_are_far_apart_show_one_above_the_other() -> None:
    rows = looks(*[PAIR] * 25, *[[face(0.3)]] * 25)
    done = planned(programme(), answers(rows, [Fraction(5)]), follow="subject", layout="auto")
    assert "two people are shown one above the other in 1 of 2 shots" in done.notes
    assert done.framing is not None
    upper, lower = done.framing.panes(10)
    assert (upper.target, lower.target) == (Box(0, 0, 1080, 960), Box(0, 960, 1080, 1920))
    for pane, mine, other in ((upper, 0.15, 0.8), (lower, 0.8, 0.15)):
        left, right = pane.crop_box.left / 1280, pane.crop_box.right / 1280
        assert left < mine - 0.04 and mine + 0.04 < right and not left < other < right
        assert abs(pane.crop_box.size.aspect / Fraction(9, 8) - 1) < Fraction(1, 100)
    assert (
        done.framing.box(10, 0.11, 0.23, 0.19, 0.37).bottom
        <= 960
        < done.framing.box(10, 0.76, 0.23, 0.84, 0.37).top
    )
    again = planned(
        replace(programme(), locked={"reframe": {"of": done.decisions[0].of, **done.decisions[0].values}}),
        FixedAnswers(),
        follow="subject",
        layout="auto",
    )
    assert again.picture == done.picture
    assert again.notes == done.notes, "notes are derived from the keyframes of the lock file"
    assert "notes" not in done.decisions[0].values


def test_keyframes_of_an_earlier_lock_file_keep_their_notes_on_the_subject() -> None:
    """Lock files once stored notes; those about the layout are derived now."""
    shots = [{"from": 0, "centre": 0.3}, {"from": 5, "layout": "fit", "centre": 0.5}]
    notes = [
        {"level": "detail", "code": "crop", "text": "faces in 90 %"},
        {"level": "know", "code": "layout", "text": "old"},
    ]
    done = planned(programme(), answers(looks(*[[face(0.3)]] * 50)), follow="subject")
    locked = {"reframe": {"of": done.decisions[0].of, "shots": shots, "notes": notes}}
    again = planned(replace(programme(), locked=locked), FixedAnswers(), follow="subject")
    assert again.notes[-2:] == (
        "faces in 90 %",
        "the whole picture is shown in 1 of 2 shots: a crop would cut off people or text",
    )
    assert again.decisions[0].values["notes"] == notes[:1]


def test_a_little_wider_is_enough_for_three_side_by_side() -> None:
    three = [face(0.36), face(0.5), face(0.64)]
    done = planned(programme(), answers(looks(*[three] * 50)), follow="subject", layout="auto")
    assert (
        "a wider window with a background is shown in 1 of 1 shots" in done.notes and done.framing is not None
    )
    (pane,) = done.framing.panes(0)
    assert (
        pane.crop_box.left < 0.30 * 1280
        and pane.crop_box.right > 0.70 * 1280
        and pane.crop_box.size.height == 720
    )
    assert pane.target.left == 0 and pane.target.size.width == 1080 and pane.target.top > 0
    way = CropKeyframes.read(done.decisions[0].values)
    assert way.segments[0].wide and way.values["shots"] == [{"from": 0.0, "layout": "wide", "centre": 0.5}]
    letters = planned(
        programme(), answers(looks(*[three] * 50), reads=lines((0.1, 0.6))), follow="subject", layout="auto"
    )
    assert "the whole picture is shown in 1 of 1 shots" in str(letters.notes)


@pytest.mark.parametrize(
    "pair",
    [
        [face(0.15), face(0.8, 0.2)],  # one much larger
        [face(0.45), face(0.55)],  # near each other: a crop holds both
    ],
)
def test_others_are_no_pair(pair: list[FaceBox]) -> None:
    done = planned(programme(), answers(looks(*[pair] * 50)), follow="subject", layout="auto")
    assert "one above the other" not in str(done.notes)


def test_a_wide_frame_has_no_panels() -> None:
    done = planned(
        programme("2560x720"), answers(looks(*[PAIR] * 50)), frame="1280x720", follow="subject", layout="auto"
    )
    assert "one above the other" not in str(done.notes)


@pytest.mark.parametrize(
    ("boxes", "fit", "crop"),
    [
        ([(0.1, 0.4)], False, None),  # entirely outside 0.44 to 0.76
        ([(0.5, 0.7)], False, None),  # entirely inside
        ([(0.40, 0.60)], False, 490),  # a step to the left includes all of it
        ([(0.05, 0.70)], True, None),  # no step does
        ([(0.40, 0.60), (0.7, 0.9)], False, None),
        ([(0.40, 0.60), (0.62, 0.80)], True, None),
    ],
)
def test_letters_are_never_half_cut(boxes: list[tuple[float, float]], fit: bool, crop: int | None) -> None:
    ask = answers(looks(*[[face(0.6)]] * 50), reads=lines(*boxes))
    done = planned(programme(), ask, follow="subject", layout="auto")
    assert any("the whole picture is shown in" in note for note in done.notes) is fit
    if not fit:
        left = next(node for node in history([done.picture]) if node.name == "crop").arg("x")
        middle = (int(str(left)) + 202) / 1280
        cut = [
            box
            for box in boxes
            if 0.05 < (min(box[1], middle + 0.158) - max(box[0], middle - 0.158)) / (box[1] - box[0]) < 0.95
        ]
        assert cut == []
        assert crop is None or int(str(left)) == crop


def test_a_face_is_no_title() -> None:
    brow = tuple(TextAtTime(Fraction(number), (TextBox(0.5, 0.25, 0.62, 0.35),)) for number in range(10))
    ask = answers(looks(*[[face(0.45), face(0.6)]] * 50), reads=brow)
    assert "the whole picture is shown in" not in str(
        planned(programme(), ask, follow="subject", layout="auto").notes
    )


def test_letters_that_pass_are_no_titles_and_a_short_shot_keeps_the_layout_before() -> None:
    passing = tuple(
        TextAtTime(Fraction(number), (TextBox(number / 8, 0.8, number / 8 + 0.3, 0.9),))
        for number in range(6)
    )
    assert "the whole picture is shown in" not in str(
        planned(
            programme(), answers(looks(*[[face(0.6)]] * 50), reads=passing), follow="subject", layout="auto"
        ).notes
    )
    rows = looks(*[GROUP] * 20, *[[face(0.3)]] * 5, *[[face(0.3)]] * 25)
    brief = planned(programme(), answers(rows, [Fraction(4), Fraction(5)]), follow="subject", layout="auto")
    assert "the whole picture is shown in 2 of 3 shots" in str(brief.notes)


def test_a_crop_moves_by_hand_from_one_place_to_another() -> None:
    done = planned(
        programme(),
        centre=[
            {"from": 2, "to": 4.5, "at": [0.3, 0.5], "until": [0.6, 0.5]},
            {"from": 4.5, "at": [0.6, 0.5]},
        ],
    )
    path = moves(done.picture)
    places = [path.at(frame) for frame in range(250)]
    first, last = places[50], places[113]
    assert places[113:] == [last] * 137 and last > first and sorted(places[50:114]) == places[50:114]
    assert abs(places[81] - (first + last) / 2) < 0.02 * (last - first), "half of the way in half of the time"


def test_a_layout_by_hand_and_from_the_lock_file() -> None:
    by_hand = planned(programme(), centre=[{"from": 2, "to": 4, "layout": "fit"}])
    overlay = next(
        node for node in history([by_hand.picture]) if node.name == "overlay" and node.arg("enable")
    )
    assert str(overlay.arg("enable")) == "gte(t,1.98)*lt(t,3.98)"
    way = CropKeyframes(
        (CropSegment(Fraction(0), still_path(0.3)), CropSegment(Fraction(3), still_path(0.5), fit=True))
    )
    assert way.values["shots"] == [
        {"from": 0.0, "centre": 0.3},
        {"from": 3.0, "layout": "fit", "centre": 0.5},
    ]
    assert CropKeyframes.read(way.values) == way
    with pytest.raises(FinishError, match="the lock file's values of reframe can't be read"):
        CropKeyframes.read({"shots": [{"from": 0, "centre": 0.3, "layout": "stack"}]})
    with pytest.raises(FinishError, match="the lock file's values of reframe can't be read"):
        CropKeyframes.read({"shots": [{"from": 0, "layout": "stack", "panels": [[0.1, 0.2, 0.3]]}]})


def test_a_way_is_decided_anew_where_more_must_be_inside() -> None:
    rows = looks(*[[face(0.3)]] * 50)
    usual, stricter, again = (
        planned(programme(), answers(rows), follow="subject", inside=inside) for inside in (0.8, 0.95, 0.8)
    )
    assert usual.decisions[0].of == again.decisions[0].of != stricter.decisions[0].of
