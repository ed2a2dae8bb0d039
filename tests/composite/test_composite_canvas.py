"""Scaling and alpha: no hidden colour at edges or under transparency; opacity changes the alpha only."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from pictures import ORANGE, document, logo, plate, png

from finish.stages.composite.canvas import ScaledPicture, bled, fitted, flat, over
from finish.stages.composite.picture_file import read
from finish.units import Size

COLOUR = np.float32(ORANGE[:3]) / 255


@pytest.mark.parametrize("size", [Size(21, 13), Size(200, 120)], ids=["smaller", "larger"])
def test_a_scaled_edge_keeps_its_colour(size: Size) -> None:
    """The border is transparent black: if filtered together with the alpha, it would darken the edge."""
    shown = fitted(read(logo(80, 40, border=10)), size)
    assert shown.shape == (size.height, size.width, 4)
    assert np.abs(shown[:, :, :3] - COLOUR).max() < 0.004
    assert shown[size.height // 2, size.width // 2, 3] > 0.999 and shown[0, 0, 3] == 0


def test_a_small_mark_on_a_large_canvas_is_filtered_by_area() -> None:
    shown = fitted(read(document(png(plate(4, 4, border=6)))), Size(4, 4))
    assert np.allclose(shown[:, :, 3].sum() * 16, 16, atol=0.2)


def test_half_transparent_black_under_colour_is_no_bleed() -> None:
    alpha = np.zeros((20, 20), np.float32)
    alpha[:, 10:] = 0.5
    multiplied = np.zeros((20, 20, 3), np.float32)
    multiplied[:, 10:] = COLOUR * 0.5
    assert np.abs(bled(multiplied, alpha)[:, :, :3] - COLOUR).max() < 0.004


def test_nothing_at_all_has_no_colour_and_no_warning() -> None:
    assert not bled(np.zeros((4, 4, 3), np.float32), np.zeros((4, 4), np.float32)).any()


def test_a_stamp_is_straight_alpha_with_its_opacity() -> None:
    stamp = ScaledPicture(logo(80, 40), Size(40, 20), 0.5)
    shown = cv2.imdecode(np.frombuffer(stamp.content(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert shown.shape == (20, 40, 4) and np.abs(shown.astype(int) - (30, 120, 240, 128)).max() <= 1
    assert (
        len(
            {
                stamp.digest,
                ScaledPicture(logo(80, 40), Size(40, 20)).digest,
                ScaledPicture(logo(80, 42), Size(40, 20), 0.5).digest,
            }
        )
        == 3
    )


def test_composing_is_the_mean_by_alpha() -> None:
    page = over(
        flat(Size(10, 10), "#000000"),
        fitted(read(document(png(plate(4, 4, (200, 100, 50, 128))))), Size(4, 4)),
        3,
        3,
    )
    assert np.allclose(page[5, 5, :3] * 255, (100.4, 50.2, 25.1), atol=0.6) and not page[0, 0, :3].any()
