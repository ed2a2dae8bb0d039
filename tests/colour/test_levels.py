"""EBU R 103 on synthetic pictures: its filter, its tolerance, and its area, of Y, R, G, and B."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from finish.analysis.video_levels import LevelFacts, Levels

SIZE = (100, 200)


def picture(luma: float, blue: float = 0.0, red: float = 0.0) -> np.ndarray:  # type: ignore[type-arg]
    """A flat frame of Y in % and colour differences in shares, as 16-bit codes, planes first."""
    codes = (16 + 219 * luma / 100, 128 + 224 * blue, 128 + 224 * red)
    return np.stack([np.full(SIZE, round(code * 256), np.uint16) for code in codes])


def measured(*frames: np.ndarray) -> LevelFacts:  # type: ignore[type-arg]
    fold = Levels().begin()
    for number, each in enumerate(frames):
        fold.add(Fraction(number), each)
    return fold.result()


@pytest.mark.parametrize(
    ("luma", "outside"), [(0, 0), (100, 0), (104.9, 0), (105.2, 100), (-4.9, 0), (-5.2, 100)]
)
def test_five_per_cent_beyond_is_tolerated(luma: float, outside: float) -> None:
    assert measured(picture(luma)).outside == outside


@pytest.mark.parametrize(("blue", "red"), [(0.1, 0), (0, 0.1), (-0.25, 0), (0, -0.25)])
def test_red_green_and_blue_count_as_luma_does(blue: float, red: float) -> None:
    """Y of 90 % is legal, but this colour takes a primary beyond 105 % or below −5 %.

    BT.709-6: R = Y + 1.5748 Cr, B = Y + 1.8556 Cb.
    """
    assert measured(picture(50, blue * 0.1, red * 0.1)).outside == 0
    low = -0.06 if blue < 0 or red < 0 else None
    luma = 20 if low is not None else 95
    assert measured(picture(luma, blue, red)).outside == 100


def test_the_limits_in_codes_are_the_recommendations() -> None:
    """In 8 bits: 5 to 246."""
    for code, legal in ((5, True), (4, False), (246, True), (247, False)):
        frame = picture(0)
        frame[0] = code * 256
        assert (measured(frame).outside == 0) is legal, code


def test_thin_lines_are_filtered_out_and_broad_ones_are_not() -> None:
    thin, broad = picture(100), picture(100)
    thin[0, :, 50] = 254 * 256  # 108.7 %, one pixel wide: 4/16 of it remains
    broad[0, :, 50:70] = 254 * 256
    assert measured(thin).outside == 0
    assert measured(broad).outside == pytest.approx(100 * 20 / SIZE[1], abs=1.1)
    assert measured(broad).high == pytest.approx(108.68, abs=0.01)


def test_the_filter_is_the_recommendations() -> None:
    """The response to a single bright column is the filter itself: 1, 2, 3, 4, 3, 2, 1 sixteenths."""
    frame = picture(0)
    frame[0, :, 100] = 16 * 256 + 219 * 256
    assert measured(frame).high == pytest.approx(25, abs=0.01)
    frame = picture(0)
    frame[0, 50] = 16 * 256 + 219 * 256
    assert measured(frame).high == pytest.approx(50, abs=0.01)


def test_the_worst_frame_counts_and_is_named() -> None:
    found = measured(picture(50), picture(108), picture(50))
    assert (found.outside, found.worst, found.frames) == (100, 1, 3) and found.high == pytest.approx(
        108, abs=0.01
    )


def test_clipped_pixels_are_counted_but_black_ones_are_not() -> None:
    half = picture(100)
    half[:, :, :100] = picture(50)[:, :, :100]
    assert (
        measured(half).clipped == 50
        and measured(picture(0)).clipped == 0
        and measured(picture(50)).clipped == 0
    )


def test_packed_and_planar_frames_are_the_same() -> None:
    assert measured(picture(107, 0.02, 0.01).transpose(1, 2, 0)) == measured(picture(107, 0.02, 0.01))
