"""The words of an end card: in the middle of the safe area, whatever the frame is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from finish.stages.composite.end_card import EndCardPicture
from finish.units import Box, Size

FRAME = Size(1080, 1920)


def ink(text: str, room: Box) -> Box:
    """The box around what is drawn on black."""
    png = EndCardPicture(FRAME, room, None, text, "#000000").content()
    page = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert page is not None and page.shape == (FRAME.height, FRAME.width)
    rows, columns = np.nonzero(page > 40)
    return Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


@pytest.mark.parametrize("text", ["HH", "HIH", "H", "HH\nIHI"])
@pytest.mark.parametrize("room", [Box(0, 0, 1080, 1920), Box(60, 250, 900, 1440), Box(300, 40, 1040, 700)])
def test_letters_of_even_sides_are_in_the_middle(text: str, room: Box) -> None:
    box = ink(text, room)
    assert (box.left + box.right) / 2 == pytest.approx((room.left + room.right) / 2, abs=2)
    assert (box.top + box.bottom) / 2 == pytest.approx((room.top + room.bottom) / 2, abs=2)
