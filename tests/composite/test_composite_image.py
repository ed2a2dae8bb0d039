"""Picture files: every common kind gives its true colours; unreadable files are refused with a reason."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import NONE, ORANGE, chunk, document, logo, plate, png

from finish.errors import FinishError
from finish.stages.composite.picture_file import PIXELS, SIDE, read, trimmed

RGBA = plate(8, 6, border=2)
GREY = 146


def jpeg(pixels: NDArray[np.uint8], exif: int = 0) -> bytes:
    data = bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes())
    if not exif:
        return data
    tiff = b"MM\0\x2a" + struct.pack(">IHHHIHHI", 8, 1, 0x112, 3, 1, exif, 0, 0)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff + data[2:]


def palette() -> bytes:
    """Index 0 is transparent black, 1 is orange."""
    indexes = (RGBA[:, :, 3] > 0).astype(np.uint8)
    return png(indexes, 3, chunk(b"PLTE", bytes([0, 0, 0, *ORANGE[:3]])), chunk(b"tRNS", b"\0\xff"))


@pytest.mark.parametrize(
    ("data", "middle", "corner"),
    [
        (png(RGBA), ORANGE, NONE),
        (png(RGBA.astype(np.uint16) * 257), ORANGE, NONE),
        (png(np.ascontiguousarray(RGBA[:, :, :3]), 2), ORANGE, (0, 0, 0, 255)),
        (palette(), ORANGE, NONE),
        (png(np.full((9, 9), GREY, np.uint8), 0), (GREY, GREY, GREY, 255), (GREY, GREY, GREY, 255)),
        (png(np.full((9, 9, 2), (GREY, 128), np.uint8), 4), (GREY, GREY, GREY, 128), (GREY, GREY, GREY, 128)),
        (jpeg(np.full((9, 9, 3), (30, 120, 240), np.uint8)), ORANGE, ORANGE),
    ],
    ids=["rgba", "16 bits", "rgb", "palette", "grey", "grey and alpha", "jpeg"],
)
def test_colours_are_those_that_were_put_in(
    data: bytes, middle: tuple[int, ...], corner: tuple[int, ...]
) -> None:
    shown = read(document(data))
    assert np.allclose(shown[5, 5] * 255, middle, atol=1.5) and np.allclose(
        shown[0, 0] * 255, corner, atol=1.5
    )


def test_a_jpeg_is_upright_as_its_exif_says() -> None:
    lying = np.zeros((10, 20, 3), np.uint8)
    lying[:, :10] = 255
    assert read(document(jpeg(lying))).shape[:2] == (10, 20)
    upright = read(document(jpeg(lying, exif=6)))
    assert upright.shape[:2] == (20, 10) and upright[2, 5, 0] > 0.9 and upright[17, 5, 0] < 0.1


def test_an_empty_border_is_left_out() -> None:
    assert trimmed(read(logo(8, 6, border=2))).shape == (6, 8, 4)


def bomb(width: int, height: int) -> bytes:
    """A header that claims a huge picture in a few hundred bytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


WHOLE = png(np.random.default_rng(1).integers(1, 255, (40, 40, 4), dtype=np.uint8))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
            "is an SVG drawing — export it as PNG",
        ),
        (b"GIF89a" + bytes(50), "is not a PNG or JPEG picture"),
        (b"", "is not a PNG or JPEG picture"),
        (bomb(SIDE + 1, 4), f"has {SIDE + 1}x4 px"),
        (bomb(SIDE, PIXELS // SIDE + 1), f"at most {SIDE} px a side and {PIXELS:,} px in total"),
        (bomb(0, 4), "has 0x4 px"),
        (bomb(40, 40), "is damaged or incomplete"),
        (WHOLE[:-400], "is damaged or incomplete"),
        (WHOLE[:800] + bytes([WHOLE[800] ^ 1]) + WHOLE[801:], "is damaged or incomplete"),
        (WHOLE[:8], "is damaged or incomplete"),
        (jpeg(np.full((90, 90, 3), 128, np.uint8))[:-20], "is damaged or incomplete"),
        (b"\xff\xd8\xff", "is damaged or incomplete"),
        (png(RGBA, 6, chunk(b"acTL", bytes(8))), "is an animated PNG"),
        (png(np.zeros((9, 9), np.uint8), 0, chunk(b"tRNS", b"\0\0")), "marks one grey as transparent"),
        (png(np.zeros((9, 9, 4), np.uint8)), "is completely transparent"),
    ],
)
def test_what_cannot_be_shown_whole_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(FinishError) as raised:
        read(document(data))
    assert raised.value.code == "media" and says in str(raised.value) and raised.value.hint


@pytest.mark.parametrize(
    "data", [WHOLE[:-400], WHOLE[:800] + bytes([WHOLE[800] ^ 1]) + WHOLE[801:]], ids=["cut short", "damaged"]
)
def test_a_bad_copy_is_told_once(data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FinishError):
        read(document(data))
    assert capfd.readouterr() == ("", ""), "libpng speaks past us"
