"""Where pictures in the picture and the cells of split screens are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from finish.errors import SpecError
from finish.model import ClipMaterial, EditSegment, EditTime, Place, SplitMaterial
from finish.planning.inset_drawings import InsetMask, InsetPlate, InsetShape
from finish.planning.inset_pictures import inset_box, inset_size
from finish.planning.split_screens import SplitScreen, cell_boxes
from finish.stages.composite.overlay_area import OverlayArea
from finish.units import Box, Size

WIDE, TALL = Size(1920, 1080), Size(1080, 1920)
CLIP = ClipMaterial(Path("clip.mp4"))


def area(frame: Size, safe: Box | None = None) -> OverlayArea:
    return OverlayArea(frame, safe or Box(0, 0, frame.width, frame.height), "yuv420p", Fraction(25), 100)


def inset(corner: str, width: float = 0.3, border: float = 0.0) -> EditSegment:
    return EditSegment("cam", 2, CLIP, "job.yaml:7", place=Place(corner=corner, width=width, border=border))


@pytest.mark.parametrize(
    ("own", "size"),
    [
        (Size(1280, 720), Size(576, 324)),
        (Size(1440, 1080), Size(576, 432)),
        (Size(1080, 1920), Size(576, 1024)),
        (Size(1000, 4000), Size(576, 1024)),  # at most 9:16
        (Size(2400, 1000), Size(576, 288)),  # at most 2:1
    ],
)
def test_an_inset_has_the_aspect_of_its_clip_within_limits(own: Size, size: Size) -> None:
    assert inset_size(Place(corner="top", width=0.3), own, WIDE) == size


@pytest.mark.parametrize(
    ("corner", "left", "top"),
    [
        ("top-left", 96, 54),
        ("top", 672, 54),
        ("top-right", 1248, 54),
        ("left", 96, 378),
        ("centre", 672, 378),
        ("right", 1248, 378),
        ("bottom-left", 96, 702),
        ("bottom", 672, 702),
        ("bottom-right", 1248, 702),
    ],
)
def test_an_inset_is_in_its_corner_of_the_graphics_area(corner: str, left: int, top: int) -> None:
    box = inset_box(inset(corner), Size(576, 324), area(WIDE))
    assert box == Box(left, top, left + 576, top + 324)


def test_an_inset_stays_in_an_uneven_safe_area_with_its_border() -> None:
    frame = area(TALL, Box(60, 130, 960, 1540))
    box = inset_box(inset("right", border=0.01), Size(324, 182), frame)
    assert box.right + 10 == frame.box.right
    low = inset_box(inset("bottom"), Size(324, 182), frame)
    assert low.bottom == frame.box.bottom and low.left == 378
    tall = inset_box(inset("centre"), Size(324, 576), frame)
    assert (tall.left + tall.right, tall.top + tall.bottom) == (1080, 1920)


def test_an_inset_that_does_not_fit_says_how_wide_it_can_be() -> None:
    with pytest.raises(SpecError) as raised:
        inset_box(
            inset("top-left", 0.95), inset_size(inset("top", 0.95).place or Place(), WIDE, WIDE), area(WIDE)
        )
    text = str(raised.value)
    assert "over 2 (cam): its picture of 1824x1026 px doesn't fit the safe area of 1728x972" in text
    assert "`width` of at most 0.9" in text and "job.yaml:7" in text
    inset_box(inset("top-left", 0.9), inset_size(Place(corner="top", width=0.9), WIDE, WIDE), area(WIDE))


@pytest.mark.parametrize(
    ("count", "layout", "frame", "boxes"),
    [
        (2, "columns", WIDE, (Box(0, 0, 958, 1080), Box(962, 0, 1920, 1080))),
        (2, "rows", TALL, (Box(0, 0, 1080, 958), Box(0, 962, 1080, 1920))),
        (3, "columns", WIDE, (Box(0, 0, 638, 1080), Box(642, 0, 1280, 1080), Box(1284, 0, 1920, 1080))),
        (2, "grid", TALL, (Box(0, 0, 1080, 958), Box(0, 962, 1080, 1920))),
        (3, "grid", WIDE, (Box(0, 0, 958, 1080), Box(962, 0, 1920, 538), Box(962, 542, 1920, 1080))),
        (
            4,
            "grid",
            TALL,
            (Box(0, 0, 538, 958), Box(542, 0, 1080, 958), Box(0, 962, 538, 1920), Box(542, 962, 1080, 1920)),
        ),
    ],
)
def test_cells_are_even_with_a_thin_line_between_them(
    count: int, layout: str, frame: Size, boxes: tuple[Box, ...]
) -> None:
    assert cell_boxes(count, layout, frame) == boxes


@pytest.mark.parametrize("layout", ["columns", "rows", "grid"])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_cells_reach_every_edge_of_any_frame(count: int, layout: str) -> None:
    for frame in (WIDE, TALL, Size(718, 404), Size(1080, 1080)):
        boxes = cell_boxes(count, layout, frame)
        assert len(boxes) == count and all(not edge % 2 for box in boxes for edge in vars(box).values())
        assert (min(box.left for box in boxes), min(box.top for box in boxes)) == (0, 0)
        assert max(box.right for box in boxes) == frame.width
        assert max(box.bottom for box in boxes) == frame.height
        line = frame.width * frame.height - sum(box.size.pixels for box in boxes)
        assert 0 < line < 0.02 * frame.pixels


def test_only_the_first_cell_has_the_name_and_the_sound() -> None:
    material = SplitMaterial((CLIP, CLIP, CLIP), "rows", EditTime(frames=50))
    cells = SplitScreen(EditSegment("both", 3, material, "job.yaml:4"), WIDE).cells
    assert [cell.name for cell in cells] == ["both", "both/2", "both/3"]
    assert [cell.sound.mute for cell in cells] == [False, True, True]
    assert {cell.label for cell in cells} == {"segment 3 (both)", "segment 3 (both/2)", "segment 3 (both/3)"}
    assert all(cell.material == ClipMaterial(CLIP.path, length=EditTime(frames=50)) for cell in cells)


def drawn(payload: InsetMask | InsetPlate) -> list[np.ndarray]:
    """The RGBA pictures of a payload, one after the other."""
    parts = payload.content().split(b"\x89PNG")[1:]
    return [
        cv2.cvtColor(
            cv2.imdecode(np.frombuffer(b"\x89PNG" + part, np.uint8), cv2.IMREAD_UNCHANGED),
            cv2.COLOR_BGRA2RGBA,
        )
        for part in parts
    ]


def test_a_mask_has_round_corners_and_its_dissolve() -> None:
    frames = drawn(InsetMask(InsetShape(Size(96, 54), border=4, radius=16, fade=3)))
    assert [int(frame[27, 48, 3]) for frame in frames] == [64, 128, 191, 255]
    alpha = frames[-1][:, :, 3]
    assert alpha[0, 0] == alpha[-1, -1] == 0 and alpha[0, 12:-12].min() == 255
    assert alpha[12:-12, 0].min() == 255 and 0 < int(alpha[3, 3]) < 255, "antialiased"


def test_a_plate_has_a_white_border_on_a_soft_shadow() -> None:
    shape = InsetShape(Size(400, 200), border=8, radius=0, short=1080)
    (plate,) = drawn(InsetPlate(shape))
    edge = shape.margin
    assert plate.shape == (200 + 2 * edge, 400 + 2 * edge, 4)
    border = plate[edge - 8 : edge, edge : edge + 400]
    assert border.min() == 255, "opaque and white"
    below = plate[edge + 200 + 8 :, edge + 200, 3].astype(int)
    assert 60 < below[0] <= 128 and below[-1] <= 2 and (np.diff(below) <= 0).all()
    assert plate[edge + 200 + 12, edge + 200, :3].max() < 30, "a shadow is black"
    above = plate[: edge - 8, edge + 200, 3][::-1].astype(int)
    assert above[0] < below[0], "the light comes from above"


def test_without_border_and_shadow_there_is_no_plate() -> None:
    assert InsetShape(Size(400, 200)).margin == 0
