"""People, animals, and saliency: what the packaged models detect, at any size, and how it is reported."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import numpy as np
import pytest
from clip_files import shared
from pydantic import TypeAdapter
from reframe_studio import answered, opened

from finish import resources
from finish.analysis import people, saliency
from finish.analysis.people import Bodies, BodyBox, BodyFacts, BodySearch
from finish.analysis.saliency import BINS, AttentionAtTime, Saliency, SaliencyFacts
from finish.model import Sparse, within

SHAPES = [(2, 640), (640, 2), (2, 2), (360, 640), (640, 360)]


class Network:
    """EfficientDet's interface: all anchors are empty, except those given with the model's outputs."""

    def __init__(self, *told: tuple[int, int, float]) -> None:
        self.scores, self.boxes = np.zeros((1, 19206, 90), np.float32), np.zeros((1, 19206, 4), np.float32)
        for anchor, kind, score in told:
            self.scores[0, anchor, kind] = score

    def setInput(self, square: np.ndarray) -> None:
        assert square.shape == (1, 3, 320, 320) and square.dtype == np.float32

    def getUnconnectedOutLayersNames(self) -> tuple[str, str]:
        return ("scores", "boxes")

    def forward(self, names: tuple[str, str]) -> list[np.ndarray]:
        return [self.scores, self.boxes]


def found(network: Network, shape: tuple[int, int] = (320, 320)) -> tuple[BodyBox, ...]:
    watching = BodySearch(Sparse(5), 0.4, network)
    watching.add(Fraction(0), np.zeros((*shape, 3), np.uint8))
    return watching.result().looks[0].bodies


def test_boxes_lie_where_their_anchors_do() -> None:
    """Anchor 9 × (40 × 20 + 20) is the first of cell (20, 20) of the finest level: its middle is 164 px."""
    (one,) = found(Network((9 * 820, 0, 0.9)))
    assert (one.left, one.top, one.right, one.bottom) == pytest.approx(
        (0.475, 0.475, 0.55, 0.55)
    ) and one.score == 0.9
    (flat,) = found(Network((9 * 820, 0, 0.9)), (160, 320))
    assert (flat.top, flat.bottom) == (pytest.approx(0.95), 1.0), "the lower half of the square is no picture"


def test_of_boxes_in_one_place_the_surest_is_kept() -> None:
    assert [each.score for each in found(Network((9 * 820, 0, 0.6), (9 * 822, 0, 0.9)))] == [0.6, 0.9], (
        "16 px apart, of 24: two"
    )
    assert [each.score for each in found(Network((9 * 820, 0, 0.6), (9 * 821, 0, 0.9)))] == [0.9], "8 px: one"
    assert [each.what for each in found(Network((9 * 820, 0, 0.6), (9 * 820, 17, 0.9)))] == ["animal"]
    assert found(Network((9 * 820, 0, 0.39), (9 * 820, 2, 0.9))) == (), "too unsure; a car"


def test_the_facts_survive_json() -> None:
    for kind, facts in (
        (
            BodyFacts,
            BodyFacts((people.BodiesAtTime(Fraction(1, 3), (BodyBox(0.1, 0.2, 0.3, 0.4, 0.5, "animal"),)),)),
        ),
        (SaliencyFacts, SaliencyFacts((AttentionAtTime(Fraction(1, 3), (1, 2), (3, 4)),))),
    ):
        adapter = TypeAdapter(kind)
        assert adapter.validate_json(adapter.dump_json(facts)) == facts


@pytest.mark.parametrize(
    ("module", "analyser", "notice"),
    [(people, Bodies(), "NOTICE-efficientdet.txt"), (saliency, Saliency(), "NOTICE-unisal.txt")],
)
def test_the_packaged_models_are_those_in_the_identity(module: object, analyser: object, notice: str) -> None:
    digest = hashlib.sha256(resources.model(module.MODEL).read_bytes()).hexdigest()  # type: ignore[attr-defined]
    assert digest == module.MODEL_DIGEST and digest in repr(analyser)  # type: ignore[attr-defined]
    told = (resources.model(module.MODEL).parent / notice).read_text()  # type: ignore[attr-defined]
    assert digest in told and "Apache License" in told


def test_only_the_spans_that_are_asked_about_are_looked_at() -> None:
    spans = ((Fraction(1), Fraction(2)), (Fraction(3), Fraction(7, 2)))
    watching = BodySearch(Sparse(5, spans), 0.4, Network())
    for number in range(100):
        watching.add(Fraction(number, 25), np.zeros((8, 8, 3), np.uint8))
    times = [look.time for look in watching.result().looks]
    assert times == [Fraction(number, 5) for number in (5, 6, 7, 8, 9, 15, 16, 17)]
    assert within(None, Fraction(9)) and not within((), Fraction(0))


@pytest.mark.parametrize("shape", SHAPES)
def test_any_size_will_do(shape: tuple[int, int]) -> None:
    for begun in (Bodies().begin(), Saliency().begin()):
        begun.add(Fraction(0), np.full((*shape, 3), 128, np.uint8))
        assert len(begun.result().looks) == 1


def test_a_bright_thing_on_grey_draws_the_eye() -> None:
    picture = np.full((360, 640, 3), 90, np.uint8)
    picture[210:270, 480:540] = (40, 60, 230)
    gazing = Saliency().begin()
    gazing.add(Fraction(0), picture)
    (look,) = gazing.result().looks
    assert len(look.across) == len(look.down) == BINS and sum(look.across) == pytest.approx(10_000, abs=BINS)
    assert 480 / 640 < (np.argmax(look.across) + 0.5) / BINS < 540 / 640
    assert 190 / 360 < (np.argmax(look.down) + 0.5) / BINS < 280 / 360


@pytest.mark.media
@pytest.mark.render
def test_real_people_are_seen() -> None:
    told = answered(opened(shared("footage/green-screen.mp4")).conformed.filter("trim", start=10, end=14))
    looks = told.answers[Bodies].looks
    there = [look for look in looks if any(body.what == "person" for body in look.bodies)]
    assert len(there) > 0.8 * len(looks), "a silhouette that shows no face"
