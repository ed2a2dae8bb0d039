"""What a move over a still picture shows: the frame is always filled, and a face stays in it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finish.model.still_move import Move, PictureShare, StillMove, filled, move_boxes
from finish.units import Size

MOVES: tuple[Move, ...] = ("none", "push", "pull", "pan")
sides = st.integers(64, 8192)
sizes = st.builds(Size, sides, sides)
small = st.floats(0.01, 0.15)


@st.composite
def faces(draw: st.DrawFn) -> PictureShare:
    width, height = draw(small), draw(small)
    left, top = draw(st.floats(0, 1 - width)), draw(st.floats(0, 1 - height))
    return PictureShare(left, top, left + width, top + height)


def shape(share: PictureShare, picture: Size) -> float:
    return (share.right - share.left) * picture.width / ((share.bottom - share.top) * picture.height)


@given(sizes, st.sampled_from([Size(1920, 1080), Size(1080, 1920), Size(1080, 1080)]), st.sampled_from(MOVES))
def test_the_frame_is_always_filled(picture: Size, frame: Size, name: Move) -> None:
    move = move_boxes(picture, frame, name)
    for number in range(11):
        share = move.at(number, 11)
        assert min(share.left, share.top) > -1e-9 and max(share.right, share.bottom) < 1 + 1e-9
        assert shape(share, picture) == pytest.approx(frame.width / frame.height)


@given(faces(), st.sampled_from([Size(1920, 1080), Size(1080, 1920)]), st.sampled_from(MOVES))
def test_a_face_stays_in_the_frame(face: PictureShare, frame: Size, name: Move) -> None:
    move = move_boxes(Size(3000, 2000), frame, name, face)
    for number in range(11):
        share = move.at(number, 11)
        assert share.left - 1e-9 <= face.left and face.right <= share.right + 1e-9
        assert share.top - 1e-9 <= face.top and face.bottom <= share.bottom + 1e-9


@pytest.mark.parametrize(
    ("name", "widths"),
    [("none", (1, 1)), ("push", (1, 1 / 1.1)), ("pull", (1 / 1.1, 1)), ("pan", (1 / 1.1,) * 2)],
)
def test_a_push_magnifies_by_a_tenth(name: Move, widths: tuple[float, float]) -> None:
    frame = Size(1600, 900)
    move = move_boxes(frame, frame, name)
    assert [box.right - box.left for box in (move.start, move.end)] == pytest.approx(widths)


def test_a_push_is_towards_the_face() -> None:
    frame, face = Size(1600, 900), PictureShare(0.6, 0.2, 0.7, 0.35)
    move = move_boxes(frame, frame, "push", face)

    def place(box: PictureShare) -> float:
        return (0.65 - box.left) / (box.right - box.left)

    assert place(move.end) == pytest.approx(place(move.start))


def test_a_large_face_is_magnified_less() -> None:
    frame, face = Size(1600, 900), PictureShare(0.02, 0.0, 0.97, 0.9)
    move = move_boxes(frame, frame, "push", face)
    assert move.end.right - move.end.left == pytest.approx(0.95)
    assert move.end.left <= 0.02 + 1e-9 and move.end.right >= 0.97 - 1e-9


def test_a_pan_goes_where_the_picture_has_more() -> None:
    wide = move_boxes(Size(4000, 1000), Size(1600, 900), "pan")
    high = move_boxes(Size(1000, 4000), Size(1600, 900), "pan")
    assert wide.start.left < wide.end.left and wide.start.top == wide.end.top
    assert high.start.top < high.end.top and high.start.left == high.end.left


def test_a_pan_near_an_edge_goes_the_whole_way() -> None:
    move = move_boxes(Size(640, 480), Size(1600, 900), "pan", PictureShare(0.5, 0.2, 0.6, 0.3))
    assert move.end.top - move.start.top == pytest.approx(0.2 * 0.75)


@pytest.mark.parametrize("ease", [0.0, 0.2, 0.5])
def test_a_zoom_has_a_constant_factor_and_never_goes_back(ease: float) -> None:
    move = StillMove(PictureShare(0, 0, 1, 1), PictureShare(0.5, 0.5, 0.75, 0.75), ease)
    widths = np.array([box.right - box.left for box in (move.at(number, 101) for number in range(101))])
    factors = widths[1:] / widths[:-1]
    assert (factors < 1).all() and widths[0] == 1 and widths[-1] == pytest.approx(0.25)
    if not ease:
        assert np.ptp(factors) < 1e-9
    assert move.at(0, 1) == move.start


def test_a_wanted_part_is_widened_to_the_frame() -> None:
    picture, frame = Size(3000, 2000), Size(1920, 1080)
    share = filled(picture, frame, PictureShare(0.1, 0.1, 0.3, 0.5))
    assert share.bottom - share.top == pytest.approx(0.4) and shape(share, picture) == pytest.approx(16 / 9)
    assert share.left <= 0.1 and share.right >= 0.3
    assert filled(picture, frame, PictureShare(0, 0, 1, 1)) == filled(picture, frame)
    corner = filled(picture, frame, PictureShare(0.9, 0.9, 1, 1))
    assert corner.right == pytest.approx(1) and corner.bottom == pytest.approx(1)


def test_a_share_is_read_as_it_was_written() -> None:
    share = PictureShare(0.1, 0.25, 1 / 3, 1)
    assert PictureShare.read(str(share)).right == pytest.approx(1 / 3, abs=1e-9)
