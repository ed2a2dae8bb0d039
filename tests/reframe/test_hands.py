"""Hands: where the packaged palm detector's boxes lie, and how they are reported."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import numpy as np
import pytest
from clip_files import shared
from pydantic import TypeAdapter
from reframe_studio import answered, opened

from finish import resources
from finish.analysis import hands
from finish.analysis.hands import HandBox, HandFacts, Hands, HandsAtTime, HandSearch
from finish.model import Sparse

# The first of two anchors of cell (12, 12) of the finer level: its centre is 100 px of 192.
MIDDLE = 2 * (12 * 24 + 12)


class PalmNetwork:
    """The palm detector's interface: no anchor has a palm, except those with a given logit and offset."""

    def __init__(self, *palms: tuple[int, float, float]) -> None:
        self.scores, self.values = np.full((1, 2016, 1), -9, np.float32), np.zeros((1, 2016, 18), np.float32)
        for anchor, logit, offset in palms:
            self.scores[0, anchor] = logit
            self.values[0, anchor, :10] = (offset, 0, 20, 10, 0, 5, 0, 0, 0, -5)  # fingers point upwards

    def setInput(self, square: np.ndarray) -> None:
        assert square.shape == (1, 3, 192, 192) and square.dtype == np.float32 and square.max() <= 1

    def getUnconnectedOutLayersNames(self) -> tuple[str, str]:
        return ("values", "scores")

    def forward(self, names: tuple[str, str]) -> list[np.ndarray]:
        return [self.values, self.scores]


def detected(network: PalmNetwork, shape: tuple[int, int] = (192, 192)) -> tuple[HandBox, ...]:
    search = HandSearch(Sparse(5), 0.5, network)
    search.add(Fraction(0), np.full((*shape, 3), 255, np.uint8))
    return search.result().looks[0].hands


def test_a_palm_is_enlarged_to_its_hand() -> None:
    """A palm of 20 × 10 px at 100 px: a square of 52 px, moved up by 5 px."""
    (hand,) = detected(PalmNetwork((MIDDLE, 4.0, 0)))
    edges = (74 / 192, 69 / 192, 126 / 192, 121 / 192)
    assert (hand.left, hand.top, hand.right, hand.bottom) == pytest.approx(edges, abs=0.001)
    assert hand.score == 0.98
    (flat,) = detected(PalmNetwork((MIDDLE, 4.0, 0)), (96, 192))
    assert (flat.top, flat.bottom) == (pytest.approx(69 / 96, abs=0.001), 1.0), "below, there is no picture"


def test_of_palms_in_one_place_the_surest_is_kept() -> None:
    assert [hand.score for hand in detected(PalmNetwork((MIDDLE, 1.0, 0), (MIDDLE + 1, 2.0, 4)))] == [0.88]
    assert len(detected(PalmNetwork((MIDDLE, 1.0, 0), (MIDDLE + 1, 2.0, 19)))) == 2
    assert detected(PalmNetwork((MIDDLE, -0.1, 0))) == (), "less than an even chance"


def test_the_facts_of_hands_survive_json_and_are_carried() -> None:
    facts = HandFacts((HandsAtTime(Fraction(1, 3), (HandBox(0.1, 0.2, 0.3, 0.4, 0.5),)),))
    adapter = TypeAdapter(HandFacts)
    assert adapter.validate_json(adapter.dump_json(facts)) == facts
    assert facts.carried(lambda time: time + 1).looks[0].time == Fraction(4, 3)
    assert HandFacts.joined([facts.carried(lambda time: time + 1), facts], ()).looks[0] == facts.looks[0]


def test_the_packaged_palm_model_is_in_the_identity() -> None:
    model = resources.model(hands.MODEL)
    assert hashlib.sha256(model.read_bytes()).hexdigest() == hands.MODEL_DIGEST
    assert hands.MODEL_DIGEST in repr(Hands())
    notice = (model.parent / "NOTICE-palm.txt").read_text()
    assert hands.MODEL_DIGEST in notice and "Apache License" in notice


@pytest.mark.parametrize("shape", [(2, 640), (640, 2), (2, 2), (360, 640)])
def test_grey_of_any_size_has_no_hands(shape: tuple[int, int]) -> None:
    search = Hands().begin()
    search.add(Fraction(0), np.full((*shape, 3), 128, np.uint8))
    assert search.result().looks[0].hands == ()


@pytest.mark.media
@pytest.mark.render
def test_folded_hands_are_detected() -> None:
    office = opened(shared("footage/office-promo.mp4")).conformed.filter("trim", start=21, end=23)
    looks = answered(office).answers[Hands].looks
    assert sum(any(hand.top > 0.5 for hand in look.hands) for look in looks) >= len(looks) / 2
