"""Clearance on synthetic pictures: ink inside, outside, missing, different, late; grey, noisy, blurred."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from finish.analysis.clearance import ClearanceFacts, ExpectedGraphic, GraphicClearance
from finish.units import Box, Size, Span

Picture = NDArray[np.uint8]
SAFE, CARD = Box(20, 10, 300, 170), Box(60, 100, 260, 150)
FRAME = Size(320, 180)
GOOD, GONE = ClearanceFacts(present=(0,)), ClearanceFacts(absent=(0,), wrong=(0,))


def flat() -> Picture:
    return np.full((FRAME.height, FRAME.width), 100, np.uint8)


def noisy(strength: float = 40, seed: int = 1) -> Picture:
    random = np.random.default_rng(seed)
    return np.clip(random.normal(120, strength, (FRAME.height, FRAME.width)), 0, 255).astype(np.uint8)


def written(
    ground: Picture, words: str = "Words here", at: tuple[int, int] = (66, 135), width: int = 2
) -> Picture:
    """White letters with a dark outline."""
    picture = ground.copy()
    for colour, line in ((16, width + 2), (235, width)):
        cv2.putText(picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, 1.0, colour, line, cv2.LINE_AA)
    return picture


def lossy(picture: Picture, quality: int) -> Picture:
    """As a JPEG: blocks, and lost detail."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def measured(
    delivered: Picture, ground: Picture, *, planned: Picture | None = None, **card: object
) -> ClearanceFacts:
    """One card, checked once."""
    fold = GraphicClearance.of(FRAME, SAFE, [ExpectedGraphic((Fraction(1),), CARD, **card)]).begin()  # type: ignore[arg-type]
    fold.add(Fraction(1), np.stack([delivered, written(ground) if planned is None else planned, ground]))
    return fold.result()


GROUNDS: dict[str, Picture] = {"flat": flat(), "grain": noisy(15), "noise": noisy(60)}


@pytest.mark.parametrize("quality", [95, 60, 30])
@pytest.mark.parametrize("ground", GROUNDS.values(), ids=list(GROUNDS))
def test_captions_as_planned_are_found_whatever_the_picture_lost(ground: Picture, quality: int) -> None:
    assert measured(lossy(written(ground), quality), ground) == GOOD


WRONG: dict[str, Callable[[Picture], Picture]] = {
    "none": lambda ground: ground,
    "8 px off": lambda ground: written(ground, at=(74, 135)),
    "24 px up": lambda ground: written(ground, at=(66, 111)),
    "other words": lambda ground: written(ground, "Birds sing"),
    "one letter": lambda ground: written(ground, "Cords here"),
    "outside": lambda ground: written(ground, at=(66, 176)),
}


@pytest.mark.parametrize("quality", [95, 60])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
@pytest.mark.parametrize("ground", GROUNDS.values(), ids=list(GROUNDS))
def test_wrong_ones_are_found_on_every_ground(
    ground: Picture, wrong: Callable[[Picture], Picture], quality: int
) -> None:
    found = measured(lossy(wrong(ground), quality), ground)
    assert found.missing + found.differing > 0


def test_a_picture_that_lost_its_noise_is_not_captioned() -> None:
    ground = noisy(60)
    assert measured(cv2.GaussianBlur(ground, (0, 0), 4), ground).missing == 1


def test_ink_that_the_plan_puts_outside_counts_whatever_is_delivered() -> None:
    planned = written(flat())
    planned[172:176, 100:110] = 235
    assert measured(planned, flat(), planned=planned).outside >= 40
    planned[172:176, 100:110] = 103
    assert measured(planned, flat(), planned=planned).outside >= 40, "three codes are as exact as a hundred"
    assert measured(written(flat()), flat()).outside == 0
    assert measured(planned, flat(), planned=planned, free=True).outside > 0, "free is the card's own box"


@pytest.mark.parametrize("left", range(301, 317, 3))
def test_a_stroke_that_no_plan_has_is_found(left: int) -> None:
    spoilt = written(flat())
    spoilt[30:60, left : left + 3] = 220
    found = measured(spoilt, flat())
    assert found.outside > 0 or (found.stray > 0 and left < 304), "a tile on the edge counts as inside"
    inside = written(flat())
    inside[30:60, left - 200 : left - 197] = 220
    found = measured(inside, flat())
    assert found.outside == 0 and found.stray > 0 and found.differing > 0


def test_captions_too_faint_to_see_do_not_show() -> None:
    planned = written(flat()).astype(int) - flat()
    faint = np.asarray(flat() + planned // 8, np.uint8)
    assert measured(faint, flat(), planned=faint).missing == 1
    assert measured(faint, flat(), planned=faint, codes=5) == GOOD


def test_every_time_must_show_it() -> None:
    times = (Fraction(1), Fraction(2), Fraction(3))

    def found(*shows: bool) -> ClearanceFacts:
        fold = GraphicClearance.of(FRAME, SAFE, [ExpectedGraphic(times, CARD)]).begin()
        for time, there in zip(times, shows, strict=False):
            fold.add(time, np.stack([written(flat()) if there else flat(), written(flat()), flat()]))
        return fold.result()

    assert found(True, True, True) == GOOD
    assert (found(False, True, True).missing, found(False, True, True).differing) == (0, 1), "late"
    assert found(True, True, False).differing == 1, "gone early"
    assert found(True, True).differing == 1, "a frame that never came"
    assert found(False, False, False) == GONE
    assert found() == GONE


def test_a_card_may_come_late_only_while_the_encoder_shows_an_old_picture() -> None:
    fresh, old = noisy(60, seed=1), noisy(60, seed=2)
    blurred = np.asarray(cv2.GaussianBlur(fresh, (0, 0), 12), np.uint8)

    def facts(first: Picture, second: Picture, after: Fraction = Fraction(1)) -> ClearanceFacts:
        times = (Fraction(1), Fraction(1) + after)
        fold = GraphicClearance.of(FRAME, SAFE, [ExpectedGraphic(times, CARD)]).begin()
        for time, delivered in zip(times, (first, second), strict=True):
            fold.add(time, np.stack([delivered, written(fresh), fresh]))
        return fold.result()

    assert facts(old, written(fresh)) == GOOD
    assert facts(fresh, written(fresh)).differing == 1, "the picture is new, the card isn't there"
    assert facts(written(fresh), old).differing == 1, "a second later, any encoder shows the card"
    settled = Fraction(1, 20)
    assert facts(old, old, settled).missing == facts(old, blurred, settled).missing == 1
    assert facts(written(fresh), old, settled) == GOOD
    assert facts(written(fresh), blurred, settled).differing == 1, "detail that is lost isn't an old picture"


def test_pieces_are_asked_for_their_own_times_and_add_up() -> None:
    question = GraphicClearance.of(
        FRAME,
        SAFE,
        [
            ExpectedGraphic((Fraction(1), Fraction(3), Fraction(5)), CARD),
            ExpectedGraphic((Fraction(7),), CARD),
        ],
    )
    first, second, last = (
        question.slice(Span(Fraction(start), Fraction(end))) for start, end in ((0, 4), (4, 8), (8, 12))
    )
    assert first is not None and second is not None and last is None
    assert [(card.number, card.times) for card in first.cards] == [(0, (1, 3))]
    assert [(card.number, card.times) for card in second.cards] == [(0, (1,)), (1, (3,))]
    assert question.merged(
        [ClearanceFacts(2, (0,), (), (), 1), ClearanceFacts(3, (1,), (0,), (0,))]
    ) == ClearanceFacts(5, (0, 1), (0,), (0,), 1)
    assert question.merged([ClearanceFacts(present=(0,)), ClearanceFacts(absent=(0,))]).missing == 0, (
        "too faint at one time, seen at another"
    )


def test_an_overlay_without_detail_is_known_by_its_level() -> None:
    ground, plate = noisy(30), noisy(30)
    plate[CARD.top : CARD.bottom, CARD.left : CARD.right] = 60
    assert measured(lossy(plate, 60), ground, planned=plate) == GOOD
    assert measured(lossy(ground, 60), ground, planned=plate) == GONE


def test_times_that_a_container_rounded_are_recognised() -> None:
    fold = GraphicClearance.of(FRAME, SAFE, [ExpectedGraphic((Fraction(1),), CARD)]).begin()
    fold.add(Fraction(1001, 1000), np.stack([written(flat()), written(flat()), flat()]))
    assert fold.result() == GOOD


def test_it_wants_every_time_once_in_order_and_small() -> None:
    question = GraphicClearance.of(
        Size(1080, 1920),
        SAFE,
        [ExpectedGraphic((Fraction(2),), CARD), ExpectedGraphic((Fraction(1), Fraction(2)), CARD)],
    )
    assert (question.wants.at, question.wants.pix_fmt, question.wants.box) == ((1, 2), "gray", Size(360, 640))
    assert GraphicClearance.of(FRAME, SAFE, []).wants.box is None
    assert question.facts is ClearanceFacts


def test_a_safe_box_outside_the_picture_leaves_everything_outside() -> None:
    fold = GraphicClearance.of(
        FRAME, Box(500, 500, 400, 400), [ExpectedGraphic((Fraction(1),), CARD)]
    ).begin()
    fold.add(Fraction(1), np.stack([written(flat()), written(flat()), flat()]))
    assert fold.result().outside > 0
