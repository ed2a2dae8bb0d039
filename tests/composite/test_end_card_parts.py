"""End cards with parts: order, places, and times; a QR code that others read; what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from composite_world import RATE, VERTICAL, WIDE, delivery, nodes, planned, settings
from pictures import plate, png
from pydantic import ValidationError

from finish.model import Document
from finish.stages.composite.composite_settings import EndCard
from finish.stages.composite.end_card_parts import CardLayout, CodePicture, TextPicture, laid_out
from finish.stages.composite.overlay_area import OverlayArea
from finish.units import Size

LOGO = {"logo.png": Document(Path("logo.png"), png(plate(300, 100, border=10)))}
ALL = {
    "text": "Summer sale",
    "logo": "logo.png",
    "link": "https://acme.example",
    "action": "Shop",
    "handle": "@acme",
}


def card(**given: Any) -> EndCard:
    made = settings(LOGO, end_card=given).end_card
    assert made is not None
    return made


def layout(frame: Size = VERTICAL, **given: Any) -> CardLayout:
    return laid_out(card(**given), OverlayArea.of(delivery(frame), RATE, 100))


@pytest.mark.parametrize("frame", [VERTICAL, Size(1080, 2160)])
def test_parts_stand_below_each_other_in_the_middle(frame: Size) -> None:
    made, area = layout(frame, **ALL), OverlayArea.of(delivery(frame), RATE, 100)
    assert [part.name for part, _ in made.parts] == ["logo", "code", "action", "handle"]
    boxes, words = [box for _, box in made.parts], made.card.room
    assert boxes[0].bottom <= words.top and words.bottom <= boxes[1].top
    assert boxes == sorted(boxes, key=lambda box: box.top)
    for box in boxes:
        assert area.holds(box)
        assert abs((box.left + box.right) - (area.middle.left + area.middle.right)) <= 4
        assert box.left % 2 == box.top % 2 == 0


def test_they_come_in_one_after_the_other() -> None:
    delays = [part.delay for part, _ in layout(**ALL).parts]
    assert delays == sorted(delays) and len(set(delays)) == 4
    fades = [node.arg("start_time") for node in nodes(planned(settings(LOGO, end_card=ALL)), "fade")]
    assert len(set(fades)) == 5


def test_a_card_of_words_alone_is_as_before() -> None:
    made = layout(text="Visit us")
    assert made.parts == () and made.card.room == OverlayArea.of(delivery(VERTICAL), RATE, 100).middle
    assert len(nodes(planned(settings(end_card={"text": "Visit us"})), "fade")) == 1


@pytest.mark.parametrize("text", ["https://acme.example/summer?id=42", "A", "x" * 200])
def test_another_reader_reads_the_code(text: str) -> None:
    made = CodePicture(text, 280)
    picture = cv2.imdecode(np.frombuffer(made.content(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None and picture.shape[:2] == (made.size.height, made.size.width)
    large = cv2.resize(picture, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST)
    read, *_ = cv2.QRCodeDetector().detectAndDecode(large)
    assert read == text


def test_words_of_an_action_contrast_with_its_plate() -> None:
    for accent, ink in (("#FFB000", "#101014"), ("#0A3D62", "#FFFFFF")):
        ((part, _),) = layout(text="a", action="Go", accent=accent).parts
        assert isinstance(part.picture, TextPicture)
        assert (part.picture.ink, part.picture.plate) == (ink, accent)


def test_a_logo_can_stand_alone() -> None:
    made = layout(logo="logo.png", action="Subscribe")
    assert made.card.lines == () and [part.name for part, _ in made.parts] == ["logo", "action"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"action": "Go"}, "either file or text"),
        ({"file": "logo.png", "action": "Go"}, "either file or text"),
        ({"text": "a", "handle": "a\nb"}, "one line of text"),
        ({"text": "a", "link": "x" * 301}, "at most 300"),
        ({"text": "a", "accent": "orange"}, "match pattern"),
    ],
)
def test_contradictions_are_refused(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        card(**given)


def test_what_does_not_fit_is_a_problem_of_the_plan() -> None:
    composite = settings(LOGO, end_card={**ALL, "text": "A rather long text\n" * 8, "size": 0.1})
    assert [fit.problem for fit in composite.text_fits(delivery(WIDE)) if fit.problem]
    wide = settings(LOGO, end_card={"text": "a", "action": "W" * 100})
    assert [fit.problem for fit in wide.text_fits(delivery(VERTICAL)) if fit.problem]
