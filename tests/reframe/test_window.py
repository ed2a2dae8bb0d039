"""Crop windows: inside the picture, even, in the frame's aspect, for any picture and any frame."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from finish.stages.reframe.crop_window import CropWindow
from finish.units import Box, Size

side = st.integers(1, 2200).map(lambda half: 2 * half)
sizes = st.builds(Size, side, side)
odd_sizes = st.builds(Size, st.integers(2, 4000), st.integers(2, 4000))


def inside(box: Box, picture: Size) -> bool:
    return 0 <= box.left < box.right <= picture.width and 0 <= box.top < box.bottom <= picture.height


def all_even(box: Box) -> bool:
    return not any(edge % 2 for edge in (box.left, box.top, box.right, box.bottom))


@given(odd_sizes, sizes, st.floats(0, 1))
@example(Size(2, 2), Size(1080, 1920), 0.5)
@example(Size(3, 3), Size(1920, 1080), 1.0)
@example(Size(4000, 2), Size(1080, 1920), 0.0)
@example(Size(641, 361), Size(1080, 1920), 1.0)
def test_a_window_never_leaves_the_picture_and_is_never_odd(
    picture: Size, frame: Size, position: float
) -> None:
    window = CropWindow(picture, frame)
    box = window.box(position)
    assert inside(box, picture) and all_even(box)
    assert box.size == window.pixels


@given(sizes, sizes, st.floats(0, 1), st.floats(0, 1))
def test_the_reach_holds_every_window_between(picture: Size, frame: Size, one: float, other: float) -> None:
    window = CropWindow(picture, frame)
    low, high = sorted(min(max(position, window.half), 1 - window.half) for position in (one, other))
    reach = window.reach(low, high)
    assert inside(reach, picture) and all_even(reach)
    start, end = (reach.left, reach.right) if window.across else (reach.top, reach.bottom)
    assert start <= (low - window.half) * window.length + 1e-6
    assert end >= (high + window.half) * window.length - 1e-6


@given(
    sizes.filter(lambda size: min(size.width, size.height) >= 180),
    sizes.filter(lambda size: min(size.width, size.height) >= 360),
)
def test_the_aspect_is_kept(picture: Size, frame: Size) -> None:
    pixels = CropWindow(picture, frame).pixels
    long_way = max(pixels.width, pixels.height) if min(pixels.width, pixels.height) > 2 else 0
    if long_way:
        assert abs(pixels.aspect / frame.aspect - 1) <= Fraction(1, min(pixels.width, pixels.height)) * 2


@given(sizes, sizes)
def test_the_fitted_picture_fits_and_touches_two_sides(picture: Size, frame: Size) -> None:
    fit = CropWindow(picture, frame).fitted
    assert fit.width <= frame.width and fit.height <= frame.height
    assert fit.width == frame.width or fit.height == frame.height


@pytest.mark.parametrize(
    ("picture", "frame", "pixels", "nominal"),
    [
        ("1280x720", "1080x1920", "404x718", "405x720"),
        ("1920x1080", "1080x1920", "606x1078", "608x1080"),
        ("1920x1080", "1080x1080", "1080x1080", "1080x1080"),
        ("1080x1920", "1920x1080", "1078x606", "1080x608"),
        ("640x480", "1920x1080", "640x360", "640x360"),
    ],
)
def test_windows_that_are_wanted_every_day(picture: str, frame: str, pixels: str, nominal: str) -> None:
    window = CropWindow(Size.parse(picture), Size.parse(frame))
    assert (str(window.pixels), str(window.nominal)) == (pixels, nominal)


def test_the_same_aspect_is_seen() -> None:
    frame = Size(1920, 1080)
    assert CropWindow(Size(1280, 720), frame).whole
    assert CropWindow(Size(854, 480), frame).whole, "0.08 % wider"
    assert not CropWindow(Size(1280, 712), frame).whole, "1.1 % wider"


def test_the_ends_of_the_way() -> None:
    window = CropWindow(Size(1280, 720), Size(1080, 1920))
    assert window.box(0).left == 0 and window.box(1).right == 1280
    assert window.box(0.5) == Box(438, 0, 842, 718)
    assert CropWindow(Size(720, 1280), Size(1920, 1080)).box(0.5) == Box(0, 438, 718, 842)
