"""Pictures on pages: frames in a gallery, each with its caption and, if it has one, its safe area."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.pages.html_markup import Markup, element

QUALITY: Final = 88  # of JPEG: text on a small frame shows no ringing, at a quarter of PNG's size
Pixels = NDArray[np.uint8]  # RGB (height, width, 3)
Shares = tuple[float, float, float, float]  # left, top, right, bottom, as shares (0 to 1) of the frame


@dataclass(frozen=True)
class Frame:
    """A picture with its caption: a head, and words in a quieter ink."""

    picture: Pixels
    head: str
    words: str = ""
    safe: Shares | None = None


def gallery(frames: Sequence[Frame]) -> Markup:
    """Frames side by side in columns of one width."""
    width = max(frame.picture.shape[1] for frame in frames)
    return element("div", [_figure(frame) for frame in frames], class_="gallery", style=f"--wide:{width}")


def paired_gallery(pairs: Sequence[Sequence[Frame]]) -> Markup:
    """Frames two by two, so that a pair to compare is always side by side."""
    width = max(frame.picture.shape[1] for pair in pairs for frame in pair)
    return element("div", [gallery(pair) for pair in pairs], class_="pairs", style=f"--wide:{width}")


def led_gallery(frames: Sequence[Frame]) -> Markup:
    """The first frame large, and the others, which are about it, smaller beside it."""
    width = frames[0].picture.shape[1]
    return element(
        "div", [_figure(frame) for frame in frames], class_="gallery led", style=f"--first:{width}"
    )


def _figure(frame: Frame) -> Markup:
    height, width = frame.picture.shape[:2]
    picture = element("img", src=_jpeg(frame.picture), width=width, height=height, alt=frame.head)
    words = element("span", frame.words) if frame.words else None
    return element(
        "figure",
        element("div", picture, _safe_area(frame.safe) if frame.safe else None, class_="frame"),
        element("figcaption", frame.head, words),
        style=f"--wide:{width}",
    )


def _safe_area(shares: Shares) -> Markup:
    left, top, right, bottom = shares
    edges = {"left": left, "top": top, "right": 1 - right, "bottom": 1 - bottom}
    return element(
        "div", class_="safe", style=";".join(f"{edge}:{100 * share:.2f}%" for edge, share in edges.items())
    )


def _jpeg(picture: Pixels) -> str:
    import cv2

    codes = np.ascontiguousarray(picture[:, :, ::-1])
    good, data = cv2.imencode(".jpg", codes, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert good
    return f"data:image/jpeg;base64,{b64encode(data.tobytes()).decode('ascii')}"
