"""Any picture to any frame: every crop is even and inside, and every frame is filled."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from reframe_plans import lines, walk
from reframe_studio import FixedAnswers, looks, planned, programme

from finish.analysis.faces import FaceBox
from finish.graph import Stream, history
from finish.stages.reframe.crop_commands import CropOffsets
from finish.units import Size

# ---------------------------------------------------------------- anything to anything


even = st.integers(1, 2000).map(lambda half: 2 * half)


sizes = st.builds(Size, even, even)


@settings(deadline=None, max_examples=60)
@given(
    sizes,
    sizes.filter(lambda frame: min(frame.width, frame.height) >= 16),
    st.lists(st.floats(0.02, 0.98), min_size=1, max_size=50),
    st.sampled_from(["subject", "centre", "pad"]),
    st.tuples(st.integers(1, 300), st.floats(0, 1)),
)
def test_any_picture_to_any_frame(
    picture: Size, frame: Size, way: list[float], follow: str, rest: tuple[int, float]
) -> None:
    frames, hand = rest
    by_hand = [{"from": 1, "to": 2, "at": [hand, hand]}]
    done = planned(
        programme(str(picture), frames=frames),
        walk(*way),
        frame=str(frame),
        follow=follow,
        centre=by_hand,
        inside=0,
    )
    assert done.picture.size == frame
    assert_crops_are_even_and_inside(done.picture)


boxes = st.tuples(st.floats(0, 0.95), st.floats(0.02, 0.4)).map(
    lambda box: (box[0], min(1.0, box[0] + box[1]))
)


faces = st.builds(
    lambda x, wide, down: FaceBox(x - wide / 2, down, x + wide / 2, min(1.0, down + wide), 0.9),
    st.floats(0.05, 0.95),
    st.floats(0.01, 0.3),
    st.floats(0, 0.9),
)


@settings(deadline=None, max_examples=60)
@given(
    sizes,
    sizes.filter(lambda frame: min(frame.width, frame.height) >= 16),
    st.lists(st.lists(faces, max_size=5), min_size=1, max_size=4),
    st.lists(boxes, max_size=3),
    st.lists(st.integers(1, 99), max_size=12, unique=True).map(sorted),
)
def test_any_shots_to_any_frame_by_their_layouts(
    picture: Size,
    frame: Size,
    scenes: list[list[FaceBox]],
    titles: list[tuple[float, float]],
    cuts: list[int],
) -> None:
    """Crowds, nobody, ten shots a second, text everywhere: crops are even and inside, frames are filled."""
    rows = looks(*[scenes[number * len(scenes) // 50] for number in range(50)])
    ask = FixedAnswers([Fraction(cut, 10) for cut in cuts], rows, lines(*titles))
    done = planned(programme(str(picture)), ask, frame=str(frame), follow="subject", layout="auto", inside=0)
    assert done.picture.size == frame and done.framing is not None
    assert_crops_are_even_and_inside(done.picture)
    for _, panes in done.framing.runs:
        assert sum(pane.target.size.pixels for pane in panes) <= frame.pixels
        assert all(
            0 <= pane.crop_box.left < pane.crop_box.right <= picture.width
            and 0 <= pane.crop_box.top < pane.crop_box.bottom <= picture.height
            for pane in panes
        )


def assert_crops_are_even_and_inside(picture: Stream) -> None:
    for node in history([picture]):
        if node.name == "crop":
            (before,) = [each.size for each in node.inputs]
            wide, high = (int(str(node.arg(name))) for name in "wh")
            assert wide % 2 == high % 2 == 0 and wide > 0 < high
            for left, top in product(*(stands(node.arg(name)) for name in "xy")):
                assert (
                    before is not None
                    and left >= 0
                    and top >= 0
                    and left + wide <= before.width
                    and top + high <= before.height
                )


def stands(value: object) -> list[int]:
    return [offset for _, offset in value.runs] if isinstance(value, CropOffsets) else [int(str(value))]
