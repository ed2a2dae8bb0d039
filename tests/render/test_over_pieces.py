"""What is over a timeline, and split screens, as FFmpeg renders them: pieces are the whole, bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from counters import CounterClip
from known import Floats, read

from finish.graph import Stream, picture_sequence, slice_streams
from finish.media.probe import probe
from finish.model import ClipMaterial, EditSegment, EditTime, EditTransition, Place, SplitMaterial
from finish.planning.edit_layout import SegmentExtent, SegmentPlacement, lay_out
from finish.planning.inset_pictures import InsetPicture, laid_over
from finish.planning.over_track import place_over
from finish.planning.split_screens import SplitScreen
from finish.planning.visible_pictures import VisiblePictures
from finish.stages.composite.overlay_area import OverlayArea
from finish.units import Box, Size, Span

pytestmark = pytest.mark.render

RATE, FRAME, PREROLL = Fraction(25), Size(320, 180), Fraction(1, 5)
CLIP = ClipMaterial(Path("clip.mp4"))


def clip(place: Path, number: int, size: Size, pix_fmt: str) -> Stream:
    """60 frames that state their number, at a size."""
    path = CounterClip(number, 60, RATE, sound="").write(place / f"{number}.mp4")
    steady = probe(path).picture.filter("fps", fps=RATE, start_time=0, round="near")
    held = steady.filter("tpad", stop_mode="clone", stop_duration=1).filter("trim", end=60 / RATE)
    options = {"matrix": "709", "primaries": "709", "transfer": "709", "range": "limited", "threads": 1}
    scaled = held.filter("zscale", size=size, width=size.width, height=size.height, **options)
    return scaled.filter("setsar", sar=1).filter("format", pix_fmts=pix_fmt)


def segment(number: int, transition: int = 0, place: Place | None = None) -> EditSegment:
    dissolve = EditTransition("dissolve", EditTime(frames=transition)) if transition else None
    return EditSegment(f"s{number}", number, CLIP, transition=dissolve, place=place)


def main() -> tuple[SegmentPlacement, ...]:
    """Two segments of 40 frames with a dissolve of ten; their clips begin five frames earlier."""
    extents = (
        SegmentExtent.of(segment(1), 40, (0, 20), RATE, sounds=False),
        SegmentExtent.of(segment(2, 10), 40, (5, 15), RATE, sounds=False),
    )
    return lay_out(extents, RATE)


def over(at: int, frames: int, transition: int, corner: str = "", **options: float) -> SegmentPlacement:
    place = Place(EditTime(frames=at), corner=corner, **options)  # type: ignore[arg-type]
    extent = SegmentExtent.of(segment(3, transition, place), frames, (10, 10), RATE, sounds=False)
    return place_over([extent], main(), RATE)[0]


def film(pictures: Sequence[Stream], *covering: SegmentPlacement) -> Stream:
    placements = (*main(), *covering)
    visible = VisiblePictures.of(placements, [PREROLL] * len(placements), 2, RATE)
    return picture_sequence([pictures[index] for index in visible.indices], visible.layout)


def equal(one: Sequence[Floats], other: Sequence[Floats]) -> bool:
    return all(np.array_equal(*planes) for planes in zip(one, other, strict=True))


def differing(picture: Stream, bounds: Sequence[int], pix_fmt: str) -> list[int]:
    """The frames that pieces with these bounds show otherwise than the whole."""
    whole = read(picture, pix_fmt)
    assert [time * RATE for time, _ in whole] == list(range(bounds[-1]))
    frames = list[list[Floats]]()
    for first, end in pairwise(bounds):
        (part,) = slice_streams([picture], Span(first / RATE, end / RATE), Fraction(0))
        frames += [list(planes) for _, planes in read(part, pix_fmt)]
    return [
        number
        for number, (planes, (_, known)) in enumerate(zip(frames, whole, strict=True))
        if not equal(planes, known)
    ]


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
@pytest.mark.parametrize(("at", "transition"), [(20, 0), (12, 8), (38, 0)])
def test_pieces_around_b_roll_are_the_whole(at: int, transition: int, pix_fmt: str, tmp_path: Path) -> None:
    """Also where B-roll begins or ends inside a transition of the main track."""
    pictures = [clip(tmp_path, number, FRAME, pix_fmt) for number in range(3)]
    picture = film(pictures, over(at, 18, transition))
    assert differing(picture, (0, 10, 14, 20, 37, 39, 43, 57, 80), pix_fmt) == []


def area(pix_fmt: str) -> OverlayArea:
    return OverlayArea(FRAME, Box(0, 0, FRAME.width, FRAME.height), pix_fmt, RATE, 80)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
@pytest.mark.parametrize("transition", [0, 8])
def test_pieces_around_an_inset_are_the_whole(transition: int, pix_fmt: str, tmp_path: Path) -> None:
    """With its corners, border, shadow and dissolve; it's visible only during its time, at its place."""
    pictures = [clip(tmp_path, number, FRAME, pix_fmt) for number in range(2)]
    placement = over(20, 30, transition, "bottom-right", width=0.3, border=0.02, radius=0.08)
    size = Size(96, 54)
    inset = InsetPicture(clip(tmp_path, 2, size, pix_fmt), placement, PREROLL)
    plain = film(pictures)
    picture = laid_over(plain, inset, area(pix_fmt))
    assert differing(picture, (0, 10, 18, 19, 20, 27, 43, 49, 50, 57, 80), pix_fmt) == []
    with_inset, without = read(picture, pix_fmt), read(plain, pix_fmt)
    visible = [
        n
        for n, (one, other) in enumerate(zip(with_inset, without, strict=True))
        if not equal(one[1], other[1])
    ]
    assert visible == list(range(20 - transition // 2, 50))
    box, own = inset.box(area(pix_fmt)), read(inset.picture, pix_fmt)
    for number in (30, 49):
        luma, expected = with_inset[number][1][0], own[number - placement.start + placement.head][1][0]
        inner = luma[box.top : box.bottom, box.left : box.right][16:-16, 16:-16]
        assert np.array_equal(inner, expected[16:-16, 16:-16])


def test_an_inset_without_corners_is_the_clip_itself(tmp_path: Path) -> None:
    placement = over(20, 30, 0, "top-left", width=0.3, shadow=False)
    inset = InsetPicture(clip(tmp_path, 2, Size(96, 54), "yuv420p"), placement, PREROLL)
    plain = clip(tmp_path, 0, FRAME, "yuv420p")
    frames = read(laid_over(plain, inset, replace(area("yuv420p"), frames=60)), "yuv420p")
    box, own = inset.box(area("yuv420p")), read(inset.picture, "yuv420p")
    for number in (20, 49):
        for plane, (shown, expected) in enumerate(zip(frames[number][1], own[number - 20][1], strict=True)):
            half = 2 if plane else 1
            rows, columns = (
                slice(box.top // half, box.bottom // half),
                slice(box.left // half, box.right // half),
            )
            assert np.array_equal(shown[rows, columns], expected)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
@pytest.mark.parametrize(("layout", "count"), [("columns", 2), ("rows", 3), ("grid", 4)])
def test_pieces_of_a_split_screen_are_the_whole(
    layout: str, count: int, pix_fmt: str, tmp_path: Path
) -> None:
    """Each cell is its clip, and the second segment of the film is the split."""
    material = SplitMaterial((CLIP,) * count, layout)  # type: ignore[arg-type]
    split = SplitScreen(EditSegment("split", 1, material), FRAME)
    cells = [clip(tmp_path, n, box.size, pix_fmt) for n, box in enumerate(split.boxes)]
    joined = split.joined(cells, 60, RATE, PREROLL)
    whole = read(joined, pix_fmt)
    for box, cell in zip(split.boxes, cells, strict=True):
        shown = whole[17][1][0][box.top : box.bottom, box.left : box.right]
        assert np.array_equal(shown, read(cell, pix_fmt)[17][1][0])
    picture = film([clip(tmp_path, 9, FRAME, pix_fmt), joined])
    assert differing(picture, (0, 34, 36, 40, 45, 46, 61, 80), pix_fmt) == []
