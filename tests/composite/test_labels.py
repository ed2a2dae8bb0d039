"""Labels: their roles, the rules of legal supers, what is drawn, and where."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from composite_world import VERTICAL, WIDE, delivery, nodes, planned, settings

from finish.errors import SpecError
from finish.model import Settings
from finish.stages.composite import disclosure_texts
from finish.stages.composite.label_picture import LabelPicture, label_lines, label_picture
from finish.stages.composite.label_settings import RULES, Label

SUPER = {"text": "Terms apply.", "from": 1, "to": 4, "role": "legal", "market": "uk"}
LABEL = {"text": "Lisbon", "from": 1, "to": 4}


def label(**changes: Any) -> Label:
    return Label.model_validate({**LABEL, **changes})


@pytest.mark.parametrize(("words", "seconds"), [(1, 2.2), (9, 3.8), (10, 5.0), (20, 7.0)])
def test_a_super_holds_as_long_as_its_market_asks(words: int, seconds: float) -> None:
    assert float(RULES["uk"].hold(words)) == seconds
    stated = {**SUPER, "text": "a " * words, "to": 1 + seconds}
    assert Label.model_validate(stated).shortest == RULES["uk"].hold(words)
    with pytest.raises(
        ValueError, match=f"legal super of {words} words must show for at least {seconds:g} s"
    ):
        Label.model_validate({**stated, "to": 1 + seconds - 0.1})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"to": 1.5}, "a label must show for at least 1 s"),
        ({"role": "callout"}, "a callout needs at"),
        ({"at": (0.5, 0.5)}, "at is for callouts"),
        ({"role": "callout", "at": (0.5, 0.5), "place": "top"}, "a callout is beside its point"),
        ({"market": "uk"}, "market is for legal supers"),
        ({"market": "fr", "role": "legal"}, "Input should be 'uk'"),
        ({"text": "a\nb"}, "one line of text"),
        ({"text": None, "to": None}, "a label needs text and to"),
    ],
)
def test_labels_that_contradict_themselves_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        label(**changes)


def problems(**changes: Any) -> list[str]:
    to = delivery(WIDE, {})
    composite: Settings = settings(labels=({**SUPER, **changes},))
    return [fit.problem for fit in composite.text_fits(to) if fit.problem]


def test_a_super_is_as_tall_as_its_market_asks() -> None:
    assert problems() == []
    assert problems(plate=False) == []
    (low,) = problems(size=0.035, plate=False)
    assert low == "capitals of a legal super are 27.0 lines of 1080, below 30 (BCAP, as Clearcast applies it)"
    assert problems(size=0.035) == []  # on a block
    (lower,) = problems(size=0.03)
    assert "below 26" in lower
    assert problems(size=0.03, market=None) == []


def test_a_label_that_is_too_large_is_refused() -> None:
    assert "px wide on the label" in problems(text="W" * 200, to=20)[0]
    assert "the safe area" in problems(text="W W W " * 40, size=0.3, to=99)[0]


def picture(tail: Any = "", **changes: Any) -> LabelPicture:
    stated = label(**changes)
    return label_picture(stated, label_lines(stated, 1080, 1600), tail)


def pixels(payload: LabelPicture) -> Any:
    decoded = cv2.imdecode(np.frombuffer(payload.content(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    assert decoded.shape[:2] == (payload.size.height, payload.size.width)
    return decoded


def test_letters_are_white_on_a_dark_plate() -> None:
    drawn = pixels(picture())
    middle = drawn[drawn.shape[0] // 2]
    assert middle[:, :3].min() < 40
    assert middle[:, :3].max() > 230
    assert 200 < drawn[drawn.shape[0] // 2, 4, 3] < 215
    assert pixels(picture(role="legal"))[20, 20, 3] == 255


def test_letters_without_a_plate_have_an_outline() -> None:
    drawn = pixels(picture(plate=False))
    assert drawn[0, 0, 3] == 0
    inked = drawn[drawn[:, :, 3] > 250]
    assert inked[:, :3].min() < 40
    assert inked[:, :3].max() > 230


@pytest.mark.parametrize(
    ("tail", "tip"), [("left", (0.5, 0)), ("right", (0.5, 1)), ("top", (0, 0.5)), ("bottom", (1, 0.5))]
)
def test_the_tail_of_a_callout_ends_at_its_point(tail: str, tip: tuple[float, float]) -> None:
    drawn = pixels(picture(tail))
    row, column = (round(share * (length - 1)) for share, length in zip(tip, drawn.shape[:2], strict=True))
    near = drawn[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3, 3]
    assert near.max() > 60
    plain = picture()
    assert (drawn.shape[0] - plain.size.height) + (drawn.shape[1] - plain.size.width) == picture(
        tail
    ).tail_length


def test_another_text_is_another_picture() -> None:
    assert picture().digest != picture(text="Porto").digest != picture(plate=False, text="Porto").digest


def test_a_long_label_has_several_lines() -> None:
    assert (
        len(picture(text="Representative example, terms and conditions apply to all of these offers").lines)
        > 1
    )


def test_labels_are_planned_clear_of_each_other() -> None:
    done = planned(settings(labels=(LABEL, {**LABEL, "text": "Porto"}, SUPER)))
    boxes = [area.box for area in done.taken]
    assert len(boxes) == 3
    assert all(
        one.right <= other.left
        or other.right <= one.left
        or one.bottom <= other.top
        or other.bottom <= one.top
        for at, one in enumerate(boxes)
        for other in boxes[:at]
    )


@pytest.mark.parametrize(("place", "left"), [("top", None), ("bottom", None), ("top-left", 72)])
def test_a_label_at_an_edge_is_centred_on_the_frame(place: str, left: int | None) -> None:
    (area,) = planned(settings(labels=({**LABEL, "place": place},))).taken
    assert area.box.left == left if left else abs(area.box.left + area.box.right - VERTICAL.width) <= 2


def test_a_super_that_the_end_cuts_off_is_refused() -> None:
    with pytest.raises(SpecError, match="until the programme ends"):
        planned(settings(labels=({**SUPER, "from": 9, "to": 13},)))


def test_a_super_of_no_market_is_noted() -> None:
    done = planned(settings(labels=({**SUPER, "market": None},)))
    assert "super-unchecked" in [note.code for note in done.notes]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("", "AI-generated"),
        ("de", "KI-generiert"),
        ("de-AT", "KI-generiert"),
        ("uk", "Створено ШІ"),
        ("xx", "AI-generated"),
    ],
)
def test_a_disclosure_needs_no_text_and_shows_throughout(lang: str, text: str) -> None:
    composite = settings(labels=({"role": "disclosure"},), lang=lang)
    (label,) = composite.worded_labels
    assert label.words == text
    done = planned(composite)
    (overlay,) = nodes(done, "overlay")
    assert overlay.arg("enable") is None, "it shows throughout"
    assert (overlay.arg("x"), overlay.arg("y")) == (72, 262), "in the corner of the safe area"
    own = settings(labels=({"role": "disclosure", "text": "Own words"},), lang=lang)
    assert own.worded_labels[0].words == "Own words"


def test_disclosures_fit_at_the_size_of_a_phone_in_every_language() -> None:
    for lang in disclosure_texts._TEXTS.keys() - {"ja", "ko", "zh"}:  # their fonts are an extra
        composite = settings(labels=({"role": "disclosure"},), lang=lang)
        assert [fit.problem for fit in composite.text_fits(delivery(VERTICAL, {})) if fit.problem] == []


def test_a_label_takes_all_of_its_width_before_it_breaks() -> None:
    stated = label(text="Representative example of an offer", role="legal", market=None)
    (line,) = label_lines(stated, 1080, 4000)
    plate = label_picture(stated, (line,)).plate
    assert len(label_lines(stated, 1080, plate.width + 2)) == 1
    assert len(label_lines(stated, 1080, plate.width - 6)) == 2
