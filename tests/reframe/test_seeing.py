"""What a crop follows without a face: people from behind, animals, salient regions, in this order."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reframe_studio import FixedAnswers, face, looks, planned, programme

from finish.analysis.people import Bodies, BodiesAtTime, BodyBox
from finish.analysis.saliency import BINS, AttentionAtTime, Saliency
from finish.stages.reframe.crop_choice import Shot
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.saliency_target import salient_subjects
from finish.stages.reframe.subject_choice import subjects
from finish.stages.reframe.subject_tracks import BODIES, BoxesAtTime
from finish.stages.reframe.target_detection import shot_subjects
from finish.units import Size

SHARE = 0.316
WINDOW = CropWindow(Size(1280, 720), Size(1080, 1920))


def sights(*middles: float | None, what: Any = "person", wide: float = 0.1) -> list[BodiesAtTime]:
    """A whole person at each of these positions, every 0.4 s; None means nobody."""
    return [
        BodiesAtTime(
            Fraction(2 * number, 5),
            () if middle is None else (BodyBox(middle - wide / 2, 0.2, middle + wide / 2, 0.9, 0.8, what),),
        )
        for number, middle in enumerate(middles)
    ]


def gaze(time: float, *middles: float, wide: float = 0.1, around: float = 0.0) -> AttentionAtTime:
    """Attention at some positions, and `around` spread evenly over all."""
    places = (np.arange(BINS) + 0.5) / BINS
    spots = sum((np.exp(-(((places - middle) / wide) ** 2)) for middle in middles), np.zeros(BINS))
    shares = (1 - around) * spots / max(spots.sum(), 1e-9) + around / BINS
    told = tuple(np.rint(10_000 * shares).astype(int).tolist())
    return AttentionAtTime(Fraction(time), told, told)


def gazes(*middles: float, count: int = 25) -> list[AttentionAtTime]:
    return [gaze(0.4 * number, *middles) for number in range(count)]


def whom(ask: FixedAnswers, mode: Any = "any") -> list[tuple[str, float, float]]:
    (shot,) = shot_subjects(mode, False, programme(), WINDOW, ask)
    return [(subject.kind, float(subject.time), round(subject.middle, 2)) for subject in shot.subjects]


def asked(ask: FixedAnswers) -> set[type]:
    return {type(question.analyser) for question in ask.questions}


def test_who_turns_away_is_followed_all_the_same() -> None:
    """One person stays at 0.3 until the face turns away, then walks to 0.7; another one waits aside."""
    walked = sights(*[0.3] * 5, 0.4, 0.5, 0.6, *[0.7] * 17)
    passers = [BodiesAtTime(look.time, (*look.bodies, BodyBox(0.9, 0.1, 1.0, 0.9, 0.9))) for look in walked]
    ask = FixedAnswers(looks=looks(*[[face(0.3)]] * 10, *[[]] * 40), sights=passers, gazes=gazes(0.1))
    found = whom(ask)
    assert [each for each in found if each[0] == "face"] == [
        ("face", number / 5, 0.3) for number in range(10)
    ]
    bodies = [each for each in found if each[0] == "body"]
    assert [time for _, time, _ in bodies] == pytest.approx([0.4 * number for number in range(8, 25)])
    assert all(0.7 <= middle < 0.73 for *_, middle in bodies), (
        "a little ahead where he walks, and never with the other"
    )
    assert not [each for each in found if each[0] == "gaze"], "somebody is always there"


def test_only_what_is_needed_is_asked() -> None:
    for rows, bodies, expected in (
        ([[face(0.3)]] * 50, [], set()),
        ([[]] * 50, sights(*[0.7] * 25), {Bodies}),
        ([[]] * 50, [], {Bodies, Saliency}),
    ):
        ask = FixedAnswers(looks=looks(*rows), sights=bodies, gazes=gazes(0.8))
        whom(ask, "people")
        assert asked(ask) & {Bodies, Saliency} == expected - {Saliency}
        ask.questions.clear()
        whom(ask, "faces")
        assert not asked(ask) & {Bodies, Saliency}
    whom(ask := FixedAnswers(looks=looks(*[[]] * 50), gazes=gazes(0.8)), "any")
    assert {Bodies, Saliency} <= asked(ask)


def test_a_dog_is_followed_unless_people_are_asked_for() -> None:
    ask = FixedAnswers(looks=looks(*[[]] * 50), sights=sights(*[0.7] * 25, what="animal"))
    assert (
        {each[0] for each in whom(ask)} == {"body"} and whom(ask, "people") == [] and whom(ask, "faces") == []
    )


def test_where_nobody_is_what_draws_the_eye_is() -> None:
    found = whom(FixedAnswers(looks=looks(*[[]] * 50), gazes=gazes(0.8)))
    assert {(of, middle) for of, _, middle in found} == {("gaze", 0.75)}, (
        "somewhat nearer to the middle: 0.5 + 0.85 × 0.3"
    )


def test_attention_that_is_everywhere_is_not_followed() -> None:
    assert salient_subjects([gaze(0, around=1.0)], SHARE, True) == []
    assert salient_subjects([gaze(0, 0.2, around=0.5)], SHARE, True) != []
    assert salient_subjects([AttentionAtTime(Fraction(0), (0,) * BINS, (0,) * BINS)], SHARE, True) == []


def test_of_two_things_the_one_that_draws_more_is_kept() -> None:
    (found,) = salient_subjects(
        [
            AttentionAtTime(
                Fraction(0),
                *[tuple(3 * a + b for a, b in zip(gaze(0, 0.8).across, gaze(0, 0.2).across, strict=True))]
                * 2,
            )
        ],
        SHARE,
        True,
    )
    assert found.middle > 0.7 and found.low > 0.65


def test_up_and_down_attention_is_followed_half_as_far() -> None:
    (found,), (across,) = (
        salient_subjects([gaze(0, 0.8)], SHARE, False),
        salient_subjects([gaze(0, 0.8)], SHARE, True),
    )
    assert 0.5 < found.middle < across.middle


@given(st.lists(st.integers(0, 10_000), min_size=BINS, max_size=BINS), st.floats(0.05, 0.99), st.booleans())
def test_any_attention_leads_to_a_place_in_the_picture(bins: list[int], share: float, across: bool) -> None:
    for subject in salient_subjects([AttentionAtTime(Fraction(0), tuple(bins), tuple(bins))], share, across):
        assert 0 <= subject.low <= subject.high <= 1 and 0 <= subject.middle <= 1


def test_a_body_keeps_its_head_where_the_window_moves_up_and_down() -> None:
    rows = [BoxesAtTime(look.time, look.bodies) for look in sights(*[0.5] * 10)]
    (low,) = {round(subject.middle - 0.3 / 2, 3) for subject in subjects(rows, 0.3, False, BODIES)}
    assert 0.05 < low < 0.2, "the window begins above the head, which is at 0.2"


def test_people_in_a_landscape_are_not_its_subject() -> None:
    """Below a hundredth of the picture."""
    tiny = [BoxesAtTime(Fraction(number, 5), (BodyBox(0.8, 0.5, 0.85, 0.6, 0.9),)) for number in range(10)]
    assert subjects(tiny, SHARE, True, BODIES) == []


def test_a_wide_body_fills_the_crop_and_needs_no_other_layout() -> None:
    ask = FixedAnswers(looks=looks(*[[]] * 50), sights=sights(*[0.4] * 25, wide=0.6))
    done = planned(programme(), ask, follow="subject", layout="auto")
    assert not any("all of the picture" in note for note in done.notes) and any(
        "bodies in 100 %" in note for note in done.notes
    )


def test_people_from_behind_who_fit_no_crop_all_show() -> None:
    both = [
        BodiesAtTime(one.time, (*one.bodies, *other.bodies))
        for one, other in zip(sights(*[0.1] * 25), sights(*[0.9] * 25), strict=True)
    ]
    done = planned(
        programme(), FixedAnswers(looks=looks(*[[]] * 50), sights=both), follow="subject", layout="auto"
    )
    assert any("the whole picture is shown in 1 of 1 shots" in note for note in done.notes)


def test_a_calm_crop_that_would_lose_somebody_moves_more_readily() -> None:
    """A person crosses the picture in two seconds."""
    rows = [[face(0.1)]] * 3 + [[face(0.1 + 0.08 * number)] for number in range(11)] + [[face(0.9)]] * 3
    done = planned(programme(frames=85), FixedAnswers(looks=looks(*rows)), follow="subject")
    assert "moves in 1" in done.notes[-2] and "in frame in 100 %" in done.notes[-1]


def test_what_is_followed_is_told_and_stands_in_the_lock() -> None:
    ask = FixedAnswers(
        [Fraction(5)], looks(*[[face(0.3)]] * 25, *[[]] * 25), sights=sights(*[None] * 13, *[0.7] * 12)
    )
    done = planned(programme(), ask, follow="subject")
    assert any(note.startswith("faces in 50 %, bodies in 50 % of samples; 2 shots") for note in done.notes), (
        done.notes
    )
    (decision,) = done.decisions
    assert [round(value["centre"], 2) for value in decision.values["shots"]] == [0.3, 0.7]
    faces = planned(programme(), ask, follow="subject", subject="faces").decisions
    assert faces[0].of != decision.of


@pytest.mark.parametrize("times", [(), (Fraction(1),)])
def test_a_shot_is_frozen(times: Sequence[Fraction]) -> None:
    shot = Shot(Fraction(0), Fraction(2), [BoxesAtTime(time, ()) for time in times], (), ())
    assert shot.about == shot.looks
