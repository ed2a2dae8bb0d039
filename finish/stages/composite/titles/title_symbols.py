"""Small shapes before words: drawn here, because no packaged font has them all."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from finish.stages.composite.picture_file import Floats

_FINE: Final = 8  # pixels drawn for one, so that edges are smooth
Point = tuple[float, float]
Outline = tuple[Point, ...]


def _circle(x: float, y: float, radius: float, start: float = 0, end: float = 360) -> Outline:
    """An arc in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 48))
    return tuple((x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles)


def _bell() -> tuple[Outline, ...]:
    body = (*_circle(0.5, 0.4, 0.3, 180, 360), (0.82, 0.6), (0.97, 0.76), (0.03, 0.76), (0.18, 0.6))
    return body, _circle(0.5, 0.82, 0.15, 0, 180), _circle(0.5, 0.09, 0.08)


def _heart() -> tuple[Outline, ...]:
    turns = np.radians(np.linspace(0, 360, 96))
    x = 16 * np.sin(turns) ** 3
    y = -(13 * np.cos(turns) - 5 * np.cos(2 * turns) - 2 * np.cos(3 * turns) - np.cos(4 * turns))
    return (tuple(zip(0.5 + x / 36, 0.47 + y / 36, strict=True)),)


def _star() -> tuple[Outline, ...]:
    turns = [math.radians(-90 + 36 * step) for step in range(10)]
    lengths = [0.5 if step % 2 == 0 else 0.2 for step in range(10)]
    return (
        tuple(
            (0.5 + far * math.cos(turn), 0.53 + far * math.sin(turn))
            for turn, far in zip(turns, lengths, strict=True)
        ),
    )


def _stroke(points: Outline, thick: float) -> tuple[Outline, ...]:
    """A bent line with round ends."""
    pieces: list[Outline] = [_circle(x, y, thick / 2) for x, y in points]
    for (x, y), (to_x, to_y) in pairwise(points):
        long = math.hypot(to_x - x, to_y - y)
        across, down = (to_y - y) / long * thick / 2, (x - to_x) / long * thick / 2
        corners = (x + across, y + down), (x - across, y - down)
        pieces.append((*corners, (to_x - across, to_y - down), (to_x + across, to_y + down)))
    return tuple(pieces)


_SHAPES: Final[Mapping[str, Callable[[], tuple[Outline, ...]]]] = {
    "bell": _bell,
    "heart": _heart,
    "star": _star,
    "play": lambda: (((0.18, 0.08), (0.92, 0.5), (0.18, 0.92)),),
    "check": lambda: _stroke(((0.12, 0.55), (0.4, 0.82), (0.9, 0.2)), 0.17),
    "arrow": lambda: (
        *_stroke(((0.08, 0.5), (0.86, 0.5)), 0.15),
        *_stroke(((0.58, 0.2), (0.9, 0.5), (0.58, 0.8)), 0.15),
    ),
    "plus": lambda: (*_stroke(((0.5, 0.12), (0.5, 0.88)), 0.17), *_stroke(((0.12, 0.5), (0.88, 0.5)), 0.17)),
    "dot": lambda: (_circle(0.5, 0.5, 0.27),),
    "dash": lambda: _stroke(((0.12, 0.5), (0.88, 0.5)), 0.13),
}


@lru_cache(maxsize=64)
def symbol(name: str, side: int) -> Floats:
    """How much of each pixel of a square a shape covers (0 to 1)."""
    import cv2

    fine = np.zeros((side * _FINE, side * _FINE), np.uint8)
    for outline in _SHAPES[name]():
        points = np.rint(np.array(outline) * side * _FINE).astype(np.int32)
        cv2.fillPoly(fine, [points], 255)
    small = cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small / 255, np.float32)


def ring(side: int, thick: float, share: float) -> Floats:
    """How much of each pixel of a square a ring covers that is drawn to a `share`, clockwise from the top."""
    import cv2

    fine = np.zeros((side * 4, side * 4), np.uint8)
    middle, radius = (2 * side, 2 * side), round(2 * (side - thick))
    end = -90 + 360 * min(1.0, max(0.0, share))
    if share > 0:
        cv2.ellipse(
            fine, middle, (radius, radius), 0, -90, end, 255, max(1, round(4 * thick)), lineType=cv2.LINE_AA
        )
    small = cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small / 255, np.float32)
