"""Transitions on paper: the course of each, and the blur of what moves."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

import pytest

from finish.graph import (
    Output,
    PictureLayout,
    PicturePlace,
    PictureTransition,
    Stream,
    compile_outputs,
    moving_transitions,
    picture_sequence,
    source,
)
from finish.units import Size

RATE = Fraction(25)
FRAMES = 25
SIZE = Size(1920, 1080)


def clip(name: str) -> Stream:
    picture = source("video", name, f"/in/{name}.mp4", index=0, demuxer="mov", size=SIZE)
    return picture.filter("format", pix_fmts="yuv420p10le")


def compiled(transition: PictureTransition) -> str:
    """FFmpeg's graph for two clips with a transition."""
    places = (PicturePlace(0, 100), PicturePlace(100 - FRAMES, 200, 0, transition))
    film = picture_sequence([clip("aaaa"), clip("bbbb")], PictureLayout(RATE, places))
    (graph,) = compile_outputs([Output((film,), "/o/x.nut", "nut")], str).graphs
    return graph


def course(graph: str) -> list[float]:
    """The progress of each frame."""
    table = re.search(r"setpts=expr=(eq\(N\\,0\)[^\[]*)", graph)
    assert table is not None
    return [int(value) / 1_000_000 for value in re.findall(r"\*(\d+)", table[1])]


def radii(graph: str, plane: str, side: str) -> list[int]:
    """The radius of the blur of each frame (pixels of the plane)."""
    first = re.search(rf"avgblur@[^\[\s]+{plane}=[^\[]*size{side}=(\d+)", graph)
    assert first is not None
    return [int(first[1]), *map(int, re.findall(rf"avgblur@\S+{plane} size{side} (\d+)", graph))]


def test_each_frame_is_alone_or_in_one_transition() -> None:
    """Of each picture: what is shared with the one before, what is alone, what is shared with the next."""
    dissolve = PictureTransition("dissolve", 10)
    places = (PicturePlace(0, 55), PicturePlace(45, 100, 0, dissolve), PicturePlace(90, 150, 0, dissolve))
    film = picture_sequence([clip(name) for name in ("aaaa", "bbbb", "cccc")], PictureLayout(RATE, places))
    (graph,) = compile_outputs([Output((film,), "/o/x.nut", "nut")], str).graphs
    ranges = [
        (int(begin), int(end)) for end, begin in re.findall(r"end_frame=(\d+):start_frame=(\d+)", graph)
    ]
    assert sorted(ranges) == sorted([(0, 45), (45, 55), (0, 10), (10, 45), (45, 55), (0, 10), (10, 60)])


@pytest.mark.parametrize("kind", ["dissolve", "wipe", "slide", "whip"])
def test_the_first_picture_goes_as_the_second_comes(kind: str) -> None:
    progress = course(compiled(PictureTransition(kind, FRAMES)))
    assert len(progress) == FRAMES and progress == sorted(set(progress))
    assert [1 - at for at in reversed(progress)] == pytest.approx(progress, abs=1e-6)


@pytest.mark.parametrize(("kind", "middle", "ends"), [("wipe", 1, 1), ("slide", 1.5, 0), ("whip", 2, 0)])
def test_a_slide_rests_at_its_ends_and_a_whip_is_fastest_in_the_middle(
    kind: str, middle: float, ends: float
) -> None:
    """Compared with the speed on average; the first step is from half of one to one and a half."""
    progress = course(compiled(PictureTransition(kind, FRAMES)))
    speeds = [(after - before) * (FRAMES + 1) for before, after in pairwise(progress)]
    assert max(speeds) == pytest.approx(middle, rel=0.05)
    assert speeds[0] == pytest.approx(ends, abs=0.35) and speeds[-1] == pytest.approx(ends, abs=0.35)


@pytest.mark.parametrize(("kind", "exposure"), [("slide", 0.5), ("whip", 1.5)])
@pytest.mark.parametrize(("direction", "side", "way"), [("left", "X", 1920), ("down", "Y", 1080)])
def test_blur_is_as_long_as_what_a_picture_moves_while_it_is_exposed(
    kind: str, exposure: float, direction: str, side: str, way: int
) -> None:
    """Two boxes of one radius blur over four radii; chroma has half of the pixels."""
    graph = compiled(PictureTransition(kind, FRAMES, direction=direction))
    progress = course(graph)
    luma, chroma = radii(graph, "y1", side), radii(graph, "u1", side)
    assert luma == radii(graph, "y2", side) and len(luma) == FRAMES
    moved = [(progress[at + 1] - progress[at - 1]) / 2 * way for at in range(1, FRAMES - 1)]
    assert [4 * radius for radius in luma[1:-1]] == pytest.approx(
        [exposure * pixels for pixels in moved], abs=5
    )
    assert [2 * radius for radius in chroma] == pytest.approx(luma, abs=1.5)


def test_a_zoom_is_at_rest_at_first_and_closest_in_the_middle() -> None:
    assert moving_transitions._close(0) == 0
    assert moving_transitions._close(0.5) == pytest.approx(moving_transitions._MIDDLE)
    slow, fast = (
        moving_transitions._close(0.1),
        moving_transitions._close(0.2) - moving_transitions._close(0.1),
    )
    assert 0 < slow < fast
