"""Moves over stills: smooth to a small part of a pixel, in 10 bits, and the same in pieces."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from known import read
from numpy.typing import NDArray

from finish import graph
from finish.errors import MediaError
from finish.execution.renderer import Renderer
from finish.execution.still_frames import still_frames
from finish.graph import FrameFormat, Stream
from finish.model import Document
from finish.model.still_move import Move, PictureShare, StillMove, move_boxes, still_move
from finish.storage.store import Store
from finish.units import Size, Span

pytestmark = pytest.mark.render

FRAME = Size(960, 540)
TWO_SECONDS = FrameFormat(FRAME, Fraction(25), 50)
Floats = NDArray[np.float64]


def document(picture: NDArray[np.generic], suffix: str = ".png") -> Document:
    data = cv2.imencode(suffix, np.asarray(picture)[..., ::-1])[1].tobytes()
    return Document(Path(f"picture{suffix}"), data)


def dots(size: Size, step: int = 60) -> tuple[NDArray[np.uint8], Floats]:
    """Soft dots on black, and their centres (pixels of the picture, from its corner)."""
    centres = np.array(
        [(x, y) for y in range(step, size.height, step) for x in range(step, size.width, step)], float
    )
    rows, columns = np.arange(size.height) + 0.5, np.arange(size.width) + 0.5
    picture = np.zeros((size.height, size.width))
    for x, y in centres:
        picture += np.outer(np.exp(-(((rows - y) / 3) ** 2)), np.exp(-(((columns - x) / 3) ** 2)))
    return np.repeat((250 * picture.clip(0, 1)).astype(np.uint8)[..., None], 3, axis=2), centres


def drawn(document: Document, move: StillMove, made: FrameFormat, **options: str) -> Floats:
    """The frames as the method draws them, without a file: (frames, 3, height, width)."""
    (node,) = (
        node
        for node in graph.history([still_move(document, move, made, **options)])
        if node.name == "computed"
    )
    return np.array(list(still_frames(node, [])), float)


def tracks(frames: Floats, paths: Floats) -> Floats:
    """The measured centres of the dots near their expected `paths`: both (frames, dots, 2)."""
    measured = np.empty_like(paths)
    for frame, path, out in zip(frames, paths, measured, strict=True):
        for number, (x, y) in enumerate(path):
            left, top = int(x) - 9, int(y) - 9
            window = frame[0, top : top + 19, left : left + 19]
            total = window.sum()
            out[number, 0] = (window.sum(axis=0) * (left + np.arange(19) + 0.5)).sum() / total
            out[number, 1] = (window.sum(axis=1) * (top + np.arange(19) + 0.5)).sum() / total
    return measured


def paths(move: StillMove, centres: Floats, picture: Size) -> Floats:
    """Where the dots that are always well inside the frame must be in each frame."""
    shares = [move.at(number, TWO_SECONDS.frames) for number in range(TWO_SECONDS.frames)]
    found = np.array(
        [
            [
                (
                    (x / picture.width - share.left) / (share.right - share.left) * FRAME.width,
                    (y / picture.height - share.top) / (share.bottom - share.top) * FRAME.height,
                )
                for x, y in centres
            ]
            for share in shares
        ]
    )
    inside = ((found > 12) & (found < np.array([FRAME.width, FRAME.height]) - 12)).all(axis=(0, 2))
    return found[:, inside]


@pytest.mark.parametrize("picture", [Size(1600, 900), Size(960, 540), Size(700, 1000)])
@pytest.mark.parametrize("name", ["push", "pull", "pan"])
def test_a_move_is_smooth(picture: Size, name: Move) -> None:
    """Mean acceleration, steps and places of dots. ffmpeg's zoompan has 0.31 px/frame² for such a push."""
    image, centres = dots(picture)
    move = move_boxes(picture, FRAME, name)
    true = paths(move, centres, picture)
    measured = tracks(drawn(document(image), move, TWO_SECONDS), true)
    assert len(true[0]) > 20
    steps = np.diff(measured, axis=0)
    assert np.abs(measured - true).max() < 0.1
    assert np.linalg.norm(np.diff(steps, axis=0), axis=2).mean() < 0.03  # promised: 0.15
    ways = true[-1] - true[0]
    away = np.abs(ways) > 1.5  # px in all, so 0.03 px a frame
    assert (steps * np.sign(ways))[:, away].min() > -0.01


def test_ten_bits_are_drawn(tmp_path: Path) -> None:
    """A slow ramp of 8-bit codes, magnified: the steps between them are drawn, and stored."""
    ramp = np.repeat(np.linspace(100, 110, 96).round().astype(np.uint8)[None, :, None], 54, axis=0).repeat(
        3, axis=2
    )
    move = move_boxes(Size(96, 54), FRAME, "push")
    stream = still_move(document(ramp), move, FrameFormat(FRAME, Fraction(25), 3))
    (end,) = Renderer(Store(tmp_path)).decoded([stream])
    (_, planes), *_ = read(end, "gbrp10le")
    assert len(np.unique(planes[0])) > 30
    assert planes[0].min() >= 100 / 255 * 1023 - 4 and planes[0].max() <= 110 / 255 * 1023 + 4


def test_slices_are_the_whole_and_colours_are_right(tmp_path: Path) -> None:
    """Delivered as BT.709 in limited range: flat red is 63, 102, 240 in 8 bits."""
    image, _ = dots(Size(400, 300))
    image[:150, :200] = (255, 0, 0)
    made = FrameFormat(Size(160, 90), Fraction(24000, 1001), 24)
    stream = still_move(document(image), move_boxes(Size(400, 300), made.size, "push"), made)
    ready = stream.filter("zscale", matrix="709", range="limited", threads=1).filter(
        "format", pix_fmts="yuv420p10le"
    )
    renderer = Renderer(Store(tmp_path))
    spans = [Span(start / made.rate, (start + 8) / made.rate) for start in (0, 8, 16)]
    parts = [graph.slice_streams([ready], span, Fraction(0))[0] for span in spans]

    def codes(end: Stream) -> list[list[Floats]]:
        return [planes for _, planes in read(renderer.decoded([end])[0], "yuv420p10le")]

    whole, pieces = codes(ready), [planes for part in parts for planes in codes(part)]
    assert len(whole) == 24
    for one, two in zip(whole, pieces, strict=True):
        assert all((a == b).all() for a, b in zip(one, two, strict=True))
    assert [float(plane[20, 20] / 4) for plane in whole[0]] == pytest.approx([63, 102, 240], abs=0.5)


def test_transparency_is_shown_on_the_background() -> None:
    picture = np.zeros((36, 64, 4), np.uint8)
    picture[:, 32:] = (0, 255, 0, 255)
    data = cv2.imencode(".png", picture)[1].tobytes()
    made = FrameFormat(Size(64, 36), Fraction(25), 1)
    (frame,) = drawn(
        Document(Path("x.png"), data), move_boxes(Size(64, 36), made.size, "none"), made, background="#804020"
    )
    assert frame[:, 18, 8].tolist() == [
        round(64 / 255 * 1023),
        round(32 / 255 * 1023),
        round(128 / 255 * 1023),
    ]
    assert frame[:, 18, 56].tolist() == [1023, 0, 0]


def test_a_picture_is_shown_upright_as_its_exif_says() -> None:
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:, :32] = 255
    jpeg = document(picture, ".jpg").data
    orientation = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)  # the first row is the right-hand side
    turned = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + orientation + bytes(4)
    exif = b"\xff\xe1" + (len(turned) + 2).to_bytes(2, "big") + turned
    made = FrameFormat(Size(48, 64), Fraction(25), 1)
    (frame,) = drawn(
        Document(Path("x.jpg"), jpeg[:2] + exif + jpeg[2:]), move_boxes(Size(48, 64), made.size, "none"), made
    )
    assert frame[0, :28].min() > 900 and frame[0, 36:].max() < 100


@pytest.mark.parametrize("reduced", [1, 4, 9])
def test_fine_detail_neither_flickers_nor_aliases(reduced: int) -> None:
    """A checkerboard of single pixels becomes grey where the frame can't show it."""
    high, wide = 90 * reduced, 160 * reduced
    checks = (np.indices((high, wide)).sum(axis=0) % 2 * 255).astype(np.uint8)
    made = FrameFormat(Size(80, 45), Fraction(25), 4)
    frames = drawn(
        document(np.repeat(checks[..., None], 3, axis=2)),
        move_boxes(Size(wide, high), made.size, "push"),
        made,
    )
    assert np.abs(frames[:, :, 4:-4, 4:-4] - 511.5).max() < 12


def test_a_damaged_picture_is_named(tmp_path: Path) -> None:
    stream = still_move(
        Document(Path("x.png"), b"\x89PNG\r\n\x1a\nnothing"),
        move_boxes(Size(64, 36), Size(64, 36), "none"),
        FrameFormat(Size(64, 36), Fraction(25), 2),
    )
    with pytest.raises(MediaError, match=r"picture\.png is damaged"):
        Renderer(Store(tmp_path)).decoded([stream])


def test_too_many_frames_are_refused() -> None:
    picture = document(np.zeros((36, 64, 3), np.uint8))
    whole = PictureShare(0, 0, 1, 1)
    made = FrameFormat(Size(3840, 2160), Fraction(60), 1100)
    with pytest.raises(MediaError, match="1100 frames of 3840x2160 are too many to be stored: at most 1035"):
        still_move(picture, StillMove(whole, whole), made)
