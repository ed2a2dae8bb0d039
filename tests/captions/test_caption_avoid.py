"""Captions that keep clear of faces: per shot, without needless jumps, obeying edited decisions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from caption_world import (
    RATE,
    VERTICAL,
    PaperLibrary,
    delivery,
    document,
    plan_captions,
    programme,
    settings,
    srt,
)
from hypothesis import given
from hypothesis import strategies as st

from finish.analysis.colour_tones import CELLS, FrameTones, ToneFacts, Tones
from finish.analysis.faces import FaceBox, FaceFacts, Faces, FacesAtTime
from finish.analysis.shots import ShotFacts, Shots
from finish.analysis.text_detection import TextAtTime, TextBox, TextDetection, TextFacts
from finish.errors import FinishError
from finish.graph import Timeline
from finish.model import FramePane, Framing, Measure, Programme
from finish.stages import captions as stage
from finish.units import Box, Size, Span

TIKTOK = delivery(VERTICAL, top=250, bottom=480, left=60, right=180)
FRAME = Box(0, 0, 1080, 1920)
WHOLE = Framing(Size(1080, 1920), ((0, (FramePane(FRAME, FRAME),)),))
LOW, MIDDLE, HIGH = (FaceBox(0.3, top, 0.7, top + 0.16, 0.9) for top in (0.62, 0.4, 0.15))


class FixedAnswers:
    """An `Ask` with fixed answers.

    Shots; and five times a second faces, letters, and the brightness of each third.
    """

    def __init__(
        self,
        shots: list[tuple[float, tuple[FaceBox, ...]]],
        seconds: int = 40,
        lines: dict[float, tuple[TextBox, ...]] | None = None,
        thirds: tuple[int, int, int] = (0, 0, 0),
    ) -> None:
        self.questions: list[Any] = []
        starts = [start for start, _ in shots]
        looks = [
            FacesAtTime(Fraction(at, 5), next(faces for start, faces in reversed(shots) if start <= at / 5))
            for at in range(5 * seconds)
        ]
        read = tuple(
            TextAtTime(Fraction(at), (lines or {}).get(at, (lines or {}).get(-1, ())))
            for at in range(seconds)
        )
        cells = b"".join(bytes([luma]) * CELLS * CELLS for luma in thirds).hex()
        self.facts = {
            Shots: ShotFacts(tuple(Fraction(start) for start in starts if start), 0),
            Faces: FaceFacts(tuple(looks)),
            TextDetection: TextFacts(read),
            Tones: ToneFacts(tuple(FrameTones(Fraction(at, 2), cells) for at in range(2 * seconds))),
        }

    def __call__(self, question: Measure[Any], /) -> Any:
        self.questions.append(question.analyser)
        return self.facts[type(question.analyser)]

    def prepare(self, questions: object, /) -> None:
        raise AssertionError


def planned(
    ask: FixedAnswers,
    count: int = 8,
    locked: dict[str, Any] | None = None,
    framing: Framing = WHOLE,
    **given: Any,
) -> Programme:
    """Cues of 4 s, with faces."""
    clip = replace(programme(VERTICAL, 40 * 25), framing=framing, locked=locked or {})
    text = srt(*(f"line number {number}" for number in range(count)))
    return plan_captions(settings(text, **{"position": "auto", **given}), clip, TIKTOK, ask)


def tops(done: Programme) -> list[str]:
    """The position of each card: the third of the safe zone that its ink is in."""
    payload: Any = done.picture.arg("filename")
    return [
        "high" if card.ink.top < 500 else "low" if card.ink.top > 1000 else "middle" for card in payload.cards
    ]


def cards(done: Programme) -> list[Any]:
    payload: Any = done.picture.arg("filename")
    return list(payload.cards)


def touch(ink: Box, face: FaceBox) -> bool:
    """Whether ink meets a face of the whole frame."""
    left, top, right, bottom = face.left * 1080, face.top * 1920, face.right * 1080, face.bottom * 1920
    return ink.left < right and left < ink.right and ink.top < bottom and top < ink.bottom


def places(done: Programme) -> list[tuple[float, str]]:
    (decision,) = done.decisions
    return [(value["from"], value["position"]) for value in decision.values["places"]]


def test_without_faces_captions_stand_at_the_bottom() -> None:
    done = planned(FixedAnswers([(0, ())]))
    assert set(tops(done)) == {"low"} and places(done) == [(0, "bottom")] and done.notes == ()


def test_each_shot_has_its_own_place_clear_of_its_faces() -> None:
    shots = [(0, (MIDDLE,)), (8, (LOW,)), (16, (LOW, HIGH)), (24, (HIGH,))]
    done = planned(FixedAnswers(shots))
    for card, faces in zip(cards(done), [faces for _, faces in shots for _ in range(2)], strict=True):
        assert not any(touch(card.ink, face) for face in faces)
    assert [start for start, _ in places(done)] == [0, 8, 24], "it moves only at a cut, and returns at one"
    assert places(done)[0][1] == places(done)[2][1] == "bottom"
    assert "captions leave their usual place for 4 of 8 cards" in str(done.notes)


def test_captions_over_a_face_go_to_the_clear_strip_below_or_above_it() -> None:
    """Eyes at the bottom of the safe area, and room above the face: no card touches it."""
    done = planned(FixedAnswers([(0, (LOW,))]))
    assert not any(touch(card.ink, LOW) for card in cards(done)) and len(places(done)) == 1


def test_nothing_moves_while_it_is_read() -> None:
    """A face comes and goes within one shot of unbroken speech: one clear place serves all of it."""
    looks = [(0.0, ()), (8.0, (LOW,)), (16.0, ())]
    ask = FixedAnswers(looks)
    ask.facts[Shots] = ShotFacts((), 0)
    done = planned(ask)
    assert len(places(done)) == 1 and not any(touch(card.ink, LOW) for card in cards(done))


def test_a_face_everywhere_is_told() -> None:
    everywhere = tuple(FaceBox(0.0, top / 20, 1.0, top / 20 + 0.2, 0.9) for top in range(1, 17, 2))
    done = planned(FixedAnswers([(0, everywhere)]))
    (note,) = (note for note in done.notes if note.code == "captions-cover")
    assert note.level == "act" and "no position is clear" in note


def test_doubtful_faces_are_nobody() -> None:
    assert set(tops(planned(FixedAnswers([(0, (replace(LOW, score=0.65), MIDDLE))])))) == {"low"}


def test_passers_by_weigh_less_than_people() -> None:
    """A small face is avoided where there is room, and covered before a large one."""
    small = FaceBox(0.45, 0.66, 0.5, 0.68, 0.9)
    done = planned(FixedAnswers([(0, (MIDDLE, small))]))
    assert not any(touch(card.ink, MIDDLE) or touch(card.ink, small) for card in cards(done))
    crowd = planned(FixedAnswers([(0, (FaceBox(0.0, 0.05, 1.0, 0.6, 0.9), small))]))
    assert "captions-cover" not in {note.code for note in crowd.notes}


def test_a_face_outside_the_crop_is_not_seen_and_one_in_it_stands_where_the_crop_puts_it() -> None:
    left = Framing(
        Size(1920, 1080),
        (
            (0, (FramePane(Box(0, 0, 606, 1080), FRAME),)),
            (500, (FramePane(Box(1314, 0, 1920, 1080), FRAME),)),
        ),
    )
    low_left = FaceBox(0.1, 0.62, 0.25, 0.78, 0.9)
    done = planned(FixedAnswers([(0, (low_left,)), (20, (low_left,))]), count=10, framing=left)
    assert [start for start, _ in places(done)] == [0, 20] and places(done)[1][1] == "bottom"
    assert places(planned(FixedAnswers([(0, ()), (20, (low_left,))]), count=10, framing=left)) == [
        (0, "bottom")
    ]


def test_places_are_of_the_clip_and_follow_cuts() -> None:
    kept = Timeline(RATE, (Span(Fraction(0), Fraction(4)), Span(Fraction(12), Fraction(40))))
    clip = replace(programme(VERTICAL, 32 * 25), framing=WHOLE, timeline=kept)
    ask = FixedAnswers([(0, ()), (16, (LOW,))])
    done = plan_captions(
        settings(srt(*(f"line {number}" for number in range(8))), position="auto"), clip, TIKTOK, ask
    )
    assert [start for start, _ in places(done)] == [0, 16] and places(done)[0][1] == "bottom"
    assert not any(touch(card.ink, LOW) for card in cards(done)[2:])


def test_what_was_decided_is_obeyed_and_nothing_is_asked() -> None:
    ask = FixedAnswers([(0, (LOW,))])
    (decision,) = planned(ask).decisions
    locked = {
        "captions": {
            "of": decision.of,
            "places": [{"from": 0, "position": "top"}, {"from": 12, "position": "bottom"}],
            "covered": 0,
        }
    }
    ask.questions.clear()
    done = planned(ask, locked=locked)
    assert tops(done) == ["high"] * 3 + ["low"] * 5 and ask.questions == []
    assert planned(ask, count=3).decisions[0].of == decision.of, "other words are no other places"


def test_a_place_by_hand_wins_and_asks_nothing() -> None:
    ask = FixedAnswers([(0, (LOW,))])
    done = planned(ask, position="bottom")
    assert set(tops(done)) == {"low"} and ask.questions == [] and done.decisions == ()
    assert (
        stage.questions(settings(srt("x"), position="bottom"))
        == ()
        == stage.questions(settings(srt("x"), position="auto", burn=False))
    )
    assert stage.questions(settings(srt("x"), position="auto")) == (Shots(), Faces(), TextDetection())


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"places": []},
        {"places": [{"from": "x", "position": "top"}]},
        {"places": [{"from": 0, "position": "left"}]},
        {"places": 3},
        {"places": [{"from": float("nan"), "position": "top"}]},
    ],
)
def test_a_lock_that_is_not_understood_is_told(values: dict[str, Any]) -> None:
    of = planned(FixedAnswers([(0, ())])).decisions[0].of
    with pytest.raises(FinishError, match="redecide captions"):
        planned(FixedAnswers([(0, ())]), locked={"captions": {"of": of, **values}})


@given(st.integers(0, 2000), st.tuples(*[st.floats(0, 1)] * 4))
def test_a_box_on_the_frame_is_inside_its_target(
    frame: int, edges: tuple[float, float, float, float]
) -> None:
    target = Box(10, 20, 500, 900)
    framing = Framing(
        Size(1920, 1080),
        (
            (0, (FramePane(Box(0, 0, 606, 1080), target),)),
            (700, (FramePane(Box(300, 0, 906, 1080), target),)),
        ),
    )
    found = framing.box(
        frame,
        min(edges[0], edges[2]),
        min(edges[1], edges[3]),
        max(edges[0], edges[2]),
        max(edges[1], edges[3]),
    )
    assert found is None or (10 <= found.left < found.right <= 500 and 20 <= found.top < found.bottom <= 900)


SUBTITLE = TextBox(0.1, 0.62, 0.9, 0.7)


def test_letters_that_stay_are_left_free_and_a_passing_sign_is_not() -> None:
    stays = planned(FixedAnswers([(0, ())], lines={-1: (SUBTITLE,)}))
    letters = FaceBox(SUBTITLE.left, SUBTITLE.top, SUBTITLE.right, SUBTITLE.bottom, 1.0)
    assert len(places(stays)) == 1 and not any(touch(card.ink, letters) for card in cards(stays))
    passes = planned(
        FixedAnswers(
            [(0, ())],
            lines={at: (TextBox(0.1 + at / 10, 0.62, 0.3 + at / 10, 0.7),) for at in range(0, 40, 2)},
        )
    )
    assert places(passes) == [(0.0, "bottom")]
    crawls = planned(
        FixedAnswers(
            [(0, ())],
            lines={at: (TextBox(at % 6 * 0.15, 0.62, at % 6 * 0.15 + 0.2, 0.7),) for at in range(40)},
        )
    )
    assert places(crawls) == [(0.0, "bottom")], (
        "what moves on by most of its width each second is none that stays"
    )
    both = planned(FixedAnswers([(0, (HIGH,))], lines={-1: (SUBTITLE,)}))
    assert not any(touch(card.ink, letters) or touch(card.ink, HIGH) for card in cards(both))


THIN = 'title: Thin\nsize: 0.05\ncolour: "#FFFFFF"\n'


def thin(ask: FixedAnswers, look: str = THIN, **given: Any) -> Programme:
    clip = replace(programme(VERTICAL, 40 * 25), framing=WHOLE)
    stated = {"file": "a.srt", "style": "thin/style.yaml", "position": "auto", **given}
    library = PaperLibrary(document(srt("one", "two"), "a.srt"), document(look, "thin/style.yaml"))
    return plan_captions(stage.CaptionSettings.model_validate(stated, context=library), clip, TIKTOK, ask)


def test_a_weak_style_stands_where_it_is_read_best() -> None:
    """White letters without an outline on a clip that is bright below and dark above."""
    done = thin(FixedAnswers([(0, ())], thirds=(20, 200, 220)))
    assert (
        set(tops(done)) == {"high"}
        and done.decisions[0].values["contrast"] > 15
        and "a stronger outline" not in str(done.notes)
    )
    assert Tones() in thin_questions()


def thin_questions() -> tuple[Any, ...]:
    library = PaperLibrary(document(srt("one"), "a.srt"), document(THIN, "thin/style.yaml"))
    return stage.questions(
        stage.CaptionSettings.model_validate(
            {"file": "a.srt", "style": "thin/style.yaml", "position": "auto"}, context=library
        )
    )


def test_a_style_that_is_read_nowhere_is_made_stronger_and_says_so() -> None:
    """sRGB 220 has a relative luminance of 0.716, so white has a contrast of 1.05 / 0.766 = 1.37 to it."""
    done = thin(FixedAnswers([(0, ())], thirds=(220, 220, 220)))
    payload: Any = done.picture.arg("filename")
    assert (payload.style.outline.colour, payload.style.outline.opacity) == ("#000000", 1.0)
    assert done.decisions[0].values["contrast"] == 1.37
    assert (
        "contrast with the picture would be 1.4:1 (at least 4.5:1 needed): "
        "a stronger outline raises it to at least 21.0:1"
    ) in done.notes[-1]
    low = thin(FixedAnswers([(0, ())], thirds=(0, 0, 220)), position="bottom")
    assert low.decisions[0].values["contrast"] == 1.37 and "a stronger outline" in low.notes[-1]


def test_a_decision_about_contrast_is_obeyed_unasked() -> None:
    first = thin(FixedAnswers([(0, ())], thirds=(220, 220, 220)))
    ask = FixedAnswers([(0, ())], thirds=(0, 0, 0))
    locked = {"captions": {"of": first.decisions[0].of, **first.decisions[0].values}}
    clip = replace(programme(VERTICAL, 40 * 25), framing=WHOLE, locked=locked)
    library = PaperLibrary(document(srt("one", "two"), "a.srt"), document(THIN, "thin/style.yaml"))
    stated = stage.CaptionSettings.model_validate(
        {"file": "a.srt", "style": "thin/style.yaml", "position": "auto"}, context=library
    )
    again = plan_captions(stated, clip, TIKTOK, ask)
    assert ask.questions == [] and again.picture.key == first.picture.key
