"""Questions asked of a clip before captions are placed: letters in the picture, and brightness."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from finish import resources
from finish.analysis.colour_tones import CELLS, FrameTones, Tones
from finish.analysis.text_detection import MODEL, MODEL_DIGEST, TextBox, TextDetection
from finish.errors import FinishError

Picture = NDArray[np.uint8]


def grey(width: int = 640, height: int = 360, code: int = 90) -> Picture:
    noise = np.random.default_rng(1).normal(0, 6, (height, width, 3))
    return np.clip(code + noise, 0, 255).astype(np.uint8)


def lettered(
    picture: Picture, text: str, at: tuple[int, int], scale: float = 0.8
) -> tuple[Picture, tuple[float, float, float, float]]:
    """The picture with a text at a baseline, and the text's box in shares of the picture."""
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, scale, 1)
    made = np.asarray(
        cv2.putText(
            picture.copy(), text, at, cv2.FONT_HERSHEY_DUPLEX, scale, (255, 255, 255), 1, cv2.LINE_AA
        ),
        np.uint8,
    )
    height, width = picture.shape[:2]
    return made, (at[0] / width, (at[1] - high) / height, (at[0] + wide) / width, at[1] / height)


def read(*pictures: Picture, step: Fraction = Fraction(1)) -> tuple[tuple[TextBox, ...], ...]:
    fold = TextDetection().begin()
    for number, picture in enumerate(pictures):
        fold.add(number * step, picture)
    return tuple(look.lines for look in fold.result().looks)


@pytest.mark.parametrize(
    ("size", "at"),
    [((640, 360), (150, 330)), ((360, 640), (20, 500)), ((640, 480), (30, 40)), ((480, 200), (60, 180))],
)
def test_a_line_of_letters_is_found_where_it_stands(size: tuple[int, int], at: tuple[int, int]) -> None:
    picture, box = lettered(grey(*size), "Burnt in subtitle", at)
    ((line,),) = read(picture)
    assert (line.left, line.top, line.right, line.bottom) == pytest.approx(box, abs=0.04)
    assert line.top <= box[1] + 0.005 and line.bottom >= box[3] - 0.005, "all of the letters' height"


def test_a_picture_without_letters_has_none() -> None:
    ramp = np.repeat(np.linspace(20, 230, 640).astype(np.uint8)[np.newaxis, :, np.newaxis], 360, 0).repeat(
        3, 2
    )
    assert read(grey(), ramp) == ((), ())


def test_one_look_a_second_is_enough() -> None:
    picture, _ = lettered(grey(), "TITLE", (200, 200), 2)
    looks = read(*[picture] * 50, step=Fraction(1, 25))
    assert len(looks) == 2 and looks[0] == looks[1] and len(looks[0]) == 1


def test_the_model_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hashlib.sha256(resources.model(MODEL).read_bytes()).hexdigest() == MODEL_DIGEST
    monkeypatch.setattr(resources, "model", lambda name: resources.PACKAGE / "nowhere" / name)
    with pytest.raises(FinishError, match=f"can't load the model {MODEL}"):
        TextDetection().begin()


def lumas(look: FrameTones, *edges: float) -> tuple[int, int]:
    """The darkest and the brightest luma of the cells that a box touches."""
    cells = look.within_cells(*edges)
    return int(cells.min()), int(cells.max())


def test_tones_are_the_mean_of_each_part() -> None:
    picture = np.zeros((360, 640, 3), np.uint8)
    picture[180:] = 200
    picture[300:, 400:] = (255, 0, 0)  # blue contributes 0.0722 of luma
    fold = Tones().begin()
    for number in range(30):
        fold.add(Fraction(number, 30), picture)
    looks = fold.result().looks
    assert [look.time for look in looks] == [0, Fraction(1, 2)] and len(looks[0].cells) == 6 * CELLS * CELLS
    assert lumas(looks[0], 0, 0, 1, 0.4) == (0, 0) and lumas(looks[0], 0, 0.6, 0.5, 0.8) == (200, 200)
    assert looks[0].rgb[-1, -1].tolist() == [0, 0, 255]
    assert lumas(looks[0], 0.7, 0.9, 0.9, 1) == (18, 18) and lumas(looks[0], 0, 0, 1, 1) == (0, 200)


def test_a_tiny_picture_is_metered_too() -> None:
    fold = Tones().begin()
    fold.add(Fraction(0), np.full((5, 3, 3), 77, np.uint8))
    assert (
        lumas(fold.result().looks[0], 0, 0, 1, 1)
        == (77, 77)
        == lumas(fold.result().looks[0], 0.99, 0.99, 1, 1)
    )
